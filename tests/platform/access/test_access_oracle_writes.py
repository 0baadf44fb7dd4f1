"""Drawn companies against brute force: what each person may write, record by record and field by field, is what the
oracle says. Every write is rolled back, so that the world stays as it was drawn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from access_oracle import PARENTS, Oracle, Row
from dougong_metadata.errors import Fault
from dougong_platform import records
from dougong_platform.errors import BadRequest, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.files import attachment
from dougong_platform.http.caller import Caller
from dougong_platform.imports import steps, store
from dougong_platform.imports.run import work
from dougong_platform.query import list_records
from dougong_platform.records.outcome import WriteResult
from dougong_tenants import TenantTransaction
from organisation_fixtures import Asker, Company
from organisation_worlds import OBJECTS, TYPES, Draw

Refusal = type[Fault] | frozenset[tuple[str | None, str]] | None
TO = {"machine": {"site": "site", "twin": "machine"}, "part": {"machine": "machine", "site": "site"}}
TO["visit"] = {"machine": "machine", "site": "site"}
# What an update may try, by object: the new values of a field.
TRIED: dict[str, dict[str, tuple[Any, ...]]] = {
    "site": {"name": ("moved",), "size": (77,), "phone": ("13999990000",)},
    "machine": {"name": ("moved",), "cost": ("7.77",), "phone": ("13999990000",), "kind": ("b",), "rank": (99,)},
    "part": {"name": ("moved",), "amount": (777,)},
    "visit": {"name": ("moved",), "cost": ("7.77",), "phone": ("13999990000",)},
}


class _Undone(Exception):
    """Ends a trial's transaction."""


def trial(company: Company, work: Callable[[TenantTransaction], WriteResult]) -> WriteResult | Fault:
    """What a write answers; nothing of it stays."""
    found: list[WriteResult] = []
    try:
        with company.made.database.transaction(company.made.tenant) as tx:
            found.append(work(tx))
            raise _Undone
    except _Undone:
        return found[0]
    except Fault as fault:
        return fault


def refusal_of(told: WriteResult | Fault) -> Refusal:
    """None for success; the kind of a refusal, or its fields and codes."""
    if isinstance(told, RecordsInvalid):
        return frozenset((e.field, e.code) for e in told.errors)
    if isinstance(told, Fault):
        return type(told)
    return frozenset((e.field, e.code) for e in told.errors) or None


def of_values(oracle: Oracle, object: str, values: Mapping[str, Any], before: Row | None) -> Refusal:
    """What is wrong with given values, by the oracle."""
    wrong: set[tuple[str | None, str]] = set()
    for name, value in values.items():
        level = oracle.level(object, name)
        if level in ("none", "mask"):
            wrong.add((name, "unknown_field"))
        elif level == "read":
            wrong.add((name, "not_editable"))
        elif name in TO.get(object, {}) and value is not None and (before is None or before[name] != value):
            target = TO[object][name]
            row = oracle.world.rows[target][value]
            needed = "update" if object in PARENTS and PARENTS[object][0] == name else "read"
            if row["deleted_at"] is not None or not oracle.can(target, row, needed):
                wrong.add((name, "lookup_not_found"))
        elif name == "record_type" and (before is None or before[name] != value):
            permitted = oracle.record_types(object)
            if permitted is not None and value not in permitted:
                wrong.add((name, "record_type_not_allowed"))
    return frozenset(wrong) or None


def of_update(oracle: Oracle, object: str, row: Row, values: Mapping[str, Any]) -> Refusal:
    if not oracle.may(object, "update"):
        return NotAllowed
    if row["deleted_at"] is not None or not oracle.can(object, row, "read"):
        return NotFound
    if not oracle.can(object, row, "update"):
        return NotAllowed
    return of_values(oracle, object, values, row)


def askers(company: Company) -> Iterator[tuple[Asker, Caller, Oracle, Draw]]:
    for number, asker in enumerate(company.askers):
        yield asker, asker.caller, asker.oracle, Draw(company.made.world.seed * 100 + number)


def values_tried(by: Draw, oracle: Oracle, object: str) -> dict[str, Any]:
    """One or two fields with new values: plain ones, lookups, the owner, the record type."""
    world = oracle.world
    found = {name: by.chance.choice(TRIED[object][name]) for name in by.some(TRIED[object], 2)}
    if object in TO and by.chance.random() < 0.4:
        name = by.chance.choice(list(TO[object]))
        found[name] = by.chance.choice(list(world.rows[TO[object][name]]))
    if by.chance.random() < 0.2:
        found["owner"] = by.chance.choice(list(world.people))
    if object == "machine" and by.chance.random() < 0.4:
        found["record_type"] = by.chance.choice(TYPES)
    return found


