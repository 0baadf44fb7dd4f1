"""Charts of real answers: every datum leads to records whose count is what it shows, the earlier period's too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.report_types import ChartModel
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import Answer
from dougong_platform.reports.asked import AS_IT_SAYS, Point
from dougong_platform.reports.charts.data import chart_data, suggestions, usual
from grid_oracle import GROUPS, AGroup

SEVERAL = st.lists(st.sampled_from(GROUPS), max_size=3, unique_by=lambda group: group.given["by"])
KINDS = ["bar", "column", "line", "area", "pie", "heat", "map", "gauge", "funnel"]


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), books=120, seed=5)
    yield made
    made.database.close()


def drawn(shop: Bookshop, body: dict[str, Any], kind: str) -> tuple[Any, dict[str, Any] | None]:
    report = report_of(shop.admin.model, "any", {"object": "book", "values": {"n": "COUNT()"}, **body})
    answer = run(shop.admin, report, AS_IT_SAYS)
    assert isinstance(answer, Answer)
    return report, chart_data(report, answer, "en", "CNY", "/r", ChartModel(kind))


def points(data: dict[str, Any]) -> Iterator[tuple[Point, float]]:
    """Where a click on each datum leads, as charts/points.ts makes it, and what the datum shows."""
    for line in data["series"]:
        for category, number in zip(data["categories"], line["data"], strict=True):
            if category["keys"] is not None and line["open"] and number is not None:
                row = (*category["keys"], *line["row_keys"])
                yield Point(row, (*category.get("column", []), *line["keys"]), line["value"]), number


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEVERAL, st.booleans(), st.sampled_from(KINDS), st.data())
def test_every_datum_leads_to_the_records_that_it_counts(
    shop: Bookshop, groups: list[AGroup], crossed: bool, kind: str, data: st.DataObject
) -> None:
    said = [group.given for group in groups]
    matrix = {"type": "matrix", "rows": said[:-1], "columns": said[-1:]}
    body = matrix if crossed and len(said) > 1 else {"type": "summary", "rows": said}
    report, chart = drawn(shop, body, kind)
    found = list(points(chart)) if chart else []
    if not found:
        return
    point, number = data.draw(st.sampled_from(found))
    assert drill(shop.admin, report, point, AS_IT_SAYS).count == number


def test_a_point_of_the_earlier_period_leads_to_its_records(shop: Bookshop) -> None:
    body = {
        "type": "summary",
        "rows": [{"by": "bought", "every": "month"}],
        "period": {"field": "bought", "range": "2026-01-01..2026-12-31"},
        "compare": "year_ago",
    }
    report, chart = drawn(shop, body, "column")
    assert chart is not None
    earlier = [(point, number) for point, number in points(chart) if point.value == "n@before" and number]
    assert earlier
    for point, number in earlier[:4]:
        assert drill(shop.admin, report, point, AS_IT_SAYS).count == number


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEVERAL)
def test_what_is_suggested_can_be_drawn(shop: Bookshop, rows: list[AGroup]) -> None:
    report, _ = drawn(shop, {"type": "summary", "rows": [group.given for group in rows]}, "bar")
    answer = run(shop.admin, report, AS_IT_SAYS)
    assert isinstance(answer, Answer)
    offered = suggestions(report, answer)
    assert offered
    assert all(chart_data(report, answer, "zh", "CNY", None, ChartModel(kind)) for kind in offered)
    fitting = usual(report, answer)
    assert fitting is not None
    assert fitting.type in offered
