"""Drawn companies against brute force: what each person gets from every way of reading is what the oracle, in plain
Python, says he may see: no record or field more, none less."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from access_oracle import LINKS, Oracle, Row
from dougong_metadata.errors import Fault, UnknownName
from dougong_platform.comments import conversation
from dougong_platform.errors import BadField, BadFilter, BadSort, NotAllowed, NotFound
from dougong_platform.exports.files import Export, csv_chunks
from dougong_platform.exports.files import rows as export_rows
from dougong_platform.files import attachment
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names, get, list_records
from dougong_platform.query.allowed import allowed_on
from dougong_platform.query.changes import changes_since
from dougong_platform.records.history.read import timeline
from dougong_platform.reports.grouped.plain import aggregate
from dougong_platform.search import find
from dougong_ui_builder.suggestions import suggestions
from organisation_fixtures import Asker, Company
from organisation_worlds import FIELDS, OBJECTS

PATHS = {
    "site": ("keeper.name", "owner.name", "keeper.title", "owner.manager.name"),
    "machine": (
        "site.name",
        "site.zone",
        "twin.name",
        "twin.site.name",
        "keeper.name",
        "twin.cost",
        "site.keeper.name",
    ),
    "part": ("machine.name", "machine.site.name", "site.name", "machine.kind"),
    "visit": ("machine.name", "machine.site.name", "site.zone", "machine.twin.name", "machine.cost"),
}
SORTED = {
    "site": ("name", "size", "phone", "created_at"),
    "machine": ("name", "rank", "cost", "due", "at", "code", "-cost", "-due"),
    "part": ("name", "-amount"),
    "visit": ("name", "-cost"),
}
FILTERS: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "site": (
        ('zone = "n"', "zone", lambda v: v == "n"),
        ("size > 4", "size", lambda v: v is not None and v > 4),
        ("ISBLANK(keeper)", "keeper", lambda v: v is None),
        ('keeper.title = "Lead"', "keeper.title", lambda v: v == "Lead"),
    ),
    "machine": (
        ('kind = "a"', "kind", lambda v: v == "a"),
        ("cost > 50", "cost", lambda v: v is not None and Decimal(v) > 50),
        ('CONTAINS(name, "machine1")', "name", lambda v: "machine1" in v),
        ('INCLUDES(tags, "x")', "tags", lambda v: v is not None and "x" in v),
        ('site.zone = "n"', "site.zone", lambda v: v == "n"),
        ("ISBLANK(site.zone)", "site.zone", lambda v: v is None),
        ('twin.site.zone = "n"', "twin.site.zone", lambda v: v == "n"),
        ("ISBLANK(twin.cost)", "twin.cost", lambda v: v is None),
    ),
    "part": (
        ("amount > 20", "amount", lambda v: v > 20),
        ('machine.kind = "a"', "machine.kind", lambda v: v == "a"),
        ("ISBLANK(site.name)", "site.name", lambda v: v is None),
    ),
    "visit": (
        ("ISBLANK(machine.site.name)", "machine.site.name", lambda v: v is None),
        ("machine.cost > 30", "machine.cost", lambda v: v is not None and Decimal(v) > 30),
    ),
}
LINKED = {
    "site": (("machine", "site"), ("visit", "site")),
    "machine": (("visit", "machine"), ("part", "machine"), ("machine", "twin")),
    "visit": (),
}
MASKABLE = {"site": ("phone",), "machine": ("name", "notes", "phone"), "part": (), "visit": ("phone",)}


def asked(company: Company) -> Iterator[tuple[Asker, Caller, Oracle, str]]:
    """Each asker with each object that he may read."""
    for asker in company.askers:
        for object in OBJECTS:
            if asker.oracle.may(object, "read"):
                yield asker, asker.caller, asker.oracle, object


def every_page(caller: Caller, object: str, **more: Any) -> list[Row]:
    """All records of a list, walked in small pages."""
    found: list[Row] = []
    cursor = None
    while True:
        page = list_records(caller, object, cursor=cursor, **more)
        found += page.records
        cursor = page.next
        if cursor is None:
            return found


def test_actions_on_every_record_are_those_the_oracle_grants(company: Company) -> None:
    world = company.made.world
    granted = refused = 0
    for asker in company.askers:
        caller, oracle = asker.caller, asker.oracle
        for object in OBJECTS:
            found = allowed_on(caller, object, list(world.rows[object]))
            for id, row in world.rows[object].items():
                expected = {a for a in ("read", "update", "delete") if oracle.can(object, row, a)}
                reasons = {a: oracle.why(object, row, a) for a in ("read", "update", "delete")}
                assert found.get(id, frozenset()) == expected, f"{asker}: {object} {id}: {reasons}"
                granted, refused = granted + len(expected), refused + 3 - len(expected)
            for action in ("create", "read", "update", "delete", "export", "import"):
                assert caller.rights.may(object, action) == oracle.may(object, action), (str(asker), object, action)
    assert granted > 100
    assert refused > 100


def test_a_list_the_bin_a_count_and_each_record_show_what_may_be_seen(company: Company) -> None:
    world = company.made.world
    for asker, caller, oracle, object in asked(company):
        shown = {r["id"]: r for r in every_page(caller, object, limit=7)}
        page = list_records(caller, object, limit=100, count=True)
        assert [r["id"] for r in page.records] == list(shown), str(asker)
        expected = {row["id"]: row for row in oracle.live(object)}
        assert shown.keys() == expected.keys(), f"{asker}: {object}"
        assert page.count == len(expected)
        for id, row in expected.items():
            assert shown[id] == oracle.seen(object, row), f"{asker}: {object} {id}"
        gone = every_page(caller, object, deleted=True, limit=5)
        assert {r["id"] for r in gone} == {row["id"] for row in oracle.gone(object)}, f"{asker}: {object}"
        for row in gone:
            told = {name: value for name, value in row.items() if name not in ("deleted_at", "deleted_by")}
            assert told == oracle.seen(object, world.rows[object][row["id"]]), f"{asker}: {object} {row['id']}"
        for row in list(world.rows[object].values())[::3]:
            told = answer(get, caller, object, row["id"])
            if row["id"] in expected:
                assert told == shown[row["id"]]
            else:
                assert told is NotFound, f"{asker}: {object} {row['id']}"
    for asker in company.askers:
        for object in OBJECTS:
            if not asker.oracle.may(object, "read"):
                assert answer(list_records, asker.caller, object) is NotAllowed
                counting = {"from": object, "aggregates": {"n": "COUNT()"}}
                assert answer(aggregate, asker.caller, counting) is UnknownName  # as if it did not exist


def answer(ask: Any, *given: Any, **more: Any) -> Any:
    """What a question is answered, or the kind of its refusal."""
    try:
        return ask(*given, **more)
    except Fault as fault:
        return type(fault)


def test_lists_keep_their_order_over_pages_whatever_they_are_sorted_by(company: Company) -> None:
    for asker, caller, oracle, object in asked(company):
        for key in SORTED[object]:
            name = key.removeprefix("-")
            if not oracle.readable(object, name):
                assert answer(list_records, caller, object, sort=[key]) is BadSort
                continue
            found = every_page(caller, object, sort=[key], fields=[name], limit=9)
            live = {row["id"]: row for row in oracle.live(object)}
            assert len(found) == len(live), f"{asker}: {object} by {key}"
            assert {r["id"] for r in found} == set(live)
            values = [r[name] for r in found]
            filled = [Decimal(v) if name == "cost" else v for v in values if v is not None]
            assert values[len(filled) :] == [None] * (len(values) - len(filled))
            assert filled == sorted(filled, reverse=key.startswith("-")), f"{asker}: {object} by {key}"


def test_what_lies_behind_a_link_shows_only_where_it_may_be_seen(company: Company) -> None:
    for asker, caller, oracle, object in asked(company):
        known = [path for path in PATHS[object] if oracle.shows(object, path)]
        for path in PATHS[object]:
            if path not in known:
                assert answer(list_records, caller, object, fields=[path]) is BadField
            if not oracle.knows(object, path):
                assert answer(list_records, caller, object, sort=[path]) is BadSort
        look = oracle.looker(object, seen=True)
        expected = {row["id"]: {p: look(row, p) for p in known} for row in oracle.live(object)}
        found = list_records(caller, object, fields=known, limit=100).records if known else []
        for record in found:
            assert {p: record[p] for p in known} == expected[record["id"]], f"{asker}: {object} {record['id']}"
        for link, target in LINKS[object].items():
            if target == "user" or not oracle.readable(object, link) or not oracle.may(target, "read"):
                continue
            if oracle.knows(object, f"{link}.name"):
                found = every_page(caller, object, sort=[link], fields=[f"{link}.name"], limit=8)
                names = [record[f"{link}.name"] for record in found]
                assert {r["id"] for r in found} == set(expected)
                filled = [n for n in names if n is not None]
                assert names == sorted(filled) + [None] * (len(names) - len(filled)), f"{asker}: {object} by {link}"
            for above in list(company.made.world.rows[target].values())[::5]:  # a related list
                of = f'{link} = "{above["id"]}"'
                there = {r["id"] for r in list_records(caller, object, fields=["id"], filter=of, limit=100).records}
                assert there == {row["id"] for row in oracle.live(object) if row[link] == above["id"]}


def test_filters_sums_and_groups_see_no_more_than_lists_do(company: Company) -> None:
    for asker, caller, oracle, object in asked(company):
        live, look = oracle.live(object), oracle.looker(object, seen=True)
        for text, path, fits in FILTERS[object]:
            counting = {"from": object, "where": text, "aggregates": {"n": "COUNT()"}}
            if not oracle.knows(object, path):
                assert answer(list_records, caller, object, filter=text) is BadFilter
                assert answer(aggregate, caller, counting) is BadFilter
                continue
            expected = {row["id"] for row in live if fits(look(row, path))}
            page = list_records(caller, object, filter=text, fields=["id"], limit=100, count=True)
            assert {r["id"] for r in page.records} == expected, f"{asker}: {object} with {text}"
            assert page.count == len(expected)
            assert int(aggregate(caller, counting)[0]["n"]) == len(expected)
        for path in (*PATHS[object], "kind", "zone"):
            if "." not in path and path not in FIELDS[object]:
                continue
            grouping = {"from": object, "group_by": [path], "aggregates": {"n": "COUNT()"}}
            if not oracle.knows(object, path):
                assert answer(aggregate, caller, grouping) in (BadField, BadFilter)
                continue
            counts: dict[Any, int] = {}
            for row in live:
                value = look(row, path)
                counts[value] = counts.get(value, 0) + 1
            assert {r[path]: int(r["n"]) for r in aggregate(caller, grouping)} == counts, f"{asker}: {object} by {path}"
        for name in ("size", "cost", "amount"):
            if name in FIELDS[object] and oracle.readable(object, name):
                total = aggregate(caller, {"from": object, "aggregates": {"t": f"SUM({name})"}})[0]["t"]
                assert Decimal(total or 0) == sum(Decimal(row[name] or 0) for row in live), f"{asker}: {object}.{name}"


def test_search_and_pickers_find_what_may_be_seen_by_what_may_be_read(company: Company) -> None:
    for asker, caller, oracle, object in asked(company):
        live = oracle.live(object)
        named = oracle.readable(object, "name")
        expected = {row["id"] for row in live} if named else set()
        assert {one["id"] for one in find(caller, "common", [object], 100)} == expected, f"{asker}: {object}"
        assert {one.id for one in suggestions(caller, object, "common", 100)} == expected
        if oracle.readable(object, "updated_at"):
            assert {one.id for one in suggestions(caller, object, "", 100)} == {row["id"] for row in live}
        names = display_names(caller, object, list(company.made.world.rows[object]))
        look = oracle.looker(object, seen=True)
        called = {row["id"]: look(row, "name") if oracle.shown(object, "name") else None for row in live}
        assert names == called, f"{asker}: {object}"
        for field, word in (("notes", "remark7y"), ("phone", "0005"), ("name", f"{object}3x")):
            if field not in FIELDS[object] or (object, field) == ("visit", "phone"):
                continue
            hits = {row["id"] for row in live if oracle.readable(object, field) and word in (row[field] or "")}
            found = find(caller, word, [object], 100)
            assert {one["id"] for one in found} == hits, f"{asker}: {object} by {word}"
    for asker in company.askers:
        seen = {row["id"] for object in OBJECTS for row in asker.oracle.live(object)}
        assert {one["id"] for one in find(asker.caller, "common", None, 100)} <= seen


def test_history_holds_the_visible_records_changes_to_readable_fields(company: Company) -> None:
    world, admin = company.made.world, company.made.admin
    for asker, caller, oracle, object in asked(company):
        for row in list(world.rows[object].values())[:: 3 if object == "machine" else 4]:
            told = answer(timeline, caller, object, row["id"], limit=100)
            if not oracle.can(object, row, "read"):
                assert told is NotFound, f"{asker}: {object} {row['id']}"
                continue
            readable = set(oracle.fields(object))
            whole = timeline(admin, object, row["id"], limit=100)
            expected = [{**e, "changes": {n for n in e["changes"] if n in readable}} for e in whole]
            left = [e for e in expected if e["op"] != "update" or e["changes"]]
            assert [{**e, "changes": set(e["changes"])} for e in told] == left, f"{asker}: {object} {row['id']}"


def test_the_feed_holds_the_visible_records_changes_and_says_gone_where_access_may_have_ended(company: Company) -> None:
    world, admin = company.made.world, company.made.admin
    whole = changes_since(admin, None, None, 1000)["changes"]
    before = states(whole)
    for asker in company.askers:
        caller, oracle = asker.caller, asker.oracle
        told = {c["seq"]: c for c in changes_since(caller, None, None, 1000)["changes"]}
        for entry in whole:
            object, row = entry["object"], world.rows[entry["object"]][entry["id"]]
            found = told.pop(entry["seq"], None)
            if not oracle.may(object, "read"):
                assert found is None, str(asker)
            elif oracle.can(object, row, "read"):
                readable = set(oracle.fields(object))
                assert found is not None, f"{asker}: {object} {row['id']}"
                shown = {**found, "changes": set(found["changes"])}
                assert shown == {**entry, "changes": {n for n in entry["changes"] if n in readable}}
            elif found is not None:
                assert found.keys() == {"seq", "at", "object", "id", "version", "op"}
                assert (found["op"], entry["op"]) == ("gone", "update"), str(asker)
            elif entry["op"] == "update":
                earlier = {**row, **before[entry["seq"]]}
                lost = object != "part" and Oracle(world, oracle.me).why(object, earlier, "read") is not None
                after = {**earlier, **{n: pair[1] for n, pair in entry["changes"].items()}}
                lost = lost and Oracle(world, oracle.me).why(object, after, "read") is None
                assert not lost, f"{asker}: {object} {row['id']}: {entry['changes']}"
        assert not told


def states(whole: list[Row]) -> dict[int, Row]:
    """By entry, the values that its changed fields had before."""
    return {e["seq"]: {n: pair[0] for n, pair in e["changes"].items()} for e in whole if e["op"] == "update"}


def test_exports_hold_the_readable_columns_of_the_visible_records(company: Company) -> None:
    for asker, caller, oracle, object in asked(company):
        if not oracle.may(object, "export"):
            assert answer(export_rows, caller, Export(object)) is NotAllowed
            continue
        columns, lines = export_rows(caller, Export(object))
        paths = [column.path for column in columns]
        table = [dict(zip(paths, line, strict=True)) for line in lines]
        for path in paths:
            assert oracle.shows(object, path), f"{asker}: {object}: {path}"
        plain = [p for p in paths if p in ("id", "code", "notes", "rank", "size", "amount", "cost") or "." in p]
        plain = [p for p in plain if "." not in p or p.split(".")[0] in FIELDS[object]]
        look = oracle.looker(object, seen=True)
        expected = [{p: look(row, p) for p in plain} for row in oracle.live(object)]
        found = [{p: line[p] for p in plain} for line in table]
        by_id = {e["id"]: e for e in expected}
        assert {f["id"] for f in found} == by_id.keys(), f"{asker}: {object}"
        assert len(found) == len(by_id)
        for line in found:
            known = by_id[line["id"]]
            assert all(str(line[p]) == str(known[p]) for p in plain), f"{asker}: {object}: {line} {known}"
        text = b"".join(csv_chunks(*export_rows(caller, Export(object)))).decode("utf-8-sig")
        assert len(list(io.StringIO(text, newline=""))) >= len(by_id)


def test_files_and_comments_are_as_open_as_their_record(company: Company) -> None:
    made = company.made
    for asker, caller, oracle, object in asked(company):
        for id, row in made.world.rows[object].items():
            if id not in made.files:
                continue
            whole, held = made.files[id]
            seen = row["deleted_at"] is None and oracle.can(object, row, "read")
            files = answer(attachment.list_files, caller, object, id)
            said = answer(conversation.list_comments, caller, object, id)
            opened = answer(attachment.open_file, caller, made.store, whole)
            if seen:
                assert [f["id"] for f in files] == [whole]
                assert [c["id"] for c in said] == [made.comments[id]]
                assert opened.name == "whole.txt"
            else:
                assert (files, said, opened) == (NotFound, NotFound, NotFound), f"{asker}: {object} {id}"
                added = answer(conversation.add, caller, object, id, "hello")
                assert added is NotFound
            if held is not None:
                got = answer(attachment.open_file, caller, made.store, held)
                if seen and oracle.readable(object, "papers"):
                    assert got.name == "held.txt"
                else:
                    assert got is NotFound, f"{asker}: {object} {id}"


@pytest.mark.parametrize("object", [name for name in OBJECTS if MASKABLE[name]])
def test_a_masked_field_answers_no_question(company: Company, object: str) -> None:
    for asker in company.askers:
        caller, oracle = asker.caller, asker.oracle
        if not oracle.may(object, "read"):
            continue
        for name in oracle.masked(object):
            grouping = {"from": object, "group_by": [name], "aggregates": {}}
            counting = {"from": object, "aggregates": {"n": f"COUNT(ISBLANK({name}))"}}
            answers = (
                answer(list_records, caller, object, filter=f'{name} = "x"'),
                answer(list_records, caller, object, sort=[name]),
                answer(list_records, caller, object, sort=[f"-{name}"]),
                answer(aggregate, caller, grouping),
                answer(aggregate, caller, counting),
            )
            assert answers == (BadFilter, BadSort, BadSort, BadField, BadFilter), f"{asker}: {object}.{name}"
            for below, link in LINKED[object]:
                if oracle.may(below, "read") and oracle.readable(below, link):
                    path = f"{link}.{name}"
                    answers = (
                        answer(list_records, caller, below, filter=f"ISBLANK({path})"),
                        answer(list_records, caller, below, sort=[path]),
                        answer(aggregate, caller, {**grouping, "from": below, "group_by": [path]}),
                    )
                    assert answers == (BadFilter, BadSort, BadField), f"{asker}: {below}: {path}"
            secrets = {row[name] for row in oracle.live(object) if row[name]}
            for secret in secrets | ({one[-4:] for one in secrets} if name == "phone" else set()):
                assert not find(caller, secret, [object], 100), f"{asker}: {object}.{name}"
