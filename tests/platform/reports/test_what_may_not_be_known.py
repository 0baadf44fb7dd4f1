"""What somebody may not know is answered exactly like what does not exist: by every door of reports and dashboards,
asked as a person with few rights, once with the name of a hidden thing and once with a name that means nothing."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from dougong_platform import own_documents
from dougong_platform.app import create_app
from dougong_platform.reports.subscriptions import keeping as subscriptions
from dougong_platform.settings import Settings
from reading import Client, Reading, make_reading
from shelving import Person

DOCUMENTS = """
kind: object
name: machine
name_field: name
fields:
  name: {type: text}
  worth: {type: currency}
  kind: {type: picklist, values: [lathe, press]}
  bought: {type: date}
  room: {type: lookup, to: room}
---
kind: object
name: room
name_field: name
fields:
  name: {type: text}
  guard: {type: user}
---
kind: object
name: quartz
name_field: name
fields:
  name: {type: text}
  machine: {type: lookup, to: machine, relation: vitrine}
---
kind: report
name: by_kind
object: machine
period: {field: bought, range: all}
rows: [kind]
values: {n: COUNT()}
---
kind: report
name: jewels
object: quartz
values: {n: COUNT()}
---
kind: report
name: bosses
object: machine
for: [boss]
values: {n: COUNT()}
---
kind: list_view
name: jewel_list
object: quartz
columns: [name]
---
kind: dashboard
name: thrones
for: [boss]
only: true
widgets:
  n: {type: number, report: by_kind, value: n, at: [0, 0, 3, 3]}
---
kind: dashboard
name: open_board
widgets:
  n: {type: number, report: by_kind, value: n, at: [0, 0, 3, 3]}
