"""The chart's markup: data for the island, a sentence, and a table whose numbers lead to their records."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import render_template_string

from dougong_ui_builder.screens.gallery_charts import samples

EVIL = '"><script>alert(1)</script>'
CHARTS: dict[str, dict[str, Any]] = dict(samples("en"))

pytestmark = pytest.mark.usefixtures("english")


def markup(data: dict[str, Any] | None, **more: Any) -> str:
    return render_template_string("{{ ui.chart(data, **more) }}", data=data, more=more)


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_each_chart_has_its_sentence_and_its_numbers_as_a_table(name: str) -> None:
    data = CHARTS[name]
    drawn = markup(data)
    if data["type"] == "number":
        assert data["number"]["text"] in drawn
        return
    assert f'role="img" aria-label="{html.escape(data["sentence"])}"' in drawn
    found = re.search(r'data-chart="([^"]*)"', drawn)
    assert found is not None
    assert json.loads(html.unescape(found.group(1))) == data
    cells = re.findall(r'<td class="dg-num">(?:<a [^>]*>)?([^<]*)', drawn)
    assert [html.unescape(cell) for cell in cells] == [
        line["full"][place] or "—" for place in range(len(data["categories"])) for line in data["series"]
    ]


def test_a_cell_of_the_table_leads_where_its_bar_leads() -> None:
    links = re.findall(r'<td class="dg-num"><a href="([^"]*)" data-drawer>', markup(CHARTS["stacked"]))
    assert len(links) == 16
    asked = parse_qs(urlsplit(html.unescape(links[1])).query)
    assert asked == {"records": ["1"], "row": ['["Q1"]'], "column": ['["Science"]'], "value": ["total"]}


def test_what_has_no_records_behind_it_is_no_link() -> None:
    data = {**CHARTS["bar"], "categories": [{**c, "keys": None} for c in CHARTS["bar"]["categories"]]}
    assert "data-drawer" not in markup(data)
    assert "data-drawer" not in markup({**CHARTS["bar"], "drill": None})


def test_the_earlier_period_leads_to_its_own_records() -> None:
    links = re.findall(r'<a href="([^"]*)" data-drawer>', markup(CHARTS["compared"]))
    assert len(links) == 11 + 12  # of twelve months one has no number yet
    asked = parse_qs(urlsplit(html.unescape(links[1])).query)
    assert (asked["row"], asked["value"]) == (['["2026-01-01"]'], ["total@before"])


def test_the_table_is_left_out_where_the_page_has_it() -> None:
    assert "<details" not in markup(CHARTS["bar"], table=False)


def test_a_chart_of_nothing_says_so() -> None:
    assert "Nothing to draw" in markup(None)


def test_notes_stand_below_the_drawing() -> None:
    assert "Only some are drawn." in markup({**CHARTS["bar"], "notes": ["Only some are drawn."]})


def test_no_name_is_markup() -> None:
    bar = CHARTS["bar"]
    hostile = {
        **bar,
        "title": EVIL,
        "sentence": EVIL,
        "rows": EVIL,
        "notes": [EVIL],
        "categories": [{"label": EVIL, "keys": [EVIL]}],
        "series": [{**bar["series"][0], "name": EVIL, "value": EVIL, "data": [1.0], "texts": [EVIL], "full": [EVIL]}],
    }
    drawn = markup(hostile)
    assert "<script" not in drawn
    number = {**CHARTS["number"], "number": {**CHARTS["number"]["number"], "text": EVIL, "full": EVIL, "before": EVIL}}
    assert "<script" not in markup(number)
