"""Hostile and odd questions to the engine of reports: each is answered, or refused with the place that is wrong, never
with more than the reader may know. What is answered is what plain Python makes of the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from hard_tenant import Hard, make_hard
from reading import Client

QUERY, RUN = "/api/v1/query", "/api/v1/reports/run"


@pytest.fixture(scope="module")
def hard(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hard]:
    made = make_hard(module_database_url, tmp_path_factory.mktemp("hard"))
    yield made
    made.reading.database.close()


def ask(client: Client, **query: Any) -> tuple[int, Any]:
    return client.post(QUERY, {"from": "machine", **query})


def run(client: Client, asked: Any = None, /, **body: Any) -> tuple[int, Any]:
    return client.post(RUN, {"report": {"object": "machine", "values": {"n": "COUNT()"}, **body}, **(asked or {})})


def seen(client: Client, *fields: str, of: str = "machine") -> list[dict[str, Any]]:
    status, answer = client.get(f"/api/v1/records/{of}", fields=",".join(("id", *fields)), limit=1000)
    assert status == 200, answer
    found: list[dict[str, Any]] = answer["records"]
    return found


# Names.


@pytest.mark.parametrize("name", ["mv0_0", "mv1_0", "m1xv0_0", "bmv0_0", "M0", "k0", "level", "n0", "whole", "o0"])
def test_a_value_may_be_called_like_anything_inside(hard: Hard, name: str) -> None:
    status, answer = ask(
        hard.ann, aggregates={"a": "COUNT()", "c": f"{name} * 2 + a", name: "SUM(power)", "z": f"a + {name}"}
    )
    assert status == 200, answer
    (row,) = answer["rows"]
    total = float(row[name])
    assert row["a"] == 26
    assert total == pytest.approx(47.505)
    assert float(row["c"]) == pytest.approx(total * 2 + 26)
    assert float(row["z"]) == pytest.approx(total + 26)


def test_every_name_that_people_write_is_a_group_of_its_own(hard: Hard) -> None:
    names = Counter(one["name"] for one in seen(hard.ann, "name"))
    status, answer = ask(hard.ann, group_by=["name"], aggregates={'a"b\\c 北 %s %(x)s': "COUNT()"})
    assert status == 200
    assert {row["name"]: row['a"b\\c 北 %s %(x)s'] for row in answer["rows"]} == names
    status, answer = run(hard.ann, rows=["name"])
    assert {row["keys"][0]: row["all"][0] for row in answer["rows"]} == names
    for row in answer["rows"]:
        status, found = _behind(hard.ann, {"rows": ["name"]}, row["keys"])
        assert (status, found) == (200, row["all"][0])


def _behind(
    client: Client, body: dict[str, Any], row: list[Any], column: Any = (), value: str = "n"
) -> tuple[int, Any]:
    """(status, how many records) behind a cell, counted by the list of records as well."""
    made = {"object": "machine", "values": {"n": "COUNT()"}, **body}
    key = _kept(client, made)
    status, found = client.post(f"/api/v1/reports/{key}/records", {"row": row, "column": list(column), "value": value})
    if status != 200:
        return status, found
    listed = client.get(f"/api/v1/records/{found['object']}", filter=found["filter"], limit=1000, count="true")[1]
    assert listed["count"] == len(listed["records"]) == found["count"], found["filter"]
    return status, found["count"]


_KEYS: dict[str, str] = {}


def _kept(client: Client, body: dict[str, Any]) -> str:
    text = f"{client.headers} {body!r}"
    if text not in _KEYS:
        for key in _KEYS.values():  # a person keeps so many and no more
            client.open(f"/api/v1/own-documents/{key}", method="DELETE")
        _KEYS.clear()
        status, made = client.post("/api/v1/own-documents", {"kind": "report", "label": "r", "body": body})
        assert status in (200, 201), made
        _KEYS[text] = made["id"]
    return _KEYS[text]


def test_rooms_of_one_name_stay_two_and_one_that_is_gone_stays_apart(hard: Hard) -> None:
    status, answer = run(hard.ann, rows=["room"])
    assert status == 200
    assert Counter(row["keys"][0] for row in answer["rows"]) == Counter([*hard.rooms, None])
    assert [row["labels"][0] for row in answer["rows"]].count("twin") == 2
    for row in answer["rows"]:
        assert _behind(hard.ann, {"rows": ["room"]}, row["keys"]) == (200, row["all"][0])
    status, answer = run(hard.ann, rows=["room.name"])
    assert {row["keys"][0]: row["all"][0] for row in answer["rows"]} == {"twin": 14, None: 12}


# Texts.

WRONG = [
    *("SUM(COUNT())", "SUM(COUNT(part_use))", "SUM(SUM(power))", "COUNT(SUM(part_use.qty) > 1)"),
    *("SUM(power) * NaN", "SUM(power) * 1e400", "(" * 4000 + "COUNT()" + ")" * 4000, "-" * 4000 + "COUNT()"),
    *("COUNT()" + " " * 20_000, "", " ", "power", "SUM(power", "SUM()", "MIN(on)", "MIN(id)", "COUNT_DISTINCT(tags)"),
    *("PERCENTILE(power, -1)", "PERCENTILE(power, power)", "COUNT(standing)", "SUM(room.machine.power)"),
]


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_number_that_means_nothing_is_refused_with_its_place(hard: Hard, text: str) -> None:
    status, answer = ask(hard.ann, aggregates={"n": text})
    assert status == 400, answer
    assert "position" in answer or "characters" in answer["detail"] or not text.strip()
    status, answer = run(hard.ann, values={"n": text})
    assert (status, answer["errors"][0]["field"].split(".")[0]) == (422, "values")


def test_values_that_speak_of_each_other_in_a_circle_are_refused(hard: Hard) -> None:
    status, answer = ask(hard.ann, aggregates={"a": "b + 1", "b": "c + 1", "c": "a + 1"})
    assert (status, "circle" in answer["detail"]) == (400, True)
    status, answer = run(hard.ann, values={"a": "b + 1", "b": "c + 1", "c": "a + 1"})
    assert status == 422
    assert {one["field"].split(".")[1] for one in answer["errors"]} == {"a", "b", "c"}


def test_a_number_of_no_records_at_all_is_one_number(hard: Hard) -> None:
    assert ask(hard.ann, aggregates={"n": "1 + 1"}) == (200, {"rows": [{"n": "2"}]})
    assert ask(hard.ann, aggregates={"n": "LN(0)"}) == (200, {"rows": [{"n": None}]})
    status, answer = run(hard.ann, values={"n": "1 + 1"})
    assert (status, answer["total"]["all"]) == (200, ["2"])
    status, answer = run(hard.ann, values={"n": "1 + 1"}, rows=["kind"])
    assert [row["all"] for row in answer["rows"]] == [["2"]] * 4


def test_more_aggregates_than_a_statement_holds_are_refused(hard: Hard) -> None:
    values = {f"v{i}": " + ".join(f"COUNT(power > {n})" for n in range(50)) for i in range(40)}
    status, answer = run(hard.ann, values=values)
    assert (status, "aggregates" in answer["detail"]) == (400, True)
    few = {f"v{i}": " + ".join(f"AVG(power, power > {n})" for n in range(9)) for i in range(40)}
    period = {"field": "bought", "range": "2026-01-01..2026-12-31"}
    status, answer = run(hard.ann, values=few, rows=["kind"], period=period, compare="previous")
    assert status == 200


@pytest.mark.parametrize(
    ("group", "code"),
    [
        ({"step": 0}, 422),
        ({"step": -1}, 422),
        ({"step": 1e-30}, 400),
        ({"step": "1"}, 422),
        ({"step": 1e15}, 200),
        ({"edges": []}, 422),
        ({"edges": [2, 1]}, 422),
        ({"edges": [0, 1e308]}, 422),
        ({"edges": [1e-29, 1]}, 400),
        ({"edges": list(range(60))}, 422),
        ({"top": 0, "sort": "n"}, 422),
        ({"top": 10**9, "sort": "n"}, 422),
        ({"top": 1000, "sort": "-n"}, 200),
        ({"top": 1, "sort": "-nothing"}, 422),
        ({"every": "month"}, 422),
    ],
)
def test_buckets_are_checked(hard: Hard, group: dict[str, Any], code: int) -> None:
    status, answer = run(hard.ann, rows=[{"by": "power", **group}])
    assert status == code, answer
    if code == 422:
        assert answer["errors"][0]["field"].startswith("rows[0]")


@pytest.mark.parametrize("number", [b"1e400", b"NaN", b"-Infinity"])
def test_numbers_that_are_none_are_no_json(hard: Hard, number: bytes) -> None:
    data = b'{"report": {"object": "machine", "values": {"n": "COUNT()"}, "rows": [{"by": "power", "edges": [0, %s]}]}}'
    answer = hard.ann.open(RUN, method="POST", data=data % number, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "key", ["1e999999999", "-1e999999999", "NaN", "Infinity", "x", "", True, 10**30, "9" * 5000, -1, 99, "\u0000"]
)
def test_keys_that_cannot_be_are_no_cell_or_an_empty_one(hard: Hard, key: Any) -> None:
    for group in ({"by": "power", "step": 10}, {"by": "power", "edges": [0, 5]}, {"by": "power"}, {"by": "on"}):
        status, found = _behind(hard.ann, {"rows": [group]}, [key])
        assert status in (200, 400), (group, found)
    for group in ({"by": "bought", "every": "month"}, {"by": "seen_at", "every": "hour"}, {"by": "room"}):
        status, found = _behind(hard.ann, {"rows": [group]}, [key])
        assert (status, found) == (200, 6 if key == "" else 0) or status == 400, (group, found)  # "" is blank


def test_a_number_is_not_asked_as_what_it_is_not(hard: Hard) -> None:
    assert _behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="n@nothing")[0] == 400
    assert _behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="n@before")[0] == 400
    assert _behind(hard.ann, {"rows": ["kind"]}, ["saw"], value="N")[0] == 400


# Days.

EVERY = ["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year", "weekday", "month_of_year"]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("field", ["bought", "seen_at"])
def test_the_first_and_the_last_of_all_days_are_days(hard: Hard, field: str, every: str) -> None:
    body = {"rows": [{"by": field, "every": every}]}
    status, answer = run(hard.ann, **body)
    assert status == 200
    assert sum(row["all"][0] for row in answer["rows"]) == 26
    for row in answer["rows"]:
        assert _behind(hard.ann, body, row["keys"]) == (200, row["all"][0])


@pytest.mark.parametrize(
    "period", ["2026-02-30..", "2026-02-02..2026-01-01", "..", "0000-01-01..", "x", "9999-01-01..9999-12-31"]
)
def test_spans_that_no_calendar_has_are_refused(hard: Hard, period: str) -> None:
    status, answer = run(hard.ann, {"period": period}, rows=["kind"], period={"field": "bought"})
    assert (status, period in answer["detail"]) == (400, True)


@pytest.mark.parametrize("period", ["9999-01-01..9999-12-30", "9999-01-01..", "..0001-12-31", "0001-01-01..0001-12-31"])
@pytest.mark.parametrize("compare", ["previous", "year_ago"])
def test_what_lies_at_the_end_of_time_has_no_earlier_or_a_plain_one(hard: Hard, period: str, compare: str) -> None:
    rows = [{"by": "bought", "every": "month"}]
    asked = {"period": period, "compare": compare}
    assert run(hard.ann, asked, rows=rows, period={"field": "bought"})[0] == 200


def test_a_comparison_needs_a_period(hard: Hard) -> None:
    status, answer = run(hard.ann, {"compare": "previous"}, rows=["kind"])
    assert (status, [head["role"] for head in answer["values"]]) == (200, ["value"])
    assert run(hard.ann, rows=["kind"], compare="previous")[0] == 422


# Rows that come first, and what is left.


@pytest.mark.parametrize("more", [{}, {"having": "n < 6"}, {"limit": 1}, {"sort": ["n"]}, {"totals": False}])
def test_all_others_are_all_others_whatever_else_a_report_hides(hard: Hard, more: dict[str, Any]) -> None:
    body = {"rows": [{"by": "name", "top": 4, "sort": "-n"}], **more}
    whole = run(hard.ann, rows=body["rows"])[1]
    (others,) = [row for row in whole["rows"] if row["keys"] == ["\ufffdother"] and row["labels"] == ["Other"]]
    assert _behind(hard.ann, body, others["keys"]) == (200, others["all"][0])


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
        assert _behind(hard.ann, body, row["keys"]) == (200, row["all"][0])
        for head, cell in zip(answer["columns"], row["cells"], strict=True):
            others += "\ufffdother" in head["keys"]
            assert _behind(hard.ann, body, row["keys"], head["keys"]) == (200, cell[0] or 0)
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
                assert _behind(hard.ann, one, row["keys"], value=name) == (200, wanted or 0)


def test_rows_are_sorted_by_their_groups_where_the_report_says_so(hard: Hard) -> None:
    for sort, wanted in (("-kind", ["saw", "press", "lathe", None]), ("kind", ["lathe", "press", "saw", None])):
        status, answer = run(hard.ann, rows=["kind"], sort=[sort])
        assert (status, [row["keys"][0] for row in answer["rows"]]) == (200, wanted)
    status, answer = run(hard.ann, rows=[{"by": "bought", "every": "year"}, "kind"], sort=["-bought", "-n"], limit=3)
    assert (status, answer["rows"][0]["keys"]) == (200, ["9999-01-01"])
    assert answer["capped"]


# Who may know what.


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


def _renamed(value: Any, name: str, word: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, name, word) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, name, word) for one in value]
    return value.replace(name, word) if isinstance(value, str) else value


def test_a_reader_counts_what_he_sees_and_nothing_else(hard: Hard) -> None:
    machines = seen(hard.bob, "kind", "on", "power", "whole")
    bolts = seen(hard.bob, "part", of="bolt")
    uses = {one["id"]: one["machine"] for one in seen(hard.bob, "machine", "qty", of="part_use")}
    mine = {one["id"]: one for one in machines}
    assert 0 < len(machines) < 26
    status, answer = run(
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
    status, answer = run(hard.bob, rows=["whole"])
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
        status, answer = run(hard.bob, **body)
        assert status == 422, body
        assert "hint" not in str(answer) or answer["errors"][0].get("hint") not in ("cost", "phone")
    kept = _kept(hard.ann, {"object": "machine", "values": {"n": f"COUNT_DISTINCT({field})"}})
    assert hard.bob.post(f"/api/v1/reports/{kept}/run", {})[0] == 404


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
        assert _behind(hard.ann, {"rows": [field]}, row["keys"]) == (200, row["all"][0])


@pytest.mark.parametrize("field", ["tags", "note", "$user", "", ".", "a..b", "room."])
def test_whatever_has_not_is_no_group(hard: Hard, field: str) -> None:
    status, answer = ask(hard.ann, group_by=[field], aggregates={"n": "COUNT()"})
    assert (status, answer["code"]) == (400, "bad_field")
    assert run(hard.ann, rows=[field])[0] == 422
