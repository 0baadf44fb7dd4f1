"""Formula fields as SQL: where a read or a write asks for such a field's column, this stands in its place.

Called by everything that gives expressions their columns (ReadRows, PlainRows, NewRow).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Numeric, cast, func, literal_column

from dougong_metadata.expressions import Rows, compile_sql
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.model.types import FieldModel
from dougong_platform.storage.tables import column_type

_USER = "$user"


class At:
    """The record that `base` (a path of lookups) leads to, as the row over which its own formulas are compiled."""

    def __init__(self, rows: Rows, base: tuple[str, ...]) -> None:
        self._rows, self._base = rows, base

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of `path`, walked from the record."""
        return self._rows.column(path if path[0] == _USER else (*self._base, *path))

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        """An aggregate over what points to the record, or to one it leads to."""
        return self._rows.gather((*self._base, *base), object, link, build)


def worked_out(field: FieldModel, rows: Rows, base: tuple[str, ...] = ()) -> ColumnElement[Any]:
    """The value of a formula field of the record that `base` leads to. Numbers have the decimals that the field says;
    a condition that is unknown is false."""
    assert field.formula is not None
    kind = field.type.expression_type
    found = compile_sql(field.formula, At(rows, base) if base else rows, known=kind == "boolean")
    if kind in ("number", "money"):
        scale = int(field.settings.get("scale", 2)) + int(getattr(field.type, "extra_scale", 0))
        return func.round(cast(found, Numeric()), literal_column(str(scale)), type_=Numeric())
    return cast(found, column_type(field.type.pg_type))