def test_an_update_succeeds_where_record_and_fields_may_be_changed(company: Company) -> None:
    world = company.made.world
    done = 0
    for asker, caller, oracle, by in askers(company):
        for object in OBJECTS:
            for row in by.chance.sample(list(world.rows[object].values()), 7):
                values = values_tried(by, oracle, object)
                told = trial(
                    company,
                    lambda tx, r=row, v=values, o=object, c=caller: records.update(c, o, [{"id": r["id"], **v}], tx=tx),
                )
                expected = of_update(oracle, object, row, values)
                why = f"{asker}: {object} {row['id']} {values}: {oracle.why(object, row, 'update')}"
                assert refusal_of(told) == expected, why
                done += expected is None
    assert done > 3


def test_a_batch_writes_the_good_rows_and_refuses_the_others_one_by_one(company: Company) -> None:
    world = company.made.world
    for asker, caller, oracle, by in askers(company):
        for object in OBJECTS:
            if not oracle.may(object, "update"):
                continue
            rows = by.chance.sample(list(world.rows[object].values()), 9)
            given = [{"id": row["id"], **values_tried(by, oracle, object)} for row in rows]
            told = trial(company, lambda tx, g=given, o=object, c=caller: records.update(c, o, g, atomic=False, tx=tx))
            assert isinstance(told, WriteResult), (str(asker), told)
            for outcome, row, one in zip(told.records, rows, given, strict=True):
                values = {name: value for name, value in one.items() if name != "id"}
                expected = of_update(oracle, object, row, values)
                codes = {NotFound: "not_found", NotAllowed: "not_allowed"}
                if expected in codes:
                    expected = frozenset({(None, codes[expected])})
                found = frozenset((e.field, e.code) for e in outcome.errors) or None
                assert found == expected, f"{asker}: {object} {one}"
            whole = trial(company, lambda tx, g=given, o=object, c=caller: records.update(c, o, g, tx=tx))
            assert isinstance(whole, Fault) == bool(told.errors), f"{asker}: {object}"


def test_delete_restore_and_purge_reach_what_may_be_deleted(company: Company) -> None:
    world = company.made.world
    for asker, caller, oracle, by in askers(company):
        for object in OBJECTS:
            live = [row for row in world.rows[object].values() if row["deleted_at"] is None]
            gone = [row for row in world.rows[object].values() if row["deleted_at"] is not None]
            for rows, act in ((live, records.delete), (gone, records.restore), (gone, records.purge)):
                for row in by.chance.sample(rows, min(len(rows), 5)):
                    told = trial(company, lambda tx, r=row, a=act, o=object, c=caller: a(c, o, [r["id"]], tx=tx))
                    assert refusal_of(told) == of_delete(oracle, object, row, act), (
                        f"{asker}: {act.__name__} {object} {row['id']}: {oracle.why(object, row, 'delete')}"
                    )
            if gone and oracle.may(object, "delete"):  # what lies in the bin is not there for the others
                told = trial(company, lambda tx, r=gone[0], o=object, c=caller: records.delete(c, o, [r["id"]], tx=tx))
                assert refusal_of(told) is NotFound


def of_delete(oracle: Oracle, object: str, row: Row, act: Any) -> Refusal:
    if not oracle.may(object, "delete"):
        return NotAllowed
    if not oracle.can(object, row, "read"):
        return NotFound
    if not oracle.can(object, row, "delete"):
        return NotAllowed
    if act is records.restore and object in PARENTS:
        field, parent = PARENTS[object]
        if oracle.world.rows[parent][row[field]]["deleted_at"] is not None:
            return frozenset({(None, "parent_deleted")})
    if object == "site" and act is not records.restore and holding(oracle, row, act):
        return frozenset({(None, "in_use")})
    return None


def holding(oracle: Oracle, site: Row, act: Any) -> list[Row]:
    """The visits that do not let a site go: of a purge, those in the recycle bin too."""
    visits = [row for row in oracle.world.rows["visit"].values() if row["site"] == site["id"]]
    return visits if act is records.purge else [row for row in visits if row["deleted_at"] is None]


def test_a_refused_delete_counts_only_what_may_be_seen(company: Company) -> None:
    for asker, caller, oracle, _ in askers(company):
        for site in oracle.live("site", "delete"):
            holders = holding(oracle, site, records.delete)
            seen = [row for row in holders if oracle.readable("visit", "site") and oracle.can("visit", row, "read")]
            told = trial(company, lambda tx, s=site, c=caller: records.delete(c, "site", [s["id"]], tx=tx))
            if holders:
                assert isinstance(told, RecordsInvalid), str(asker)
                numbers = re.findall(r"[0-9]+", told.errors[0].message)
                assert numbers == ([str(len(seen))] if seen else []), f"{asker}: {told.errors[0].message}"


def test_a_create_needs_the_right_its_fields_and_its_targets(company: Company) -> None:
    for asker, caller, oracle, by in askers(company):
        for object in OBJECTS:
            for _ in range(5):
                values = {"name": "made", **values_tried(by, oracle, object)}
                if object == "part":
                    values["machine"] = by.chance.choice(list(oracle.world.rows["machine"]))
                expected = of_create(oracle, object, values)
                told = trial(company, lambda tx, v=values, o=object, c=caller: records.create(c, o, [v], tx=tx))
                assert refusal_of(told) == expected, f"{asker}: {object} {values}"


