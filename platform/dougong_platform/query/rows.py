"""The FROM clause of a read: the object's table and one LEFT JOIN per lookup that a path goes through, but for a field
that is only shown.

A joined row that the reader may not see, or that lies in the recycle bin, reads as blank.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, select

from dougong_metadata.expressions.checked import Recollection
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.masking import masked
from dougong_platform.access.predicate import USER, predicate
from dougong_platform.access.rights import Rights
from dougong_platform.errors import BadField
from dougong_platform.query.past import recalled
from dougong_platform.query.visible import visible_objects
from dougong_platform.storage.formulas import worked_out
from dougong_platform.storage.tables import Tables

LONGEST_PATH = 6  # lookups in a row
LONGEST_INSIDE = 60  # what formulas that read formulas come to


class ReadRows:
    """Columns by path for one statement; implements what `compile_sql` asks of its rows."""

    def __init__(self, tables: Tables, rights: Rights, object: str, prefix: str = "") -> None:
        self._tables, self._rights, self._prefix = tables, rights, prefix
        self._visible = visible_objects(rights)
        self.object = object
        self.base: FromClause = tables[object].alias(f"{prefix}t")
        self._joined: dict[tuple[str, ...], tuple[str, FromClause]] = {(): (object, self.base)}
        self.source: FromClause = self.base
        self._gathered = 0

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of a path; joins what is on the way. A path that begins with "$user" starts at the
        user who asks. Raises BadField."""
        if path[0] == "$user":
            return self._of_user(path[1:])
        field = field_at(self._rights, self.object, path, longest=LONGEST_INSIDE)
        if field.formula is not None:
            return worked_out(field, self, path[:-1])
        _, row = self._row(path[:-1])
        return row.c[path[-1]]

    def shown(self, path: tuple[str, ...], *, alone: bool = False) -> ColumnElement[Any]:
        """As `column`, for what is answered: a masked field appears masked.

        `alone`: nothing else is asked of the record that the path leads to. Then it is looked up for the rows that are
        answered, which costs half of a join, and nothing for rows that are sorted and cut.
        """
        field = shown_at(self._rights, self.object, path)
        is_masked = self._rights.masked(field.object, field.name)
        if alone and len(path) == 2 and path[:1] not in self._joined and (is_masked or field.formula is None):
            _, row, conditions = self._linked(path[:1], f"{self._prefix}s")
            value = masked(field, row.c[path[1]]) if is_masked else row.c[path[1]]
            return select(value).select_from(row).where(*conditions).correlate(self.base).scalar_subquery()
        if not is_masked:
            return self.column(path)
        _, row = self._row(path[:-1])
        return masked(field, row.c[path[-1]])

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        """An aggregate over the records of `object` that point by `link` to the record at the end of `base`, as far as
        the reader may see them. Raises BadField."""
        self._gathered += 1
        inner = ReadRows(self._tables, self._rights, object, prefix=f"{self._prefix}g{self._gathered}")
        inner.field((link,))
        value, condition = build(inner)
        above = self.column((*base, "id"))
        conditions = [inner.base.c[link] == above, inner.base.c.deleted_at.is_(None)]
        parent = self._rights.model.objects[object].parent
        if parent is None or parent.name != link:  # details are as open as the row, which is there
            allowed = predicate(self._tables, self._rights, object, "read", inner.base)
            if allowed is not None:
                conditions.append(allowed)
        if condition is not None:
            conditions.append(condition)
        return select(value).select_from(inner.source).where(*conditions).scalar_subquery()

    def apart(self, object: str, prefix: str) -> tuple[ReadRows, list[ColumnElement[bool]]]:
        """Rows of an object by themselves, for a subquery, and the conditions of what the reader sees of them."""
        rows = ReadRows(self._tables, self._rights, object, prefix)
        conditions: list[ColumnElement[bool]] = [rows.base.c.deleted_at.is_(None)]
        allowed = predicate(self._tables, self._rights, object, "read", rows.base)
        return rows, conditions if allowed is None else [*conditions, allowed]

    def recall(
        self,
        recollection: Recollection,
        values: tuple[ColumnElement[Any], ...],
        moments: tuple[ColumnElement[Any], ...],
    ) -> ColumnElement[Any]:
        """How the record at the end of a path was, by its stays and its history. Raises BadField."""
        base = recollection.base
        record, now = self.column((*base, "id")), self.column((*base, recollection.field))
        return recalled(recollection, record, now, values, moments)

    def field(self, path: tuple[str, ...]) -> FieldModel:
        """The field at the end of a path, as the reader may know it. Raises BadField."""
        return field_at(self._rights, self.object, path)

    def _of_user(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        if not path:
            return USER
        user = ReadRows(self._tables, self._rights, "user", prefix="u")
        column = user.column(path)
        return select(column).select_from(user.source).where(user.base.c.id == USER).scalar_subquery()

    def _row(self, path: tuple[str, ...]) -> tuple[str, FromClause]:
        found = self._joined.get(path)
        if found is not None:
            return found
        self._row(path[:-1])  # what is before it has its number first
        target, row, conditions = self._linked(path, f"{self._prefix}j{len(self._joined)}")
        self.source = self.source.outerjoin(row, and_(*conditions))
        self._joined[path] = (target, row)
        return target, row

    def _linked(self, path: tuple[str, ...], name: str) -> tuple[str, FromClause, list[ColumnElement[bool]]]:
        """The object that a path of lookups leads to, its table under this name, and which of its rows is meant."""
        _, above = self._row(path[:-1])
        target = field_at(self._rights, self.object, path, longest=LONGEST_INSIDE).to
        assert target is not None, "field_at has followed this path before"
        row = self._tables[target].alias(name)
        conditions = [row.c.id == above.c[path[-1]], row.c.deleted_at.is_(None)]
        allowed = predicate(self._tables, self._rights, target, "read", row)
        return target, row, conditions if allowed is None else [*conditions, allowed]


def shown_at(rights: Rights, object: str, path: tuple[str, ...]) -> FieldModel:
    """As `field_at`, for what is answered: the field at the end may be one that is shown masked. Raises BadField."""
    try:
        return field_at(rights, object, path)
    except BadField:
        at: str | None = object if len(path) == 1 else field_at(rights, object, path[:-1]).to
        if at is None or not rights.masked(at, path[-1]):
            raise
        return rights.model.objects[at].fields[path[-1]]


def field_at(rights: Rights, object: str, path: tuple[str, ...], longest: int = LONGEST_PATH) -> FieldModel:
    """The field that a path names, starting at `object`. Raises BadField where any step is not to be seen."""
    visible = visible_objects(rights)
    if len(path) > longest + 1:
        raise BadField(name=".".join(path)[:100], object=object)
    field: FieldModel | None = None
    for name in path:
        here = object if field is None else field.to
        at = visible.get(here) if here is not None and (field is None or field.type.pg_type == "uuid") else None
        field = at.fields.get(name) if at is not None else None
        if field is None:
            raise BadField(name=".".join(path)[:100], object=object)
    if field is None:
        raise BadField(name="", object=object)
    return field
