"""Assets are served once and for ever, compressed, and never anything but what was built."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dougong_ui_builder.assets import FOLDER, asset_url, manifest

LARGEST_SCRIPT = 120 * 1024  # bytes, compressed, on a page without charts
LARGEST_CHARTS = 200 * 1024  # … and what a page with charts asks for besides
CHARTS = ("chunk-dg-chart-", "chunk-china-")  # fetched where a <dg-chart> is, and where it is a map
ARRANGING = "chunk-dg-dashboard-designer-"  # … and where a dashboard with its charts is put together
LARGEST_ARRANGING = 40 * 1024
IMPORTED = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


@pytest.mark.parametrize("name", ["style.css", "main.js", "icons.svg", "inter.woff2", "mark.svg"])
def test_an_asset_may_be_kept_for_ever_because_its_name_holds_its_hash(visitor: FlaskClient, name: str) -> None:
    answer = visitor.get(asset_url(name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_browser_that_takes_compressed_files_gets_them(visitor: FlaskClient) -> None:
    plain = visitor.get(asset_url("style.css")).data
    packed = visitor.get(asset_url("style.css"), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain
    assert packed.mimetype == "text/css"


@pytest.mark.parametrize(
    "path",
    [
        "manifest.json",
        "../face.py",
        "..%2fface.py",
        "%2e%2e/face.py",
        "none.css",
        ".built-from",
        "style.css.gz",
        "chart-picture.mjs",
    ],
)
def test_nothing_else_is_served(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/assets/{path}").status_code == 404


def test_all_javascript_together_stays_under_its_budget() -> None:
    total = sum(map(_packed, _without_charts()))
    assert total <= LARGEST_SCRIPT, f"{total} bytes"


def test_charts_stay_under_theirs() -> None:
    drawing = _with_imports(FOLDER.glob("chunk-dg-chart-*.js")) - _without_charts()
    total = sum(map(_packed, drawing))
    assert drawing
    assert total <= LARGEST_CHARTS, f"{total} bytes"


def test_arranging_a_dashboard_stays_under_its_own() -> None:
    total = sum(map(_packed, _with_imports(FOLDER.glob(f"{ARRANGING}*.js")) - _without_charts()))
    assert 0 < total <= LARGEST_ARRANGING, f"{total} bytes"


def test_no_page_asks_for_the_charts_before_it_has_one() -> None:
    main = FOLDER / manifest()["files"]["main.js"]
    [drawing] = FOLDER.glob("chunk-dg-chart-*.js")
    assert f'import("./{drawing.name}")' in main.read_text("utf-8")
    assert not {FOLDER / name for name in manifest()["preload"]} & (_with_imports([drawing]) - _without_charts())


def _without_charts() -> set[Path]:
    """All scripts that any page without charts can ask for."""
    shared = set(FOLDER.glob("chunk-chunk-*.js"))
    return _with_imports(
        path for path in set(FOLDER.glob("*.js")) - shared if not path.name.startswith((*CHARTS, ARRANGING))
    )


def _with_imports(scripts: Iterable[Path]) -> set[Path]:
    """The scripts and what they import at once, all the way down."""
    found: set[Path] = set()
    waiting = list(scripts)
    while waiting:
        script = waiting.pop()
        if script not in found:
            found.add(script)
            waiting += [FOLDER / name for name in IMPORTED.findall(script.read_text("utf-8"))]
    return found


def _packed(script: Path) -> int:
    return script.with_suffix(".js.gz").stat().st_size


def test_the_stylesheet_asks_no_other_host_for_anything() -> None:
    css = (FOLDER / manifest()["files"]["style.css"]).read_text("utf-8")
    assert "//" not in css.replace("http://www.w3.org/", "")
