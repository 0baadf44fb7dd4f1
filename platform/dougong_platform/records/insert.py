"""The statement that writes new records: values in, checks, rows, history, search words and outbox in one CTE."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel
from dougong_platform.records.before import set_before, settings_of, steps
from dougong_platform.records.canonical import json_text
from dougong_platform.records.check import Check
from dougong_platform.records.checks import Checks
from dougong_platform.records.following import Following, Link
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.shape import Shape
from dougong_platform.records.sources import SEARCH_COLUMNS, attached_files, given_rows, outbox
from dougong_platform.records.statement import Statement, literal, quoted
from dougong_platform.search.words import searched_fields
from dougong_platform.storage.numbering import next_number

_TRAIL = {
    "created_at": "now()",
    "created_by": "%(env_user)s",
    "updated_at": "now()",
    "updated_by": "%(env_user)s",
    "version": "1",
}


@dataclass(frozen=True, slots=True)
class InsertPlan:
    """Returns (row number from 1, numbers of failed checks, then the values of `returns` and `links`) for refused rows,
    and for all rows if either is not empty. `links` are the fields whose targets' roll-ups have still to be kept."""

    statement: Statement
    checks: tuple[Check, ...]
    returns: tuple[FieldModel, ...]
    links: tuple[Link, ...]


def insert_plan(shape: Shape) -> InsertPlan:
    """Compile the insert of this shape."""
    object = shape.object
    row = NewRow(shape.model, shape.catalogue, object.name, "n")
    by_itself = set_before(object, creating=True)
    settings = settings_of(object, row.again, creating=True, touched=by_itself, given=shape.given)
    written = {f.name: f for f in object.fields.values() if f.name in by_itself or _filled(shape, f)}
    checks = Checks(shape, row, lambda name: "true" if name in written else None, creating=True, by_itself=by_itself)
    returns = searched_fields(object) if shape.late_search else ()
    following = Following(shape, row, "create", tuple(written), version="1")
    columns = written | row.used | {f.name: f for f in returns}
    flaw = " or n._flawed" if shape.flawed else ""
    kept = [*_kept(shape), *(SEARCH_COLUMNS if shape.documents else [])]
    first, last = ("new_0", f"new_{len(settings)}") if settings else ("new", "new")
    parts = [
        given_rows(shape, ["_i", "id"]),
        f"{first} as materialized ({_new_rows(shape, columns)})",
        *steps(settings, columns, kept, when="true"),
        *([f"new as (select n.* from {last} n)"] if settings else []),
        *checks.tables,
        f"checked as materialized (select n.*, {checks.array} as _bad from new n {' '.join(checks.joins)} {row.joins})",
        "good as materialized (select * from checked n where n._bad = '{}'"
        + (" and not n._flawed" if shape.flawed else "")
        + f" and not (%(atomic)s::boolean and exists (select from checked n where n._bad <> '{{}}'{flaw})))",
        *_writes(shape, written),
        *following.parts,
    ]
    result = "".join(f", n.{quoted(f.name)}" for f in returns) + following.columns
    where = "" if result else " where n._bad <> '{}'"
    text = f"with {', '.join(parts)} select n._i, n._bad{result} from checked n{where} order by n._i"
    return InsertPlan(Statement(text), tuple(checks.found), returns, following.links)


def _kept(shape: Shape) -> list[str]:
    return ["_i", "id", *(["_flawed"] if shape.flawed else [])]


def _filled(shape: Shape, one: FieldModel) -> bool:
    """Whether new rows of this shape can have a value in this field (other than the trail of who and when)."""
    if one.name in shape.given or one.name == "owner":
        return True
    if one.name == "record_type":
        return bool(shape.object.record_types)
    return not one.system and (one.default is not None or one.type.name == "auto_number")


def _new_rows(shape: Shape, columns: dict[str, FieldModel]) -> str:
    source = NewRow(shape.model, shape.catalogue, shape.object.name, "g")
    texts = [f"{_value(shape, source, one)} as {quoted(name)}" for name, one in columns.items() if name != "id"]
    kept = [*(f"g.{name}" for name in _kept(shape)), *(SEARCH_COLUMNS if shape.documents else [])]
    return f"select {', '.join(kept + texts)} from given g {source.joins}"


def _value(shape: Shape, source: NewRow, one: FieldModel) -> str:
    given = f"g.{quoted(one.name)}"
    if one.name in _TRAIL:
        return _TRAIL[one.name]
    if one.name == "owner":
        return f"coalesce({given}, %(env_user)s)" if one.name in shape.given else "%(env_user)s"
    if one.name == "record_type":
        fallback = f"{literal(shape.rights.first_record_type(shape.object.name))}::text"
        return f"coalesce({given}, {fallback})" if one.name in shape.given else fallback
    if one.type.name == "auto_number" and one.name not in shape.given:
        return next_number(shape.catalogue, one, "%(tenant_timezone)s::text")
    if one.name in shape.given and one.name not in shape.mixed:
        return given
    default = of_nothing(one)
    if one.default is not None:
        default = f"({source.text(one.default)})::{one.type.pg_type}"
    if one.name in shape.mixed:
        return f"case when g.{quoted('_gave_' + one.name)} then {given} else {default} end"
    return default


def of_nothing(one: FieldModel) -> str:
    """What a new row has where nobody says anything: nothing, or the count and sum of no records."""
    counted = one.rollup is not None and one.rollup.kind in ("count", "sum")
    return f"{'0' if counted else 'null'}::{one.type.pg_type}"


def _writes(shape: Shape, written: dict[str, FieldModel]) -> list[str]:
    object, names = shape.object, shape.catalogue
    table = f'"§".{quoted(names.table(object.name))}'
    into = ["id", *_TRAIL, *(quoted(names.column(object.name, name)) for name in written)]
    values = ["n.id", *_TRAIL.values(), *(f"n.{quoted(name)}" for name in written)]
    parts = [f"written as (insert into {table} ({', '.join(into)}) select {', '.join(values)} from good n)"]
    if object.history:
        pieces = ", ".join(
            f"'{literal_key(name)}:[null,' || {json_text(f'n.{quoted(name)}', one.type.pg_type)} || '],'"
            for name, one in written.items()
        )
        changes = f"(rtrim(concat('{{', {pieces}), ',') || '}}')::jsonb"
        parts.append(
            'remembered as (insert into "§"._history (object, record, version, actor, cause, cause_ref, op, changes)'
            f" select {literal(object.name)}, n.id, 1, %(env_user)s, %(cause)s, %(cause_ref)s, 'create', {changes}"
            " from good n)"
        )
    if shape.documents:
        parts.append(
            'found as (insert into "§"._search (record, object, title, text, words)'
            f" select n.id, {literal(object.name)}, n._title, n._text, n._words::tsvector from good n)"
        )
    parts += [*attached_files(shape), outbox(shape, "create")]
    return parts


def literal_key(name: str) -> str:
    """A field's name as a JSON key inside an SQL string (names hold letters, digits and _ only)."""
    return f'"{name}"'
