"""Bodies broken at random: shaped like questions, reports, dashboards and subscriptions, with values that nobody means.
Whatever is sent is answered or refused with its place, never with a fault of the engine, and never late."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hard_tenant import Hard, make_hard
from reading import Client

PIPELINE = """
---
kind: pipeline
name: machining
object: machine
field: kind
stages: {lathe: {}, press: {outcome: won}, saw: {outcome: lost}}
"""
LONGEST = 10  # seconds; a statement is stopped after 25
QUERY = {
    "from": "machine",
    "where": "power > 1",
    "group_by": ["kind", "bought.month"],
    "aggregates": {"n": "COUNT()", "total": "SUM(power)", "ratio": "SUM(power) / COUNT()"},
    "having": "n > 0",
    "order_by": ["-total"],
    "limit": 100,
}
SUMMARY = {
    "object": "machine",
    "type": "summary",
    "where": "power > 1",
    "cross": [{"of": "part_use", "where": "qty > 1", "none": True}],
    "period": {"field": "bought", "range": "this_year"},
    "owner": "keeper",
    "rows": [
        "room.name",
        {"by": "bought", "every": "month"},
        {"by": "room", "top": 3, "sort": "-total", "other": True},
    ],
    "values": {
        "n": "COUNT()",
        "total": {"value": "SUM(power)", "format": "money", "show": ["share", "running"], "good": "up", "decimals": 1},
        "p": "PERCENTILE(cost, 0.9)",
        "ratio": {"value": "total / n", "format": "percent"},
    },
    "having": "n > 0",
    "sort": ["-total"],
    "limit": 100,
    "compare": "previous",
    "totals": True,
    "chart": {"type": "bar", "values": ["total"], "stacked": True, "target": 100},
}
MATRIX = {
    **SUMMARY,
    "type": "matrix",
    "rows": ["room"],
    "columns": [{"by": "power", "step": 10}, {"by": "cost", "edges": [0, 10, 50]}],
    "sort": [],
}
LIST = {"object": "machine", "type": "list", "fields": ["name", "room.name"], "sort": ["-power"], "where": "on = true"}
FUNNEL = {
    "object": "machine",
    "type": "funnel",
    "funnel": {"steps": {"a": {"where": "power > 0"}, "b": {"label": "B", "where": "cost > 1"}}},
}
COHORT = {
    "object": "machine",
    "type": "cohort",
    "cohort": {"born": "bought", "every": "month", "event": "part_use.created_at", "where": "qty > 1", "ages": 6},
}
TREND = {"object": "machine", "type": "trend", "trend": {"field": "kind", "every": "week", "amount": "power"}}
REPORTS = (SUMMARY, MATRIX, LIST, FUNNEL, COHORT, TREND)
ASKED = {"period": "2026-01-01..2026-03-31", "compare": "year_ago", "owner": None, "where": "power > 1", "sort": ["n"]}
CELL = {**ASKED, "row": ["lathe"], "column": [], "value": "n", "fields": ["name"], "limit": 5, "cursor": None}
WIDGETS = {
    "n": {"type": "number", "object": "machine", "value": "COUNT()", "where": "power > 1", "at": [0, 0, 3, 3]},
    "l": {"type": "list", "object": "machine", "columns": ["name"], "limit": 3, "when": "bought", "at": [3, 0, 3, 3]},
    "c": {"type": "calendar", "object": "machine", "field": "bought", "at": [0, 3, 6, 4]},
    "t": {"type": "text", "text": {"en": "x", "zh": "y"}, "at": [6, 0, 3, 3]},
}
BOARD = {"label": {"en": "b"}, "filters": {"period": "this_year", "compare": "year_ago"}, "widgets": WIDGETS}
SENT = {
    "key": "",
    "cadence": "weekly",
    "weekday": 1,
    "hour": 8,
    "recipients": [{"kind": "permission_set", "id": "reader"}],
    "filters": {"period": "this_year", "where": "power > 1"},
    "only_if": {"value": "n", "is": "above", "than": "1"},
}


def _nested(depth: int, inner: Any = 1) -> Any:
    for level in range(depth):
        inner = [inner] if level % 2 else {"a": inner}
    return inner


WORDS = ["class", "None", "select", "order", "user", "__init__", "constructor", "a b", '"', "';--", "%s", "{0}", "n@x"]
TEXTS = [
    *("", " ", "\x00", "a\x00b", "\ud800", "x\udfffy", "\u202e", "😀" * 50, "x" * 30_000, "(" * 3_000),
    *("PERCENTILE(power, 2)", "PERCENTILE(power, -1)", "PERCENTILE(power, power)", "SUM(power) / 0", "power / 0 > 1"),
    *("SUM(power / 0)", "COUNT() / (COUNT() - COUNT())", "1e400", "SUM(power) * 1e308 * 1e308", "NaN", "power ** 9"),
    *("SUM(power) * 99999999999999999999999999999999999999", "total", "n + ratio", "SUM(n)", "MEDIAN(name)", "SUM("),
    *("power = 1 or " * 300 + "power = 2", "bought > DATE(9999, 12, 31)", "bought + 99999999 > TODAY()", "$user"),
    *("bought = ADD_MONTHS(TODAY(), 99999999)", "seen_at > NOW() + 1e9", 'name = "\x00"', 'kind = "\\u0000"', "- - 1"),
    *(
        "0001-01-01..9999-12-31",
        "9999-12-31..0001-01-01",
        "9999-12-01..9999-12-31",
        "last_999999999_days",
        "last_0_days",
    ),
    *(
        "0000-00-00..2026-01-01",
        "2026-02-30..2026-03-31",
        "..",
        "all",
        "this_eon",
        "bought.month",
        "id",
        "room.room.name",
    ),
    *(
        "next_99999_years",
        "0",
        "-1",
        "NaN",
        "Infinity",
        "1e-400",
        "9" * 400,
        "month",
        "hour",
        "00000000-0000-0000-0000-000000000000",
    ),
    *WORDS,
]
NUMBERS = [0, -1, 1, 7, 64, 1_000_000_000, 2**31, 2**63, 2**64, -(2**63), 1e308, -0.0, 0.1, 1e-320, 1.5, True, False]
LARGE: list[Any] = [
    ["kind"] * 10_000,
    [{"by": "power", "edges": list(range(10_000))}],
    {f"v{n}": "COUNT()" for n in range(10_000)},
    {f"v{n}": f"v{n + 1}" for n in range(300)},
    {"a": "b", "b": "a"},
    {"a": "a + 1"},
    list(range(10_000)),
    _nested(40),
    _nested(63),
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": ""},
]
VALUES = [None, *TEXTS, *NUMBERS, *LARGE]


def _places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value within."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inner:
        yield (*at, key)
        yield from _places(value, (*at, key))


@st.composite
def broken(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with one to three of its values replaced, taken away, put beside another, or called otherwise."""
    made = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(made))[:400]
        if not places:
            return made
        *way, last = draw(st.sampled_from(places))
        holder = made
        for key in way:
            holder = holder[key]
        what = draw(st.sampled_from(("set", "set", "set", "drop", "name", "wrap")))
        if what == "drop":
            del holder[last]
        elif what == "name" and isinstance(holder, dict):
            holder[draw(st.sampled_from(TEXTS))] = holder.pop(last)
        elif what == "wrap":
            holder[last] = draw(st.sampled_from(([holder[last]], {"by": holder[last]}, {"value": holder[last]})))
        else:
            holder[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    return made


@dataclass
class Doors:
    """The people who ask, and what is kept for being asked."""

    people: list[Client]
    keys: list[str]
    board: str
    sent: str


@pytest.fixture(scope="module")
def doors(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    hard: Hard = make_hard(module_database_url, tmp_path_factory.mktemp("hard"), PIPELINE)
    ann = hard.ann
    keys = [_kept(ann, "report", body) for body in ({"object": "machine", "values": {"n": "COUNT()"}}, *REPORTS)]
    board = _kept(ann, "dashboard", {key: value for key, value in BOARD.items() if key != "label"})
    status, sent = ann.post("/api/v1/report-subscriptions", {"key": keys[0], "cadence": "daily", "hour": 8})
    assert status == 201, sent
    yield Doors([ann, hard.bob], keys, board, sent["id"])
    hard.reading.database.close()


def _kept(client: Client, kind: str, body: Any) -> str:
    status, made = client.post("/api/v1/own-documents", {"kind": kind, "label": "kept", "body": body})
    assert status == 201, made["errors"]
    return str(made["id"])


def _send(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """What is answered; asserts what holds for every answer."""
    text = None if body is None else json.dumps(body)
    began = time.monotonic()
    answer = client.open(path, method=method, data=text, headers={"Content-Type": "application/json"})
    took = time.monotonic() - began
    said = answer.get_json(silent=True)
    where = f"{method} {path[:200]} {(text or '')[:3_000]}"
    assert answer.status_code < 500, (where, answer.text[:500])
    assert took < LONGEST, (where, took)
    if answer.status_code >= 400:
        assert said["detail"], where
        assert said["code"], where
        assert len(answer.data) < 64 * 1024, where
    if answer.status_code in (400, 422) and isinstance(body, dict):
        assert _names_its_place(said, body), (where, said)
    return answer.status_code, said


def _names_its_place(said: Any, body: Any) -> bool:
    """Whether a refusal says where: a field, a position in a text, or the part of the body within its sentence."""
    fields = [one["field"] is not None for one in said["errors"]]
    words = ("“", "The body is", "cell", *body)  # a name, the JSON as a whole, the cell that is asked for
    return any(fields) or "position" in said or any(word in said["detail"] for word in words)


HARD = settings(
    max_examples=50,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


@HARD
@given(body=broken(QUERY), who=st.integers(0, 1))
def test_questions(doors: Doors, body: Any, who: int) -> None:
    _send(doors.people[who], "POST", "/api/v1/query", body)


@HARD
@given(body=st.sampled_from(REPORTS).flatmap(lambda one: broken({"report": one, **ASKED})), who=st.integers(0, 1))
def test_reports_that_are_not_kept(doors: Doors, body: Any, who: int) -> None:
    _send(doors.people[who], "POST", "/api/v1/reports/run", body)


@HARD
@given(body=st.sampled_from(REPORTS).flatmap(broken), who=st.integers(0, 1))
def test_reports_whose_own_parts_are_broken(doors: Doors, body: Any, who: int) -> None:
    _send(doors.people[who], "POST", "/api/v1/reports/run", {"report": body})


@HARD
@given(body=broken(ASKED), which=st.integers(0, 6))
def test_what_is_asked_of_kept_ones(doors: Doors, body: Any, which: int) -> None:
    _send(doors.people[0], "POST", f"/api/v1/reports/{doors.keys[which]}/run", body)


@HARD
@given(body=broken(CELL), which=st.integers(0, 6))
def test_cells_that_are_none(doors: Doors, body: Any, which: int) -> None:
    _send(doors.people[0], "POST", f"/api/v1/reports/{doors.keys[which]}/records", body)


@HARD
@given(
    body=st.sampled_from([*REPORTS, BOARD, BOARD, BOARD]).flatmap(broken), kind=st.sampled_from(["report", "dashboard"])
)
def test_what_is_kept_opens(doors: Doors, body: Any, kind: str) -> None:
    """And whatever may be kept can be opened, run, looked at and removed."""
    ann = doors.people[0]
    kept = {"kind": kind, "label": "x", "body": {k: v for k, v in body.items() if k != "label"} if body else body}
    status, made = _send(ann, "POST", "/api/v1/own-documents", kept)
    if status != 201:
        return
    one = f"/api/v1/own-documents/{made['id']}"
    try:
        _send(ann, "GET", one)
        _send(ann, "GET", f"/api/v1/{kind}s/{made['id']}")
        if kind == "report":
            _send(ann, "POST", f"/api/v1/reports/{made['id']}/run", {})
        for name in made["body"].get("widgets", {}) if kind == "dashboard" else ():
            _send(ann, "GET", f"/api/v1/dashboards/{made['id']}/widgets/{name}")
    finally:
        _send(ann, "DELETE", one)


@HARD
@given(body=broken({"kind": "report", "label": "x", "body": SUMMARY}))
def test_shapes_of_what_is_kept(doors: Doors, body: Any) -> None:
    ann = doors.people[0]
    status, made = _send(ann, "POST", "/api/v1/own-documents", body)
    if status == 201:
        _send(ann, "DELETE", f"/api/v1/own-documents/{made['id']}")


@HARD
@given(
    body=broken(
        {
            "version": 1,
            "label": "x",
            "body": {},
            "shared": [{"kind": "user", "id": "x", "access": "read"}],
            "removed": False,
        }
    )
)
def test_changes_of_what_is_kept(doors: Doors, body: Any) -> None:
    _send(doors.people[0], "PATCH", f"/api/v1/own-documents/{doors.board}", body)


@HARD
@given(body=broken(SENT), change=st.booleans())
def test_subscriptions(doors: Doors, body: Any, change: bool) -> None:
    ann = doors.people[0]
    if isinstance(body, dict) and body.get("key") == "":
        body["key"] = doors.keys[0]
    if change:
        body.pop("key", None)
        _send(ann, "PATCH", f"/api/v1/report-subscriptions/{doors.sent}", body)
        return
    status, made = _send(ann, "POST", "/api/v1/report-subscriptions", body)
    if status == 201:
        _send(ann, "DELETE", f"/api/v1/report-subscriptions/{made['id']}")


@pytest.mark.parametrize("asked", ["period", "compare", "owner", "department", "day", "no_such"])
@pytest.mark.parametrize("name", ["n", "l", "c", "t", "no_such", "%00", "%ED%A0%80"])
def test_widgets(doors: Doors, name: str, asked: str) -> None:
    for text in TEXTS:
        if len(text) < 5_000 and text.isprintable():
            _send(doors.people[0], "GET", f"/api/v1/dashboards/{doors.board}/widgets/{name}?{asked}={quote(text)}")
