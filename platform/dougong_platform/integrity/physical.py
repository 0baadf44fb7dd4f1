"""Whether PostgreSQL holds what the release says: tables, columns, indexes, foreign keys, sequences, engine tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import Snapshot
from dougong_platform.storage.engine_tables import statements
from dougong_platform.storage.structure import Structure, structure
from dougong_tenants.people.tables import STATEMENTS as PEOPLE

_MADE = re.compile(r'\s*create table (?:if not exists )?"?(\w+)"?')
_LONG = {"time": "time without time zone", "timestamptz": "timestamp with time zone"}


def tables(snapshot: Snapshot) -> Iterator[Finding]:
    """What is missing, invalid, or unknown."""
    made = structure(snapshot.release.model, snapshot.release.catalogue)
    yield from _engine(snapshot)
    yield from _columns(snapshot, made)
    yield from _indexes(snapshot, made)
    yield from _constraints(snapshot, made)
    yield from _sequences(snapshot, made)
    yield from _unknown(snapshot, made)
    yield from _publishes(snapshot)


def _engine(snapshot: Snapshot) -> Iterator[Finding]:
    applied: dict[str, int] = dict(snapshot.rows("select noun, applied from _engine"))
    for noun, all_statements in statements():
        if applied.get(noun, 0) != len(all_statements):
            yield finding(
                noun,
                f"has {applied.get(noun, 0)} of {len(all_statements)} changes of its tables; start Dougong once",
                f"表结构已应用 {applied.get(noun, 0)}/{len(all_statements)} 项变更；请启动一次 Dougong",
            )
    wanted = [m[1] for _, all_ in [*statements(), ("people", PEOPLE)] for s in all_ if (m := _MADE.match(s))]
    for name in wanted:
        if name not in snapshot.columns:
            yield finding(name, "is missing", "缺失")


def _columns(snapshot: Snapshot, made: Structure) -> Iterator[Finding]:
    for table in made.tables.values():
        if table.name not in snapshot.columns:
            yield finding(table.name, "the table is missing", "表缺失")
            continue
        present = snapshot.columns[table.name]
        for name, definition in table.columns.items():
            wanted = definition.split(" ")[0]
            if name not in present:
                yield finding(f"{table.name}.{name}", "the column is missing", "列缺失")
            elif present[name] != _LONG.get(wanted, wanted):
                yield finding(
                    f"{table.name}.{name}",
                    f"is {present[name]} instead of {wanted}",
                    f"类型为 {present[name]}，应为 {wanted}",
                )


def _indexes(snapshot: Snapshot, made: Structure) -> Iterator[Finding]:
    present = dict(
        snapshot.rows(
            "select i.relname::text, x.indisvalid from pg_index x join pg_class i on i.oid = x.indexrelid"
            " where i.relnamespace = current_schema()::regnamespace"
        )
    )
    for name, index in made.indexes.items():
        if name not in present and index.table in snapshot.columns:
            yield finding(name, f"this index of {index.table} is missing", f"表 {index.table} 缺少该索引")
    for name, valid in present.items():
        if not valid and (name in made.indexes or not snapshot.publishing):
            yield finding(name, "this index is invalid", "索引无效")


def _constraints(snapshot: Snapshot, made: Structure) -> Iterator[Finding]:
    present = dict(
        snapshot.rows(
            "select conname::text, convalidated from pg_constraint"
            " where contype = 'f' and connamespace = current_schema()::regnamespace"
        )
    )
    for name, key in made.foreign_keys.items():
        if name not in present and key.table in snapshot.columns:
            yield finding(f"{key.table}.{key.column}", f"the foreign key {name} is missing", f"缺少外键 {name}")
    for name, valid in present.items():
        if not valid and (name in made.foreign_keys or not snapshot.publishing):
            yield finding(name, "this foreign key is not validated", "外键未经验证")


def _sequences(snapshot: Snapshot, made: Structure) -> Iterator[Finding]:
    present = {
        name
        for (name,) in snapshot.rows(
            "select relname::text from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace"
        )
    }
    for name in made.sequences:
        if name not in present:
            yield finding(name, "this sequence is missing", "序列缺失")


def _unknown(snapshot: Snapshot, made: Structure) -> Iterator[Finding]:
    """Tables and columns that neither the release nor the list of retired ones knows."""
    kept = snapshot.rows(
        "select c.object, c.field, c.physical, t.physical from _column c join _column t using (object)"
        " where t.field = '' and c.state <> 'live'"
    )
    known_tables = {row[3] for row in kept} | {t.name for t in made.tables.values()}
    known_tables |= {m[1] for s in PEOPLE if (m := _MADE.match(s))}
    for name in sorted(set(snapshot.columns) - known_tables):
        if not name.startswith("_"):
            yield finding(name, "no release knows this table", "没有版本认识此表")
    for table in made.tables.values():
        known = set(table.columns) | {row[2] for row in kept if row[3] == table.name}
        for name in snapshot.columns.get(table.name, {}):
            if name not in known:
                yield finding(f"{table.name}.{name}", "no release knows this column", "没有版本认识此列")


def _publishes(snapshot: Snapshot) -> Iterator[Finding]:
    yield from snapshot.count(
        "_publish",
        "a publish began more than an hour ago and has not ended; see “dougong metadata resume”",
        "有发布超过一小时仍未完成；参见 dougong metadata resume",
        "select target as example from _publish where state in ('preparing', 'switched')"
        " and started < now() - interval '1 hour'",
    )
    if not snapshot.publishing:
        yield from snapshot.count(
            "triggers",
            "are left over from a publish",
            "发布遗留的触发器",
            "select t.tgname as example from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace",
        )
