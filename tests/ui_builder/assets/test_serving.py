"""Assets are served once and for ever, compressed, and never anything but what was built."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from dougong_ui_builder.assets import FOLDER, asset_url, manifest

LARGEST_SCRIPT = 120 * 1024  # bytes, compressed, on a page without charts
LARGEST_CHARTS = 200 * 1024  # … and what a page with charts asks for besides
CHARTS = ("chunk-dg-chart-", "chunk-china-")  # fetched where a <dg-chart> is, and where it is a map


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
    "path", ["manifest.json", "../face.py", "..%2fface.py", "%2e%2e/face.py", "none.css", ".built-from", "style.css.gz"]
)
def test_nothing_else_is_served(visitor: FlaskClient, path: str) -> None:
    assert visitor.get(f"/assets/{path}").status_code == 404


def test_all_javascript_together_stays_under_its_budget() -> None:
    total = sum(path.stat().st_size for path in FOLDER.glob("*.js.gz") if not path.name.startswith(CHARTS))
    assert total <= LARGEST_SCRIPT, f"{total} bytes"


def test_charts_stay_under_theirs() -> None:
    [drawing] = FOLDER.glob("chunk-dg-chart-*.js.gz")
    assert drawing.stat().st_size <= LARGEST_CHARTS, f"{drawing.stat().st_size} bytes"


def test_no_page_asks_for_the_charts_before_it_has_one() -> None:
    main = (FOLDER / manifest()["files"]["main.js"]).read_text("utf-8")
    [drawing] = FOLDER.glob("chunk-dg-chart-*.js")
    assert f'import("./{drawing.name}")' in main
    assert drawing.name not in manifest()["preload"]
    assert not any(
        drawing.name in path.read_text("utf-8")
        for path in FOLDER.glob("*.js")
        if path.name not in (drawing.name, manifest()["files"]["main.js"])
    )


def test_the_stylesheet_asks_no_other_host_for_anything() -> None:
    css = (FOLDER / manifest()["files"]["style.css"]).read_text("utf-8")
    assert "//" not in css.replace("http://www.w3.org/", "")
