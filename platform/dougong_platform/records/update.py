"""The statements that change records: an ordered lock that reads the old rows, then one CTE as for inserts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.access import predicate
from dougong_platform.records.before import Setting, set_before, settings_of, steps
from dougong_platform.records.canonical import json_text
from dougong_platform.records.check import Check
from dougong_platform.records.checks import Checks
from dougong_platform.records.following import Following, Link
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.shape import Shape
from dougong_platform.records.sources import SEARCH_COLUMNS, attached_files, given_rows, outbox
from dougong_platform.records.statement import Statement, fragment, literal, quoted
from dougong_platform.search.words import searched_fields
from dougong_platform.storage.tables import tables


@dataclass(frozen=True, slots=True)
class LockPlan:
    """Returns (id, version, may read, may act, then the values of `returns`) of the live rows, locked in id order."""

    statement: Statement
    returns: tuple[FieldModel, ...]


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """Returns (row number from 1, whether it changed, numbers of failed checks, then the values of `returns` and
    `links`) for all rows. `touched` are the fields that the rows give and those that the write may set by itself;
    `returns` are searched fields where search words need values that only the database knows."""

    statement: Statement
    checks: tuple[Check, ...]
    touched: tuple[str, ...]
    returns: tuple[FieldModel, ...]
    links: tuple[Link, ...]


def lock_plan(shape: Shape, *, action: str = "update", deleted: bool = False, exclusive: bool = False) -> LockPlan:
    """Lock rows for `action`; those in the recycle bin if `deleted`. `exclusive` also keeps new links to them out."""
    object, names = shape.object, shape.catalogue
    returns = (
        ()
        if shape.documents is False
        else tuple(f for f in searched_fields(object) if f.name not in shape.given or f.name in shape.mixed)
    )
    known = tables(shape.model, names)
    right = "update" if action == "update" else "delete"
    allowed = [
        predicate(known, shape.rights, object.name, one, known[object.name].alias("t"))  # type: ignore[arg-type]  # "read" and right are actions
        for one in ("read", right)
    ]
    may = ["true" if one is None else f"coalesce({fragment(one)}, false)" for one in allowed]
    columns = "".join(f", t.{quoted(names.column(object.name, f.name))}" for f in returns)
    text = (
        f'select t.id, t.version, {may[0]}, {may[1]}{columns} from "§".{quoted(names.table(object.name))} t'
        f" where t.id = any(%(ids)s::uuid[]) and t.deleted_at is {'not ' if deleted else ''}null"
        f" order by t.id for {'' if exclusive else 'no key '}update of t"
    )
    return LockPlan(Statement(text), returns)


def update_plan(shape: Shape) -> UpdatePlan:
    """Compile the update of this shape; the rows are locked already."""
    object = shape.object
    by_itself = set_before(object, creating=False, given=shape.given)
    touched = tuple(dict.fromkeys((*shape.given, *by_itself)))
    row = NewRow(shape.model, shape.catalogue, object.name, "n", kept=lambda name: name not in touched)
    settings = settings_of(object, row.again, creating=False, touched=touched, given=shape.given)
    changed = {name: f"n.{quoted('_new_' + name)}" for name in touched}
    checks = Checks(shape, row, changed.get, creating=False, by_itself=by_itself)
    following = Following(shape, row, "update", touched, version="n._version + 1")
    returns = tuple(f for f in searched_fields(object)) if _searches_late(object, shape.given, by_itself) else ()
    row.used.update({f.name: f for f in returns})
    flaw = " or n._flawed" if shape.flawed else ""
    parts = [
        given_rows(shape, ["_i", "id"]),
        *_new_rows(shape, row, touched, settings),
        *checks.tables,
        (
            f"checked as materialized (select n.*, case when n._changed then {checks.array} else '{{}}' end as _bad"
            f" from new n {' '.join(checks.joins)} {row.joins})"
        ),
        "good as materialized (select * from checked n where n._changed and n._bad = '{}'"
        + (" and not n._flawed" if shape.flawed else "")
        + f" and not (%(atomic)s::boolean and exists (select from checked n where n._bad <> '{{}}'{flaw})))",
        *_writes(shape, touched),
        *following.parts,
    ]
    answers = "".join(f", n.{quoted(f.name)}" for f in returns) + following.columns
    text = f"with {', '.join(parts)} select n._i, n._changed, n._bad{answers} from checked n order by n._i"
    return UpdatePlan(Statement(text), tuple(checks.found), touched, returns, following.links)


def searches_late(object: ObjectModel, given: Sequence[str]) -> bool:
    """Whether an update that gives these fields sets searched ones by itself."""
    return _searches_late(object, given, set_before(object, creating=False, given=given))


def _searches_late(object: ObjectModel, given: Sequence[str], by_itself: Sequence[str]) -> bool:
    return any(f.name in by_itself for f in searched_fields(object))


def _new_rows(shape: Shape, row: NewRow, touched: Sequence[str], settings: Sequence[Setting]) -> list[str]:
    """`new as (…)`: the row as it will be, `_old_f` and `_new_f` (whether it changes) of every touched field, and
    `_changed`; before it the steps of what the write sets by itself."""
    first = f"{'new_0' if settings else 'new'} as materialized ({_given_rows(shape, row, touched)})"
    if not settings:
        return [first]
    olds = [quoted(f"_old_{name}") for name in touched]
    kept = [
        "_i",
        "id",
        "_version",
        *(["_flawed"] if shape.flawed else []),
        *(SEARCH_COLUMNS if shape.documents else []),
    ]
    columns = {name: shape.object.fields[name] for name in dict.fromkeys((*touched, *row.used)) if name != "id"}
    news = [f"n.{quoted(name)} is distinct from n.{quoted('_old_' + name)}" for name in touched]
    final = [f"n.{name}" for name in (*kept, *olds, *map(quoted, columns))]
    final += [f"{new} as {quoted('_new_' + name)}" for name, new in zip(touched, news, strict=True)]
    final.append(f"({' or '.join(news)}) as _changed")
    return [
        first,
        *steps(settings, columns, [*kept, *olds, "_changed"], when="n._changed"),
        f"new as materialized (select {', '.join(final)} from new_{len(settings)} n)",
    ]


def _given_rows(shape: Shape, row: NewRow, touched: Sequence[str]) -> str:
    object, names = shape.object, shape.catalogue
    columns = [
        "g._i",
        "g.id",
        "o.version as _version",
        *(["g._flawed"] if shape.flawed else []),
        *(SEARCH_COLUMNS if shape.documents else []),
    ]
    changes = []
    columns += [
        f"o.{quoted(names.column(object.name, name))} as {quoted('_old_' + name)}"
        for name in touched
        if name not in shape.given
    ]
    for name in shape.given:
        old, new = f"o.{quoted(names.column(object.name, name))}", f"g.{quoted(name)}"
        differs = f"{new} is distinct from {old}"
        if name in shape.mixed:
            gave = f"g.{quoted('_gave_' + name)}"
            new, differs = f"case when {gave} then {new} else {old} end", f"({gave} and {differs})"
        columns += [
            f"{new} as {quoted(name)}",
            f"{old} as {quoted('_old_' + name)}",
            f"{differs} as {quoted('_new_' + name)}",
        ]
        changes.append(differs)
    columns += [
        f"o.{quoted(names.column(object.name, name))} as {quoted(name)}"
        for name in dict.fromkeys((*row.used, *touched))
        if name not in shape.given and name != "id"
    ]
    columns.append(f"({' or '.join(changes) or 'false'}) as _changed")
    return f'select {", ".join(columns)} from given g join "§".{quoted(names.table(object.name))} o on o.id = g.id'


def _writes(shape: Shape, touched: Sequence[str]) -> list[str]:
    object, names = shape.object, shape.catalogue
    table = f'"§".{quoted(names.table(object.name))}'
    sets = [f"{quoted(names.column(object.name, name))} = n.{quoted(name)}" for name in touched]
    sets += ["version = n._version + 1", "updated_at = now()", "updated_by = %(env_user)s"]
    parts = [f"written as (update {table} w set {', '.join(sets)} from good n where w.id = n.id)"]
    if object.history:
        pieces = ", ".join(_change(object.fields[name]) for name in touched)
        parts.append(
            'remembered as (insert into "§"._history (object, record, version, actor, cause, cause_ref, op, changes)'
            f" select {literal(object.name)}, n.id, n._version + 1, %(env_user)s, %(cause)s, %(cause_ref)s, 'update',"
            f" (rtrim(concat('{{', {pieces}), ',') || '}}')::jsonb from good n)"
        )
    if shape.documents:
        parts.append(
            'found as (insert into "§"._search (record, object, title, text, words)'
            f" select n.id, {literal(object.name)}, n._title, n._text, n._words::tsvector from good n"
            " on conflict (record) do update set title = excluded.title, text = excluded.text, words = excluded.words)"
        )
    parts += [*attached_files(shape), outbox(shape, "update")]
    return parts


def _change(one: FieldModel) -> str:
    old = f"coalesce({json_text('n.' + quoted('_old_' + one.name), one.type.pg_type)}, 'null')"
    new = f"coalesce({json_text('n.' + quoted(one.name), one.type.pg_type)}, 'null')"
    flag = f"n.{quoted('_new_' + one.name)}"
    return f"case when {flag} then '\"{one.name}\":[' || {old} || ',' || {new} || '],' end"
