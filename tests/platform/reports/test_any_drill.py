"""Random grids with groups that come first on either side, hidden groups and rows, and an earlier period: whatever
number is shown, its records are counted and summed up to exactly it, whatever it is asked as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bookshop import Bookshop, make_bookshop
from dougong_metadata.model.compile_report import report_of
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import OTHER, Answer
from dougong_platform.reports.asked import Asked, Point
from grid_oracle import same

PIPELINE = """
kind: pipeline
name: selling
object: book
field: genre
label: Selling
stages:
  poem: {probability: 10}
  novel: {outcome: won}
  atlas: {outcome: lost}
"""
GROUPS: list[dict[str, Any]] = [
    *({"by": name} for name in ("genre", "shelf", "shelf.region", "owner", "done", "word", "pages")),
    *({"by": "bought", "every": every} for every in ("month", "quarter", "year", "weekday")),
    {"by": "sold_at", "every": "month"},
    {"by": "price", "step": 25},
    {"by": "pages", "edges": [0, 3, 6]},
]
VALUES = {
    "n": {"value": "COUNT()", "show": ["share", "running"]},
    "worth": {"value": "SUM(price)", "show": ["share"]},
    "words": "SUM(page.words)",
    "each": "worth / n",
    "many": {"value": "COUNT(loan, days > 10)", "hidden": True},
    "most": "MAX(loan.days)",
    "finished": "COUNT(done)",
}
VALUES_OF_FIELDS = {"price": "SUM(price)", "weight": "COUNT()", "rate": "price / weight"}


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Bookshop]:
    made = make_bookshop(make_database(), more=PIPELINE)
    yield made
    made.database.close()


def tops(draw: st.DrawFn, group: dict[str, Any]) -> dict[str, Any]:
    if not draw(st.booleans()):
        return group
    return {**group, "top": draw(st.integers(1, 3)), "sort": draw(st.sampled_from(["n", "-n", "worth", "-worth"]))}


@st.composite
def grids(draw: st.DrawFn) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(GROUPS), min_size=1, max_size=4, unique_by=lambda g: g["by"]))
    cut = draw(st.integers(1, len(chosen)))
    body: dict[str, Any] = {
        "object": "book",
        "type": "matrix" if cut < len(chosen) else "summary",
        "rows": [tops(draw, group) for group in chosen[:cut]],
        "values": VALUES,
    }
    if cut < len(chosen):
        body["columns"] = [tops(draw, group) for group in chosen[cut:]][:2]
    more = {
        "having": st.sampled_from(["n < 6", "n > 2", "worth > 30"]),
        "limit": st.integers(1, 4),
        "sort": st.sampled_from([["-n"], ["worth", "n"]]),
        "period": st.just({"field": "bought", "range": "2025-01-01..2025-12-31"}),
        "totals": st.just(False),
        "where": st.just("not ISBLANK(word) or COUNT(loan) > 0"),
    }
    for key, values in more.items():
        if draw(st.booleans()):
            body[key] = draw(values)
    if "period" in body and draw(st.booleans()):
        body["compare"] = draw(st.sampled_from(["previous", "year_ago"]))
    return body


def check_cells(shop: Bookshop, who: str, body: dict[str, Any], data: st.DataObject, times: int) -> None:
    caller = getattr(shop, who)
    report = report_of(caller.model, "any", body)
    answer = run(caller, report)
    assert isinstance(answer, Answer)
    rows = [*answer.rows, *([answer.total] if answer.total else [])]
    assume(rows)
    plain = [head.name for head in answer.values if head.role in ("value", "before")]
    others = [row for row in rows if OTHER in row.keys]
    for _ in range(times):
        row = data.draw(st.sampled_from(others if others and data.draw(st.booleans()) else rows))
        columns = [((), row.all), *((h.keys, c) for h, c in zip(answer.columns, row.cells, strict=True))]
        keys, cell = data.draw(st.sampled_from(columns))
        at = data.draw(st.integers(0, len(answer.values) - 1))
        head = answer.values[at]
        found = drill(caller, report, Point(row.keys, keys, head.name))
        listed = list_records(caller, found.object, filter=found.filter or None, fields=["id"], limit=1000, count=True)
        assert listed.count == len(listed.records) == found.count, found.filter
        said = head.name if head.name in plain else head.of
        wanted = cell[[one.name for one in answer.values].index(str(said))]
        if wanted is not None or found.value not in (None, 0, "0"):
            assert same(found.value, _number(wanted)), (head.name, row.keys, keys, wanted, found)


def _number(value: Any) -> Any:
    return Decimal(str(value)) if value is not None else None


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(grids(), st.sampled_from(["admin", "clerk"]), st.data())
def test_every_cell_of_every_grid_leads_to_its_records(
    shop: Bookshop, body: dict[str, Any], who: str, data: st.DataObject
) -> None:
    check_cells(shop, who, body, data, 5)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(grids(), st.sampled_from(["admin", "clerk"]), st.data())
def test_of_wins_and_losses_too(shop: Bookshop, body: dict[str, Any], who: str, data: st.DataObject) -> None:
    body = {key: value for key, value in body.items() if key not in ("values", "having", "sort")}
    sides = {
        side: [{k: "-won" if k == "sort" else v for k, v in group.items()} for group in body[side]]
        for side in ("rows", "columns")
        if side in body
    }
    check_cells(
        shop, who, {**body, **sides, "type": "win_loss", "trend": {"field": "genre", "amount": "price"}}, data, 5
    )


@pytest.mark.parametrize("name", VALUES_OF_FIELDS)
def test_values_may_be_called_like_fields(shop: Bookshop, name: str) -> None:
    body = {"object": "book", "values": VALUES_OF_FIELDS, "rows": ["genre"], "sort": ["-price"], "having": "weight > 1"}
    report = report_of(shop.admin.model, "any", body)
    answer = run(shop.admin, report)
    assert isinstance(answer, Answer)
    at = [head.name for head in answer.values].index(name)
    for row in answer.rows:
        assert same(drill(shop.admin, report, Point(row.keys, (), name)).value, _number(row.all[at]))


def test_a_hidden_value_leads_to_its_records(shop: Bookshop) -> None:
    body = {"object": "book", "values": VALUES, "rows": ["genre"]}
    report = report_of(shop.admin.model, "any", body)
    found = drill(shop.admin, report, Point((), (), "many"), Asked(where="done"))
    assert found.object == "loan"
    assert found.count == found.value == list_records(shop.admin, "loan", filter=found.filter, count=True).count
