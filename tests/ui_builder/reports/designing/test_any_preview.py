"""Whatever is put together in the report builder, its preview is an answer or a reason, never a fault."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from order_desk import builder_of, desk, desk_app  # noqa: F401  # fixtures
from shelving import Person

pytestmark = pytest.mark.usefixtures("desk")


def carried(page: str) -> dict[str, Any]:
    """The body that a page carries."""
    found = re.search(r'name="body" value="(.*?)"', page, re.DOTALL)
    assert found is not None, page[:3000]
    body: dict[str, Any] = json.loads(html.unescape(found[1]))
    return body


_EVERY = st.sampled_from(("day", "week", "quarter", "year", "weekday", "hour", "month_of_year", "fiscal_year"))
_GROUP = st.one_of(
    st.sampled_from(("stage", "shop", "shop.region", "owner", "name", "created_at", "record_type")),
    st.builds(lambda path, every: {"by": path, "every": every}, st.sampled_from(("signed_on", "created_at")), _EVERY),
    st.sampled_from(({"by": "total", "step": 0.5}, {"by": "total", "edges": [0, 110]}, {"by": "total", "edges": []})),
    st.builds(
        lambda top, other: {"by": "shop", "top": top, "sort": "-n", "other": other}, st.integers(1, 3), st.booleans()
    ),
)
_VALUE = st.sampled_from(
    (
        *(
            "COUNT()",
            "SUM(total)",
            "AVG(total) / COUNT()",
            "SUM(lines.amount)",
            "COUNT(lines)",
            "COUNT(lines, qty > 1)",
        ),
        *("MEDIAN(total)", "PERCENTILE(total, 0.9)", "MAX(signed_on)", "COUNT_DISTINCT(shop)", "n / 0", "n / (n - n)"),
        *("SUM(total) / SUM(lines.amount, qty > 99)", 'COUNT(stage = "won") / n', "SUM(gone)", "n +", "total", "1"),
    )
)
_BODY = st.fixed_dictionaries(
    {
        "object": st.just("order"),
        "type": st.sampled_from(("list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss")),
    },
    optional={
        "rows": st.lists(_GROUP, max_size=3),
        "columns": st.lists(_GROUP, max_size=2),
        "values": st.dictionaries(st.sampled_from(("n", "a", "b")), _VALUE, max_size=3),
        "fields": st.lists(st.sampled_from(("name", "total", "shop.region", "gone")), max_size=3),
        "where": st.sampled_from(('stage = "won"', "total > 110", "COUNT(lines, qty > 1) > 0", "total >", "gone = 1")),
        "cross": st.lists(st.sampled_from(("lines", {"of": "lines", "none": True}, {"of": "gone"})), max_size=2),
        "period": st.sampled_from(({"field": "signed_on", "range": "this_year"}, "created_at", {"field": "total"})),
        "compare": st.sampled_from(("previous", "year_ago")),
        "having": st.sampled_from(("n > 1", "n > n", "gone > 1", "a / b > 1")),
        "sort": st.sampled_from((["-n"], ["a"], ["gone"])),
        "limit": st.integers(1, 3),
        "totals": st.booleans(),
        "chart": st.sampled_from(("bar", "line", "pie", "heat", "number", "scatter", "map", "funnel")),
        "funnel": st.sampled_from(("stage", {"field": "stage", "mode": "stock"}, {"field": "stage", "mode": "entered"}))
        | st.just({"steps": {"one": {"where": "total > 0"}, "two": {"where": "COUNT(lines) > 0"}}}),
        "cohort": st.sampled_from(
            ({"born": "created_at", "event": "signed_on"}, {"born": "signed_on", "event": "gone"})
        ),
        "trend": st.sampled_from(({"field": "stage"}, {"field": "stage", "every": "day", "amount": "total"})),
    },
)


@pytest.fixture(scope="module")
def people(builder_of: Callable[[str], Person]) -> dict[str, Person]:  # noqa: F811
    return {name: builder_of(name) for name in ("ann", "bob")}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_BODY, name=st.sampled_from(("ann", "ann", "bob")))
def test_any_report_gives_an_answer_or_a_reason(people: dict[str, Person], body: dict[str, Any], name: str) -> None:
    who = people[name]
    shown = who.post("/reports/new", island=True, body=json.dumps(body), do="preview")
    assert shown.status_code == 200, shown.text[-3000:]
    event("a reason" if "Not ready" in shown.text else "an answer")
    parts = who.post("/reports/new", island=True, body=json.dumps(body), do="draw")
    assert parts.status_code == 200, parts.text[-3000:]
    if name == "bob":  # who may see neither this field nor the lines
        assert "Secret" not in shown.text + parts.text
        assert "Order line" not in shown.text + parts.text


_PATHS = ("stage", "shop", "shop.region", "signed_on", "total", "lines", "lines.amount", "lines.qty", "created_at")
_PRESSED = st.one_of(
    st.builds(
        "add:{}:{}".format, st.sampled_from(("auto", "rows", "columns", "values", "cross")), st.sampled_from(_PATHS)
    ),
    st.builds(
        "move:{}:{}".format, st.sampled_from(("rows.0", "columns.0", "values.n")), st.sampled_from(("rows", "columns"))
    ),
    st.builds("remove:{}".format, st.sampled_from(("rows.0", "columns.0", "values.n"))),
    st.builds(
        "type:{}".format, st.sampled_from(("list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss"))
    ),
    st.builds("sort:{}".format, st.sampled_from(("n", "total"))),
    st.sampled_from(("formula", "add:period:signed_on", "chart:line", "chart:")),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(pressed=st.lists(_PRESSED, min_size=1, max_size=7))
def test_whatever_is_pressed_the_preview_answers(people: dict[str, Person], pressed: list[str]) -> None:
    body: dict[str, Any] = {"object": "order", "type": "summary", "values": {"n": "COUNT()"}}
    for do in pressed:
        body = carried(people["ann"].post("/reports/new", island=True, body=json.dumps(body), do=do).text)
    shown = people["ann"].post("/reports/new", island=True, body=json.dumps(body), do="preview")
    event("a reason" if "Not ready" in shown.text else "an answer")
    assert shown.status_code == 200, shown.text[-3000:]
    assert "Server error" not in shown.text