---
kind: permission_set
name: reader
objects: {machine: {read: all, create: true}, room: {read: all}}
fields: {machine.worth: none, room.guard: none}
---
kind: permission_set
name: boss
objects: {'*': {read: all}}
"""
# of what: (hidden, meaning nothing), equally long and unlike everything that may be known
NAMES = {
    "object": ("quartz", "zyxwvu"),
    "field": ("worth", "zyxwv"),
    "far_field": ("guard", "zyxwv"),
    "relation": ("vitrine", "zyxwvut"),
    "list_view": ("jewel_list", "zyxwvutsrq"),
    "report": ("jewels", "zyxwvu"),
    "report_for_others": ("bosses", "zyxwvu"),
    "dashboard": ("thrones", "zyxwvut"),
}


@dataclass
class Doors:
    reading: Reading
    api: Client
    pages: Person
    names: Mapping[str, tuple[str, str]]


@pytest.fixture(scope="module")
def doors(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    reading = make_reading(module_database_url, DOCUMENTS)
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=reading.database.dsn, secret="test", rate_limit=0
    )
    app = create_app(settings, reading.database)
    report = own_documents.create(reading.admin, "report", "Mine", {"object": "machine", "values": {"n": "COUNT()"}})
    board = own_documents.create(reading.admin, "dashboard", "Mine", {"widgets": {}})
    sent = subscriptions.create(reading.admin, "report", "by_kind", {"cadence": "daily", "hour": 8})
    names = {**NAMES, **{f"own_{one.kind}": (one.id, str(uuid.uuid4())) for one in (report, board)}}
    names["subscription"] = (sent.id, str(uuid.uuid4()))
    yield Doors(
        reading,
        Client(app.test_client(), reading.token(reading.bob, "read", "write")),
        Person(app.test_client(), "bob"),
        names,
    )
    reading.database.close()


def _number(**more: Any) -> dict[str, Any]:
    return {"report": {"object": "machine", "values": {"n": "COUNT()"}, **more}}


def _board(**widget: Any) -> dict[str, Any]:
    return {"kind": "dashboard", "label": "b", "body": {"widgets": {"w": {"at": [0, 0, 3, 3], **widget}}}}


def _own(**more: Any) -> dict[str, Any]:
    return {"kind": "report", "label": "r", "body": _number(**more)["report"]}


QUERY, RUN, OWN, SENT = "/api/v1/query", "/api/v1/reports/run", "/api/v1/own-documents", "/api/v1/report-subscriptions"
COUNTED = {"n": "COUNT()"}
CONDITION = ["@@ > 1", "NOT ISBLANK(@@)", "machine.@@ > 1", "COUNT(@@) > 0"]
VALUE = ["SUM(@@)", "COUNT(@@)", "COUNT_DISTINCT(@@)", "MAX(@@) - 1", "@@", "SUM(@@.amount)", "SUM(room.@@)"]


def _of_a_field() -> Iterator[tuple[str, dict[str, Any]]]:
    for text in CONDITION:
        yield QUERY, {"from": "machine", "where": text, "aggregates": COUNTED}
        yield QUERY, {"from": "machine", "having": text, "group_by": ["kind"], "aggregates": COUNTED}
        yield RUN, _number(where=text)
        yield RUN, _number(having=text, rows=["kind"])
        yield RUN, {**_number(), "where": text}
        yield "/api/v1/reports/by_kind/run", {"where": text}
        yield "/api/v1/reports/by_kind/records", {"where": text, "value": "n"}
        yield OWN, _own(where=text)
        yield OWN, _board(type="number", object="machine", value="COUNT()", where=text)
        yield OWN, _board(type="list", object="machine", columns=["name"], where=text)
        yield SENT, {"key": "by_kind", "cadence": "daily", "hour": 8, "filters": {"where": text}}
    for text in VALUE:
        yield QUERY, {"from": "machine", "aggregates": {"n": text}}
        yield RUN, _number(values={"n": text})
        yield OWN, _own(values={"n": text})
        yield OWN, _board(type="number", object="machine", value=text)
    for path in ("@@", "room.@@", "@@.name", "machine.@@"):
        yield QUERY, {"from": "machine", "group_by": [path]}
        yield QUERY, {"from": "machine", "group_by": [path + ".month"], "aggregates": COUNTED}
        yield QUERY, {"from": "machine", "group_by": ["kind"], "aggregates": COUNTED, "order_by": [path]}
        for rows in (path, {"by": path}, {"by": path, "every": "month"}, {"by": path, "step": 10}):
            yield RUN, _number(rows=[rows])
            yield RUN, _number(columns=[rows], rows=["kind"])
        yield RUN, _number(rows=["kind"], sort=[path])
        yield RUN, _number(type="list", values=None, fields=[path])
        yield RUN, {"report": {"object": "machine", "type": "list", "fields": [path]}}
        yield RUN, {"report": {"object": "machine", "type": "list", "fields": ["name"], "sort": [f"-{path}"]}}
        yield RUN, _number(period={"field": path, "range": "all"})
        yield RUN, {**_number(owner=path), "owner": str(uuid.UUID(int=1))}
        yield RUN, _number(trend={"field": path, "every": "week"}, type="trend")
        yield RUN, _number(funnel={"field": path}, type="funnel")
        yield RUN, _number(cohort={"born": path, "event": path, "every": "month"}, type="cohort")
        yield RUN, _number(cross=[{"of": path}])
        yield "/api/v1/reports/by_kind/run", {"sort": [path]}
        yield "/api/v1/reports/by_kind/records", {"value": "n", "fields": [path]}
        yield OWN, _board(type="list", object="machine", columns=["name", path])
        yield OWN, _board(type="list", object="machine", columns=["name"], when=path, done={"field": path, "value": 1})
        yield OWN, _board(type="calendar", object="machine", field=path)


def _of_an_object() -> Iterator[tuple[str, dict[str, Any]]]:
    yield QUERY, {"from": "@@", "aggregates": COUNTED}
    yield QUERY, {"from": "@@", "group_by": ["name"]}
    yield QUERY, {"from": "@@"}
    yield QUERY, {"from": "@@", "where": "no_such = 1", "aggregates": {"": "("}}
    yield RUN, {"report": {"object": "@@", "values": COUNTED}}
    yield RUN, {"report": {"object": "@@", "type": "list", "fields": ["name"]}}
    yield RUN, _number(cross=[{"of": "@@"}])
    yield RUN, _number(values={"n": "COUNT(@@.machine)"})
    yield OWN, {"kind": "report", "label": "r", "body": {"object": "@@", "values": COUNTED}}
    for type, more in (("number", {"value": "COUNT()"}), ("list", {"columns": ["name"]}), ("calendar", {"field": "x"})):
        yield OWN, _board(type=type, object="@@", **more)


def _of_a_report() -> Iterator[tuple[str, dict[str, Any]]]:
    for door in ("run", "records"):
        for body in ({}, {"value": "n"}, {"where": "("}, {"wombat": 1}):
            yield f"/api/v1/reports/@@/{door}", body
    yield SENT, {"key": "@@", "cadence": "daily", "hour": 8}
    yield SENT, {"key": "@@", "cadence": "never", "hour": 800}
    for type in ("number", "chart", "table", "leaderboard"):
        yield OWN, _board(type=type, report="@@", value="n")
        yield OWN, _board(type=type, report="@@")


POSTED: list[tuple[str, str, dict[str, Any]]] = [
    *(("field", *one) for one in _of_a_field()),
    *(("far_field", *one) for one in _of_a_field()),
    *(("relation", *one) for one in _of_a_field()),
    *(("object", *one) for one in _of_an_object()),
    *((kind, *one) for kind in ("report", "report_for_others", "own_report") for one in _of_a_report()),
    *(
        (kind, SENT, {"kind": "dashboard", "key": "@@", "cadence": "daily", "hour": 8})
        for kind in ("dashboard", "own_dashboard")
    ),
    ("list_view", OWN, _board(type="list", list_view="@@")),
    ("subscription", f"{SENT}/@@/send", {}),
]
_REPORT = ("/api/v1/reports/@@", *(f"/reports/@@{rest}" for rest in ("", "?print=1", "/explain", "/records?value=n")))
_REPORT += tuple(f"/reports/@@/{rest}" for rest in ("edit", "share", "subscriptions", "export.csv", "export.xlsx"))
_BOARD = ("/api/v1/dashboards/@@", "/api/v1/dashboards/@@/widgets/n", "/api/v1/dashboards/@@/widgets/no_such")
_BOARD += tuple(f"/dashboards/@@{rest}" for rest in ("", "/widgets/n", "/edit", "/share", "/subscriptions"))
READ: list[tuple[str, str]] = [
    *((kind, path) for kind in ("report", "report_for_others", "own_report") for path in _REPORT),
    *((kind, path) for kind in ("dashboard", "own_dashboard") for path in _BOARD),
    *((kind, f"{OWN}/@@") for kind in ("own_report", "own_dashboard")),
    *((kind, f"{SENT}?key=@@") for kind in ("report", "own_report", "dashboard")),
    ("object", "/reports/new?object=@@"),
    ("object", "/reports/new/words?object=@@"),
    ("object", "/dashboards/new?object=@@"),
    *(("field", f"/reports/by_kind?{name}=@@") for name in ("sort", "where", "owner")),
    *(("field", f"/reports/by_kind/export.csv?{name}=@@") for name in ("sort", "where")),
    *(("field", f"/dashboards/open_board/widgets/n?{name}=@@") for name in ("sort", "where", "owner")),
    ("dashboard", "/api/v1/dashboards/open_board/widgets/@@"),
]
WRITTEN = [
    *(
        (kind, method, f"{OWN}/@@", body)
        for kind in ("own_report", "own_dashboard")
        for method, body in (
            ("PATCH", {"version": 1, "label": "x"}),
            ("PATCH", {"shared": []}),
            ("PATCH", {"removed": False}),
            ("DELETE", None),
        )
    ),
    ("subscription", "PATCH", f"{SENT}/@@", {"active": False}),
    ("subscription", "DELETE", f"{SENT}/@@", None),
    ("dashboard", "PUT", "/api/v1/me/home", {"dashboard": "@@"}),
    ("own_dashboard", "PUT", "/api/v1/me/home", {"dashboard": "@@"}),
]


def _with(given: Any, name: str) -> Any:
    """`given` with the name in the place of every @@."""
    return json.loads(json.dumps(given).replace("@@", name))


def _said(text: str, name: str) -> str:
    """An answer without the name that was asked for, and what differs from request to request."""
    page = re.search(r"<main.*</main>", text, re.DOTALL)
    text = page[0] if page else text
    stamps = r'request_id":"\w+|csrf[^>]*|\b[0-9a-f]{16}\b|[0-9a-f]{8}-[0-9a-f-]{27}|20\d\d-[\d:.T-]+Z'
    return re.sub(stamps, "·", text.replace(name, "§"))


@pytest.mark.parametrize("what", NAMES)
def test_what_may_not_be_known_is_posted_like_what_does_not_exist(doors: Doors, what: str) -> None:
    _alike(doors, [(of, "POST", path, body) for of, path, body in POSTED if of == what])


def test_what_others_keep_is_posted_like_what_does_not_exist(doors: Doors) -> None:
    _alike(doors, [(of, "POST", path, body) for of, path, body in POSTED if of not in NAMES])


def test_pages_and_answers_are_alike(doors: Doors) -> None:
    _alike(doors, [(of, "GET", path, None) for of, path in READ])


def test_what_others_keep_is_changed_like_what_does_not_exist(doors: Doors) -> None:
    _alike(doors, WRITTEN)


def test_the_questions_tell_both_apart_for_whom_may_know(doors: Doors) -> None:
    ann = Client(doors.api.http, doors.reading.token(doors.reading.ann))
    apart: Counter[str] = Counter()
    for what, path, body in POSTED:
        hidden, nothing = (ann.post(path.replace("@@", n), _with(body, n)) for n in doors.names[what])
        apart[what] += (hidden[0], len(str(hidden))) != (nothing[0], len(str(nothing)))
    assert all(apart[what] for what in doors.names if what != "own_dashboard"), apart
    assert apart["field"] > 50


def _alike(doors: Doors, asked: Sequence[tuple[str, str, str, Any]]) -> None:
    differ = []
    for what, method, path, body in asked:
        hidden, nothing = (_answer(doors, method, path, body, name) for name in doors.names[what])
        if hidden != nothing or hidden[0] >= 500:
            differ.append((what, method, path, body, hidden, nothing))
    assert not differ, "\n".join(repr(one)[:900] for one in differ)


def _answer(doors: Doors, method: str, path: str, body: Any, name: str) -> tuple[int, str]:
    path, body = path.replace("@@", name), _with(body, name)
    if path.startswith("/api/"):
        answer = doors.api.open(path, method=method, **({} if body is None else {"json": body}))
    else:
        answer = doors.pages.get(path)
    return answer.status_code, _said(answer.text, name)
