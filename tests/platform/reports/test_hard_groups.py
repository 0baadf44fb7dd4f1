"""Groups that are hard to make: the first ones and all others, each leading to its records; people, wholes of wholes
and lines of somebody else as groups; against plain Python."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from hard_asking import QUERY, RUN, ask, behind, run, seen
from hard_tenant import Hard

# Rows that come first, and what is left.


@pytest.mark.parametrize("more", [{}, {"having": "n < 6"}, {"limit": 1}, {"sort": ["n"]}, {"totals": False}])
def test_all_others_are_all_others_whatever_else_a_report_hides(hard: Hard, more: dict[str, Any]) -> None:
    body = {"rows": [{"by": "name", "top": 4, "sort": "-n"}], **more}
    whole = run(hard.ann, rows=body["rows"])[1]
    (others,) = [row for row in whole["rows"] if row["keys"] == ["\ufffdother"] and row["labels"] == ["Other"]]
    assert behind(hard.ann, body, others["keys"]) == (200, others["all"][0])


def test_others_that_are_left_out_are_not_shown_and_count_in_the_total(hard: Hard) -> None:
    status, answer = run(hard.ann, rows=[{"by": "kind", "top": 2, "sort": "-n", "other": False}])
    assert [row["all"][0] for row in answer["rows"]] == [7, 7]
    assert answer["total"]["all"] == [26]
    columns = [{"by": "kind", "top": 1, "sort": "-n", "other": False}]
    status, answer = run(hard.ann, type="matrix", rows=["on"], columns=columns)
    assert status == 200
    assert [head["keys"] for head in answer["columns"]] == [["lathe"]]


@pytest.mark.parametrize("side", ["rows", "columns"])
def test_top_on_the_second_level_and_on_columns_leads_to_its_records(hard: Hard, side: str) -> None:
    top = {"by": "kind", "top": 2, "sort": "-n"}
    body: dict[str, Any] = {"rows": ["on", top]}
    if side == "columns":
        body = {"type": "matrix", "rows": [{"by": "keeper", "top": 1, "sort": "n"}], "columns": ["on", top]}
    status, answer = run(hard.ann, **body)
    assert status == 200
    others = 0
    for row in answer["rows"]:
        assert behind(hard.ann, body, row["keys"]) == (200, row["all"][0])
        for head, cell in zip(answer["columns"], row["cells"], strict=True):
            others += "\ufffdother" in head["keys"]
            assert behind(hard.ann, body, row["keys"], head["keys"]) == (200, cell[0] or 0)
    assert others or any("\ufffdother" in row["keys"] for row in answer["rows"])


def test_before_and_after_of_a_comparison_lead_to_their_records(hard: Hard) -> None:
    body = {
        "rows": [{"by": "bought", "every": "month"}],
        "values": {"n": {"value": "COUNT()", "show": ["share", "running"]}},
        "period": {"field": "bought", "range": "2026-01-01..2026-12-31"},
        "compare": "previous",
    }
    long = {**body, "period": {"field": "bought", "range": "2025-06-01..2026-12-31"}}
    for one in (body, long):
        answer = run(hard.ann, **one)[1]
        names = [head["name"] for head in answer["values"]]
        assert names == ["n", "n@before", "n@change", "n@share", "n@running"]
        for row in [*answer["rows"], answer["total"]]:
            for name in names:
                wanted = row["all"][names.index("n@before" if name == "n@before" else "n")]
                assert behind(hard.ann, one, row["keys"], value=name) == (200, wanted or 0)


def test_rows_are_sorted_by_their_groups_where_the_report_says_so(hard: Hard) -> None:
    for sort, wanted in (("-kind", ["saw", "press", "lathe", None]), ("kind", ["lathe", "press", "saw", None])):
        status, answer = run(hard.ann, rows=["kind"], sort=[sort])
        assert (status, [row["keys"][0] for row in answer["rows"]]) == (200, wanted)
    status, answer = run(hard.ann, rows=[{"by": "bought", "every": "year"}, "kind"], sort=["-bought", "-n"], limit=3)
    assert (status, answer["rows"][0]["keys"]) == (200, ["9999-01-01"])
    assert answer["capped"]


# Other objects, and chains of links.


@pytest.mark.parametrize("object", ["user", "department", "team"])
def test_people_and_departments_are_records_too(hard: Hard, object: str) -> None:
    for client in (hard.ann, hard.bob):
        status, answer = client.post(QUERY, {"from": object, "group_by": ["name"], "aggregates": {"n": "COUNT()"}})
        assert status == 200
        wanted = Counter(one["name"] for one in seen(client, "name", of=object))
        assert {row["name"]: row["n"] for row in answer["rows"]} == wanted
        body = {"object": object, "values": {"n": "COUNT()"}, "rows": ["name"]}
        assert client.post(RUN, {"report": body})[0] == 200


def test_two_links_to_one_object_are_two_relations(hard: Hard) -> None:
    machines = seen(hard.ann, "room", "next_room")
    report = {
        "object": "room",
        "values": {"standing": "COUNT(standing)", "coming": "COUNT(coming)", "bolts": "COUNT(coming.part_use.bolt)"},
        "rows": ["id"],
    }
    status, answer = hard.ann.post(RUN, {"report": report})
    assert status == 200
    names = [head["name"] for head in answer["values"]]
    for row in answer["rows"]:
        cell = dict(zip(names, row["all"], strict=True))
        assert cell["standing"] == sum(1 for one in machines if one["room"] == row["keys"][0])
        assert cell["coming"] == sum(1 for one in machines if one["next_room"] == row["keys"][0])
    status, answer = hard.ann.post(QUERY, {"from": "room", "aggregates": {"n": "COUNT(machine)"}})
    assert (status, "standing" in answer["detail"] or "room" in answer["detail"]) == (400, True)


def test_wholes_of_wholes(hard: Hard) -> None:
    machines = {one["id"]: one for one in seen(hard.ann, "name", "whole", "power")}

    def up(id: Any, steps: int) -> Any:
        return id if id is None or not steps else up(machines[id]["whole"], steps - 1)

    status, answer = run(hard.ann, rows=["whole.whole"], values={"n": "COUNT()", "deep": "COUNT(machine.machine)"})
    assert status == 200
    at = [head["name"] for head in answer["values"]].index("n")
    assert {row["keys"][0]: row["all"][at] for row in answer["rows"]} == Counter(up(id, 2) for id in machines)
    for row in answer["rows"]:
        wanted = sum(1 for id in machines if up(id, 2) is not None and up(id, 4) == row["keys"][0])
        assert row["all"][1 - at] == wanted


def test_lines_of_an_owner_elsewhere(hard: Hard) -> None:
    bob = hard.reading.bob
    mine = {one["id"] for one in seen(hard.ann, "owner") if one["owner"] == bob}
    lines = [one for one in seen(hard.ann, "machine", "qty", of="part_use") if one["machine"] in mine]
    body = {"object": "part_use", "owner": "machine.owner", "rows": ["machine"], "values": {"q": "SUM(qty)"}}
    status, answer = hard.ann.post(RUN, {"report": body, "owner": bob})
    assert (status, float(answer["total"]["all"][0])) == (200, sum(one["qty"] for one in lines))
    assert hard.ann.post(RUN, {"report": {**body, "owner": "owner"}, "owner": bob})[0] in (200, 422)


@pytest.mark.parametrize("field", ["half", "uses", "on", "wear", "id", "keeper.name", "created_at", "version"])
def test_whatever_has_one_value_can_be_a_group(hard: Hard, field: str) -> None:
    wanted = Counter(one[field] for one in seen(hard.ann, field))
    status, answer = ask(hard.ann, group_by=[field], aggregates={"n": "COUNT()"})
    assert status == 200
    assert {row[field]: row["n"] for row in answer["rows"]} == wanted
    for row in run(hard.ann, rows=[field])[1]["rows"][:5]:
        assert behind(hard.ann, {"rows": [field]}, row["keys"]) == (200, row["all"][0])


@pytest.mark.parametrize("field", ["tags", "note", "$user", "", ".", "a..b", "room."])
def test_whatever_has_not_is_no_group(hard: Hard, field: str) -> None:
    status, answer = ask(hard.ann, group_by=[field], aggregates={"n": "COUNT()"})
    assert (status, answer["code"]) == (400, "bad_field")
    assert run(hard.ann, rows=[field])[0] == 422
