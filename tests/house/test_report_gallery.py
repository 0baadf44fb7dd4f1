"""docs/report-gallery.md shows every report and dashboard of the packs, in both languages, with a picture or rows."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

import house
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.packs import load_pack
from dougong_platform.demo.load import demo_documents

PAGE = house.ROOT / "docs" / "report-gallery.md"
PICTURES = house.ROOT / "docs" / "pictures" / "reports"
WRITE = "write it anew: python -m dougong_platform.demo.gallery docs/pictures/reports docs/report-gallery.md"


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(demo_documents(load_pack("sales")))


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """By heading of the third level."""
    parts = re.split(r"^### (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_report_stands_there_with_its_purpose_and_a_picture_or_rows(
    model: Model, sections: dict[str, str]
) -> None:
    for report in model.reports.values():
        section = sections.get(f"{report.label.en} · {report.label.zh}")
        assert section is not None, f"{report.name}: {WRITE}"
        assert report.description is not None
        for text in (f"`{report.name}`", report.description.en, report.description.zh):
            assert text in section, f"{report.name}: {WRITE}"
        picture = f"pictures/reports/{report.name}.svg" in section
        assert picture == (report.chart is not None), f"{report.name}: {WRITE}"
        assert picture or "| --- |" in section, report.name


def test_every_dashboard_stands_there_with_its_picture(model: Model, sections: dict[str, str]) -> None:
    for dashboard in model.dashboards.values():
        section = sections.get(f"{dashboard.label.en} · {dashboard.label.zh}")
        assert section is not None, f"{dashboard.name}: {WRITE}"
        assert f"pictures/reports/board-{dashboard.name}.svg" in section


def test_no_picture_is_left_over_and_each_is_a_drawing(model: Model) -> None:
    shown = {path.stem for path in PICTURES.iterdir()}
    drawn = {report.name for report in model.reports.values() if report.chart is not None}
    assert shown == drawn | {f"board-{name}" for name in model.dashboards}, WRITE
    for path in PICTURES.iterdir():
        root = ET.fromstring(path.read_text("utf-8"))
        assert root.tag == "{http://www.w3.org/2000/svg}svg", path.name
        assert len(list(root.iter())) > 5, path.name