def of_create(oracle: Oracle, object: str, values: Mapping[str, Any]) -> Refusal:
    return of_values(oracle, object, values, None) if oracle.may(object, "create") else NotAllowed


def test_a_new_record_without_a_record_type_gets_one_that_may_be_chosen(company: Company) -> None:
    for asker, caller, oracle, _ in askers(company):
        if not oracle.may("machine", "create") or oracle.level("machine", "name") != "edit":
            continue
        chosen: list[Any] = []

        def make(tx: TenantTransaction, caller: Caller = caller, chosen: list[Any] = chosen) -> WriteResult:
            made = records.create(caller, "machine", [{"name": "made"}], tx=tx)
            chosen.extend(tx.rows("select record_type from machine where id = %s", [made.records[0].id]))
            return made

        assert refusal_of(trial(company, make)) is None, str(asker)
        permitted = oracle.record_types("machine")
        assert chosen[0][0] in (permitted or TYPES), f"{asker}: {permitted}"


def test_an_upsert_finds_what_may_be_seen_and_tells_nothing_of_the_rest(company: Company) -> None:
    world = company.made.world
    for asker, caller, oracle, by in askers(company):
        rows = by.chance.sample(list(world.rows["machine"].values()), 8)
        for row in [*rows, None]:
            code = row["code"] if row is not None else "M-new"
            values = {"code": code, "name": "put", **({"cost": "1.00"} if by.chance.random() < 0.5 else {})}
            told = trial(company, lambda tx, v=values, c=caller: records.upsert(c, "machine", "code", [v], tx=tx))
            assert refusal_of(told) == of_upsert(oracle, row, values), f"{asker}: {values}"


def of_upsert(oracle: Oracle, row: Row | None, values: dict[str, Any]) -> Refusal:
    if not oracle.readable("machine", "code"):
        return BadRequest
    if not (oracle.may("machine", "create") or oracle.may("machine", "update")):
        return NotAllowed
    if row is None or row["deleted_at"] is not None:
        return of_create(oracle, "machine", values)
    if not oracle.may("machine", "update"):
        return NotAllowed
    found = of_update(oracle, "machine", row, {n: v for n, v in values.items() if n != "code"})
    return frozenset({("code", "not_unique")}) if found is NotFound else found


def test_a_file_is_attached_by_those_who_may_change_the_record(company: Company) -> None:
    made = company.made
    for asker, caller, oracle, by in askers(company):
        for object in OBJECTS:
            for row in by.chance.sample(list(made.world.rows[object].values()), 4):
                here = (object, row["id"])
                try:
                    file = attachment.upload(caller, made.store, io.BytesIO(b"words"), "a.txt", 100, here)
                    told: Refusal = None
                    attachment.remove(made.admin, made.store, file["id"])
                except Fault as fault:
                    told = type(fault)
                expected: Refusal = None
                if not oracle.may(object, "read"):
                    expected = NotAllowed
                elif row["deleted_at"] is not None or not oracle.can(object, row, "read"):
                    expected = NotFound
                elif not oracle.can(object, row, "update"):
                    expected = NotAllowed
                assert told == expected, f"{asker}: {object} {row['id']}"


def test_an_import_changes_what_its_person_may_change(company: Company, tmp_path: Any) -> None:
    made = company.made
    rows = [row for row in made.world.rows["machine"].values() if row["deleted_at"] is None]
    lines = "code,name\n" + "".join(f"{row['code']},{row['name']}\n" for row in rows)
    mapping = {"columns": {"code": {"field": "code"}, "name": {"field": "name"}}, "key": "code"}
    for asker, caller, oracle, _ in askers(company):
        told: Any = None
        try:
            job = steps.upload(caller, "machine", "m.csv", io.BytesIO(lines.encode()), tmp_path, 1 << 20, None, mapping)
            steps.check(caller, job.id)
            work(made.database, made.tenant, job.id)
        except Fault as fault:
            told = type(fault)
        if not oracle.may("machine", "import"):
            assert told is NotAllowed, str(asker)
            continue
        if told is not None or oracle.level("machine", "code") != "edit" or oracle.level("machine", "name") != "edit":
            assert oracle.level("machine", "code") != "edit" or oracle.level("machine", "name") != "edit"
            continue
        with made.database.transaction(made.tenant) as tx:
            errors = store.errors_of(tx, job.id, trial=True)
        refused = {error["line"] for error in errors}
        expected = {
            number
            for number, row in enumerate(rows, 2)
            if of_upsert(oracle, row, {"code": row["code"], "name": row["name"]}) is not None
        }
        assert refused == expected, str(asker)


def test_the_world_was_left_as_it_was(company: Company) -> None:
    for object in OBJECTS:
        now = {row["id"]: row for row in list_records(company.made.admin, object, limit=1000).records}
        drawn = {id: row for id, row in company.made.world.rows[object].items() if row["deleted_at"] is None}
        assert now == {id: {n: v for n, v in row.items() if n in now[id]} for id, row in drawn.items()}
