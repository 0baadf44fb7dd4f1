"""What a grouped query groups by: fields by path, and dates by day, week, month, quarter or year ("due.month").

A bucket is answered as its first day ("2026-01-01"); of moments, in the asking user's time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, bindparam, cast, func, literal_column

from dougong_metadata.expressions.types import DATE, Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadField
from dougong_platform.query.rows import ReadRows, field_at
from dougong_platform.storage.tables import sort_key, sorted_by_key

BUCKETS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Group:
    """`text` is how the query names it and how the answer's rows do."""

    text: str
    path: tuple[str, ...]
    field: FieldModel
    bucket: str | None = None

    @property
    def type(self) -> Type:
        """Its type in a `having` expression."""
        return DATE if self.bucket else Type.of(self.field)

    def column(self, rows: ReadRows) -> ColumnElement[Any]:
        """The expression that is grouped by."""
        column = rows.column(self.path)
        if self.bucket is None:
            return column
        if self.field.type.expression_type == "datetime":
            column = func.timezone(bindparam("env_timezone", type_=Text()), column)
        return cast(func.date_trunc(literal_column(f"'{self.bucket}'"), column), Date)

    def ordered(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """What rows are sorted by when sorted by this group."""
        return sort_key(column) if self.bucket is None and sorted_by_key(self.field) else column


def group(rights: Rights, object: str, text: str) -> Group:
    """Parse one entry of `group_by`. Raises BadField."""
    path = tuple(text.split("."))
    if len(path) > 1 and path[-1] in BUCKETS:
        try:
            field = field_at(rights, object, path[:-1])
        except BadField:
            raise BadField(name=text[:100], object=object) from None
        if field.type.expression_type in ("date", "datetime"):
            return Group(text, path[:-1], field, path[-1])
    field = field_at(rights, object, path)
    if not field.type.groupable:
        raise BadField(name=text[:100], object=object)
    return Group(text, path, field)
