"""The steps of a publish in their order, each safe to repeat and each leaving a mark.

Before the switch no release sees what they make; after it none needs what they remove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from psycopg import errors

from dougong_platform.errors import PublishRefused
from dougong_platform.releases import fills, rebuild
from dougong_platform.releases.counting import Counting
from dougong_platform.releases.fills import Fill
from dougong_platform.releases.publication import Publication
from dougong_platform.releases.rebuild import Rebuild
from dougong_platform.releases.work import Work
from dougong_platform.storage import ddl
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import ForeignKey, Index, quote

Action = Callable[[Owner, Publication], None]


@dataclass(frozen=True, slots=True)
class Step:
    key: str
    run: Action


def preparing(work: Work, fresh: frozenset[tuple[str, str]]) -> Iterator[Step]:
    """Everything before the switch. `fresh`: (table, column) that this publish itself adds, so that they are blank."""
    if work.created:
        yield Step("tables", lambda c, _: _create_tables(c, work))
    for table, columns in work.columns.items():
        sequences = [f"create sequence if not exists {quote(name)}" for name in work.sequences.get(table, ())]
        yield Step(f"columns:{table}", _briefly([*sequences, ddl.add_columns(table, columns)]))
    for one in work.rebuilt:
        yield from _rebuilding(one)
    for fill in work.fills:
        yield from _filling(fill)
    for index in work.indexes_added:  # before the keys: a purge of their targets looks for what points to them
        yield Step(f"index:{index.name}", _indexing(index))
    for key in work.keys_added:
        clean = (key.table, key.column) in fresh or key.name in work.keys_carried
        yield from _referring(key, clean=clean)
    for number, counting in enumerate(work.countings):
        yield Step(f"count:{number}:{counting.table}", _counting(counting, f"at:count:{number}", exactly=False))
    for one in work.rebuilt:
        yield Step(f"examine:{one.table.name}", _examining(one))
    for key in _left_behind(work):
        yield Step(f"let go:{key.name}", _briefly([ddl.drop_foreign_key(key)]))


def contracting(work: Work) -> Iterator[Step]:
    """Everything after the switch, per table: triggers, defaults, and what would hinder writers on retired columns."""
    for number, counting in enumerate(work.countings):
        yield Step(f"recount:{number}:{counting.table}", _counting(counting, f"at:recount:{number}", exactly=True))
    tables: dict[str, list[str]] = {}
    for fill in work.fills:
        if fill.trigger:
            tables.setdefault(fill.table, []).extend(fills.remove(fill))
    for table, column in work.defaults:
        tables.setdefault(table, []).append(f"alter table {quote(table)} alter column {quote(column)} drop default")
    for index in work.indexes_dropped:
        tables.setdefault(index.table, []).append(f"drop index if exists {quote(index.name)}")
    for one in work.rebuilt:
        tables.setdefault(one.source, []).extend(rebuild.unmirror(one))
    for table, statements in tables.items():
        yield Step(f"contract:{table}", _briefly(statements))
    for key in work.keys_dropped:
        yield Step(f"release:{key.name}", _briefly([ddl.drop_foreign_key(key)]))


def undoing(work: Work, fresh: frozenset[tuple[str, str]], fresh_tables: frozenset[str]) -> Iterator[Step]:
    """Take back what `preparing` made, wherever it stopped; the release in force never saw any of it."""
    for key in _left_behind(work):
        yield from _referring(key, clean=True)
    for key in work.keys_added:
        yield Step(f"undo {key.name}", _briefly([ddl.drop_foreign_key(key)]))
    for index in work.indexes_added:
        yield Step(f"undo {index.name}", _briefly([f"drop index if exists {quote(index.name)}"]))
    for fill in work.fills:
        yield Step(f"undo {fill.table}.{fill.column}", _briefly(fills.remove(fill)))
    for one in work.rebuilt:
        sequences = [f"drop sequence if exists {quote(name)}" for name in work.sequences.get(one.table.name, ())]
        statements = [*rebuild.unmirror(one), f"drop table if exists {quote(one.table.name)} cascade", *sequences]
        yield Step(f"undo {one.table.name}", _briefly(statements))
    for table, columns in work.columns.items():
        dropped = [f"drop column if exists {quote(c)}" for c, _ in columns if (table, c) in fresh]
        sequences = [f"drop sequence if exists {quote(name)}" for name in work.sequences.get(table, ())]
        statements = [f"alter table {quote(table)} {', '.join(dropped)}"] if dropped else []
        if statements or sequences:
            yield Step(f"undo {table}", _briefly([*statements, *sequences]))
    for made in work.created:
        if made.name in fresh_tables:
            statements = [
                f"drop table if exists {quote(made.name)} cascade",
                *(f"drop sequence if exists {quote(name)}" for name in made.sequences),
            ]
            yield Step(f"undo {made.name}", _briefly(statements))


def _create_tables(connection: Owner, work: Work) -> None:
    statements: list[str] = []
    for table in work.created:
        create, *indexes = [s for s in ddl.create_table(table) if not s.startswith("create sequence")]
        sequences = [f"create sequence if not exists {quote(name)}" for name in table.sequences]
        # The object may have been here before: then its table is, too, without the fields that are new to it.
        own = [(c, d) for c, d in table.columns.items() if "primary key" not in d]
        statements += [*sequences, create, ddl.add_columns(table.name, own), *indexes]
    try:
        ddl.brief(connection, statements)
    except errors.UniqueViolation as found:
        raise PublishRefused.duplicates(found.diag.table_name or "", found.diag.constraint_name or "") from found


def _briefly(statements: list[str]) -> Action:
    return lambda connection, _: ddl.brief(connection, statements)


def _filling(fill: Fill) -> Iterator[Step]:
    name = f"{fill.table}.{fill.column}"
    if fill.trigger:
        yield Step(f"sync:{name}", lambda c, p: ddl.brief(c, fills.install(fill, p.id)))
    yield Step(f"fill:{name}", lambda c, p: _fill(c, p, fill, f"at:{name}"))


def _counting(one: Counting, key: str, *, exactly: bool) -> Action:
    return lambda c, p: one.run(c, p.done.get(key), p.marking(c, key), exactly=exactly)


def _rebuilding(one: Rebuild) -> Iterator[Step]:
    name = one.table.name
    yield Step(f"rebuild:{name}", lambda c, _: rebuild.make(c, one))
    yield Step(f"mirror:{name}", lambda c, _: rebuild.mirror(c, one))
    key = f"at:{name}"
    yield Step(f"copy:{name}", lambda c, p: rebuild.copy(c, one, p.done.get(key), p.marking(c, key)))


def _examining(one: Rebuild) -> Action:
    return lambda connection, _: rebuild.examine(connection, one)


def _left_behind(work: Work) -> list[ForeignKey]:
    """Keys of tables in use to tables that the switch leaves behind: after it they would refuse what is new. Until then
    the key to the new table guards the old one as well, since both hold the same rows."""
    gone = {one.source for one in work.rebuilt}
    return [key for key in work.keys_dropped if key.target in gone and key.table not in gone]


def _fill(connection: Owner, publication: Publication, fill: Fill, key: str) -> None:
    fills.run(connection, fill, publication.done.get(key), publication.marking(connection, key))
    count = fills.count_refused(connection, fill, publication.id, marked_only=False)
    if count:
        raise PublishRefused.values(fill.object, fill.field, count)


def _referring(key: ForeignKey, *, clean: bool) -> Iterator[Step]:
    """`clean`: no row can be pointing to what is not there."""
    yield Step(f"key:{key.name}", lambda c, _: ddl.patiently(c, lambda inside: _add_key(inside, key)))
    yield Step(f"valid:{key.name}", lambda c, p: ddl.validate(c, key) if clean else _clear_and_validate(c, p, key))


def _add_key(connection: Owner, key: ForeignKey) -> None:
    if not ddl.has_constraint(connection, key):
        connection.execute(ddl.add_foreign_key(key).encode())


def _clear_and_validate(connection: Owner, publication: Publication, key: ForeignKey) -> None:
    """A lookup that returns may point to rows that were purged while it was away: those links are cleared first."""
    value = f"(select x.id from {quote(key.target)} x where x.id = {{r}}.{quote(key.column)})"
    name = f"clear:{key.name}"
    cleared = Fill("", "", key.table, key.column, value, key.column, trigger=False)
    fills.run(connection, cleared, publication.done.get(name), publication.marking(connection, name))
    ddl.validate(connection, key)


def _indexing(index: Index) -> Action:
    def build(connection: Owner, publication: Publication) -> None:
        try:
            ddl.build_index(connection, index)
        except errors.UniqueViolation as found:
            raise PublishRefused.duplicates(index.table, ", ".join(index.fields)) from found

    return build
