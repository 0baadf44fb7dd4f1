"""What a reader may not see stays unseen in every part of a report: names behind links, lists, labels of groups; and
values that a picklist has no more are still groups that lead to their records."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.errors import Fault
from dougong_metadata.model.compile_report import report_of
from dougong_platform.query import list_records
from dougong_platform.reports import drill, run
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.asked import Point
from hard_asking import QUERY, kept, seen
from hard_asking import run as asked
from hard_tenant import Hard


def grid(caller: Any, **body: Any) -> tuple[Any, Answer]:
    report = report_of(caller.model, "hard", {"object": "machine", "values": {"n": "COUNT()"}, **body})
    answer = run(caller, report)
    assert isinstance(answer, Answer)
    return report, answer


def leads(caller: Any, report: Any, answer: Answer) -> None:
    for row in [*answer.rows, *([answer.total] if answer.total else [])]:
        found = drill(caller, report, Point(row.keys))
        listed = list_records(caller, found.object, filter=found.filter or None, limit=1000, count=True)
        assert listed.count == len(listed.records) == found.count == (row.all[0] or 0)


def test_a_value_that_its_picklist_has_no_more_is_a_group_all_the_same(hard: Hard) -> None:
    hard.reading.run("update machine set kind = 'ghost' where id = %s returning 1", [hard.machines[0]])
    report, answer = grid(hard.reading.admin, rows=["kind"])
    assert {row.keys[0] for row in answer.rows} == {"lathe", "press", "saw", "ghost", None}
    leads(hard.reading.admin, report, answer)
    report, answer = grid(hard.reading.admin, rows=[{"by": "kind", "top": 1, "sort": "n"}])
    assert answer.rows[0].keys == ("ghost",)
    leads(hard.reading.admin, report, answer)
    hard.reading.run("update machine set kind = 'lathe' where id = %s returning 1", [hard.machines[0]])


def test_names_behind_links_are_those_that_the_reader_may_see(hard: Hard) -> None:
    reader = hard.reading.reader
    for rows in (["part.machine"], ["part.machine.name"], ["part.machine.whole.name"], ["part"], ["part.name"]):
        report, answer = grid(reader, object="bolt", rows=rows)
        leads(reader, report, answer)
        listed = list_records(reader, "bolt", fields=["id", rows[0]], limit=1000).records
        assert {row.keys[0] for row in answer.rows} == {one[rows[0]] for one in listed}
    mine = {
        one["id"]: one["name"] for one in list_records(reader, "machine", fields=["id", "name"], limit=1000).records
    }
    _, answer = grid(reader, object="bolt", rows=["part.machine"])
    for row in answer.rows:
        assert row.labels[0] in (mine.get(row.keys[0]), "(no access)", "(blank)")


def test_a_list_shows_what_the_reader_may_see(hard: Hard) -> None:
    reader = hard.reading.reader
    body = {"object": "machine", "type": "list", "fields": ["name", "phone", "keeper", "whole.name"], "sort": ["name"]}
    answer = run(reader, report_of(reader.model, "hard", body))
    assert isinstance(answer, ListAnswer)
    assert len(answer.records) == 12
    assert all("****" in one["phone"] for one in answer.records)
    mine = {one["id"] for one in answer.records}
    wholes = {one["id"]: one for one in list_records(hard.reading.admin, "machine", limit=1000).records}
    for one in answer.records:
        assert one["whole.name"] is None or wholes[one["id"]]["whole"] in mine


@pytest.mark.parametrize(
    "body",
    [
        {"type": "list", "fields": ["cost"]},
        {"type": "list", "fields": ["name"], "sort": ["phone"]},
        {"type": "list", "fields": ["name"], "sort": ["cost"]},
        {"type": "list", "fields": ["name"], "where": 'phone = "1"'},
        {"type": "list", "fields": ["name"], "cross": [{"of": "safe"}]},
        {"type": "list", "fields": ["name"], "period": {"field": "cost"}},
        {"object": "safe", "values": {"n": "COUNT()"}},
        {"object": "bolt", "values": {"n": "SUM(grams)"}},
        {"object": "bolt", "values": {"n": "COUNT()"}, "rows": ["part.machine.cost"]},
        {"object": "bolt", "values": {"n": "COUNT()"}, "rows": ["part.machine.phone"]},
        {"object": "room", "values": {"n": "SUM(standing.cost)"}},
        {"values": {"n": "COUNT()"}, "rows": [{"by": "cost", "step": 10}]},
        {"values": {"n": "PERCENTILE(cost, 0.5)"}},
        {"values": {"n": "COUNT()", "m": "n / SUM(cost)"}},
    ],
    ids=str,
)
def test_a_report_that_names_what_is_hidden_is_refused_like_one_of_nothing(hard: Hard, body: dict[str, Any]) -> None:
    said = []
    for hidden in ("cost", "phone", "safe", "grams"):
        if hidden in str(body):
            break
    for word in (hidden, "qqqqqq"):
        text = {"object": "machine", **_renamed(body, hidden, word)}
        status, answer = hard.bob.post("/api/v1/reports/run", {"report": text})
        assert status == 422, (word, answer)
        said.append(
            [
                (
                    one["field"],
                    one["code"],
                    one["message"].partition(";")[0].partition(" (at")[0].rstrip(".").replace(word, "…"),
                )
                for one in answer["errors"]
            ]
        )
        assert hidden == word or hidden not in str(answer)
    assert said[0] == said[1]


def _renamed(value: Any, name: str, word: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, name, word) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, name, word) for one in value]
    return value.replace(name, word) if isinstance(value, str) else value


def test_the_administrators_report_over_what_is_hidden_says_nothing_to_a_reader(hard: Hard) -> None:
    admin, reader = hard.reading.admin, hard.reading.reader
    for more in (
        {"values": {"n": "SUM(cost)"}},
        {"rows": ["phone"]},
        {"where": "cost > 1"},
        {"rows": ["kind"], "values": {"n": "COUNT()", "c": {"value": "SUM(cost)", "hidden": True}}},
        {"cross": [{"of": "safe"}]},
        {"rows": [{"by": "kind", "top": 1, "sort": "-c"}], "values": {"n": "COUNT()", "c": "SUM(cost)"}},
    ):
        body = {"object": "machine", "values": {"n": "COUNT()"}, **more}
        report = report_of(admin.model, "hard", body)
        with pytest.raises(Fault, match=r"not a field|No records|not an object|neither|allowed"):
            run(reader, report)


@pytest.mark.parametrize(
    "query",
    [
        *({"group_by": [name], "aggregates": {"n": "COUNT()"}} for name in ("cost", "phone", "nothing")),
        *({"aggregates": {"n": f"{f}({n})"}} for n in ("cost", "phone", "nothing") for f in ("MIN", "COUNT_DISTINCT")),
        *({"aggregates": {"n": "COUNT()"}, "where": f'{name} = "1"'} for name in ("phone", "nothing")),
        *({"aggregates": {"n": f"COUNT({name})"}} for name in ("safe", "nothing")),
        *({"aggregates": {"n": "COUNT()"}, "where": f"COUNT({name}) > 0"} for name in ("safe", "nothing")),
        *({"aggregates": {"n": f"SUM(part_use.bolt.{name})"}} for name in ("grams", "nothing")),
        *({"aggregates": {"n": "COUNT()"}, "order_by": [name]} for name in ("cost", "nothing")),
    ],
    ids=str,
)
def test_what_one_may_not_read_does_not_exist(hard: Hard, query: dict[str, Any]) -> None:
    """What a reader is told of it is word for word what he is told of a name that nobody knows."""
    said = []
    for name in ("cost", "phone", "safe", "grams", "nothing"):
        if name in str(query):
            break
    for word in (name, "zzzzz"):
        status, answer = hard.bob.post(QUERY, _renamed({"from": "machine", **query}, name, word))
        assert status == 400
        said.append(answer["detail"].partition("; did you mean")[0].replace(word, "…").rstrip("."))
    assert said[0] == said[1]


def test_a_reader_counts_what_he_sees_and_nothing_else(hard: Hard) -> None:
    machines = seen(hard.bob, "kind", "on", "power", "whole")
    bolts = seen(hard.bob, "part", of="bolt")
    uses = {one["id"]: one["machine"] for one in seen(hard.bob, "machine", "qty", of="part_use")}
    mine = {one["id"]: one for one in machines}
    assert 0 < len(machines) < 26
    status, answer = asked(
        hard.bob,
        rows=["kind"],
        values={
            "n": "COUNT()",
            "bolts": "COUNT(part_use.bolt)",
            "parts": "COUNT(machine)",
            "share": "COUNT(on) / COUNT()",
            "dear": "COUNT(part_use, qty > 1)",
        },
    )
    assert status == 200
    wanted: dict[Any, list[int]] = {}
    for one in machines:
        cell = wanted.setdefault(one["kind"], [0, 0, 0])
        cell[0] += 1
        cell[1] += sum(1 for bolt in bolts if uses.get(bolt["part"]) == one["id"])
        cell[2] += sum(1 for part in machines if part["whole"] == one["id"])
    told = [head["name"] for head in answer["values"]]
    found = {row["keys"][0]: [row["all"][told.index(n)] for n in ("n", "bolts", "parts")] for row in answer["rows"]}
    assert found == wanted
    status, answer = asked(hard.bob, rows=["whole"])
    assert {row["keys"][0] for row in answer["rows"]} <= {None, *mine, *(one["whole"] for one in machines)}


@pytest.mark.parametrize("field", ["cost", "phone"])
def test_no_report_shows_a_hidden_or_masked_field(hard: Hard, field: str) -> None:
    for body in (
        {"rows": [field]},
        {"values": {"n": f"COUNT_DISTINCT({field})"}},
        {"where": f"not ISBLANK({field})"},
        {"rows": ["kind"], "having": f"{field} > 1"},
        {"cross": [{"of": "machine", "where": f"not ISBLANK({field})"}]},
        {"period": {"field": field}},
    ):
        status, answer = asked(hard.bob, **body)
        assert status == 422, body
        assert "hint" not in str(answer) or answer["errors"][0].get("hint") not in ("cost", "phone")
    key = kept(hard.ann, {"object": "machine", "values": {"n": f"COUNT_DISTINCT({field})"}})
    assert hard.bob.post(f"/api/v1/reports/{key}/run", {})[0] == 404
