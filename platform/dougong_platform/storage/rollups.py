"""What a roll-up depends on, and its value worked out from all its records, as SQL. Used by the write path, which keeps
roll-ups, by publishing, which fills them, and by `dougong check`, which compares."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, literal_column

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.model.flow_types import RollupModel
from dougong_metadata.model.types import FieldModel, Model, ObjectModel
from dougong_platform.storage.catalogue import Catalogue
from dougong_platform.storage.formulas import worked_out
from dougong_platform.storage.statements import DIALECT
from dougong_platform.storage.tables import column_type


def reads(model: Model, object: str, names: Iterable[str | None], checked: Checked | None = None) -> frozenset[str]:
    """The stored fields of `object` behind these fields and this condition; formulas are followed to what they read."""
    found: set[str] = set()
    waiting = [name for name in names if name]
    waiting += [path[0] for path in checked.paths] if checked is not None else []
    while waiting:
        name = waiting.pop()
        formula = model.objects[object].fields[name].formula
        if formula is None:
            found.add(name)
        else:
            waiting += [path[0] for path in formula.paths]
    return frozenset(found)


def read_by(model: Model, rollup: RollupModel) -> frozenset[str]:
    """The stored fields of its records that a roll-up depends on."""
    return reads(model, rollup.object, (rollup.link, rollup.field, rollup.by), rollup.where)


class _Counted:
    """The rows `c` that a roll-up counts: their own columns and formulas, nothing behind a lookup."""

    def __init__(self, object: ObjectModel, names: Catalogue) -> None:
        self._object, self._names = object, names

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        field = self._object.fields[path[0]]
        if field.formula is not None:
            return worked_out(field, self)
        return literal_column(
            f"c.{_quoted(self._names.column(field.object, field.name))}", column_type(field.type.pg_type)
        )

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        raise TypeError("what a roll-up takes gathers nothing: publishing refused it")


def _text(element: ColumnElement[Any]) -> str:
    return str(element.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def counted(model: Model, names: Catalogue, field: FieldModel, parent: str) -> str:
    """SQL for a roll-up's value for the row `parent` of its object; "§" stands for the schema, % is doubled."""
    rollup = field.rollup
    assert rollup is not None
    rows = _Counted(model.objects[rollup.object], names)
    conditions = [f"c.{_quoted(names.column(rollup.object, rollup.link))} = {parent}.id", "c.deleted_at is null"]
    if rollup.where is not None:
        conditions.append(f"coalesce({_text(compile_sql(rollup.where, rows))}, false)")
    value = _text(rows.column((rollup.field,))) if rollup.field else ""
    order = ""
    if rollup.kind in ("first", "last"):
        way = "asc" if rollup.kind == "first" else "desc"
        by = _text(rows.column((str(rollup.by),)))
        chosen, order = value, f" order by {by} {way} nulls last, c.id {way} limit 1"
    elif rollup.kind == "count":
        chosen = "count(*)"
    elif rollup.kind == "sum":
        chosen = f"coalesce(sum({value}), 0)"
    else:
        chosen = f"{ {'average': 'avg'}.get(rollup.kind, rollup.kind) }({value})"
    cast = field.type.cast_type(field)
    source = f'"§".{_quoted(names.table(rollup.object))} c'
    return f"((select {chosen} from {source} where {' and '.join(conditions)}{order}))::{cast}"
