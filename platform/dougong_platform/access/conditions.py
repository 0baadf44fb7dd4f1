"""Conditions of sharing rules as SQL. A rule is the administrator's word: it sees every field, whoever asks.

What a rule says of the row itself stands as it is. What it says over one lookup becomes `lookup = any(array(select
…))`, found once per statement by the target's own indexes; anything else becomes `id = any(array(select …))`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, any_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.expressions.checked import Column, Gathering, Operation, Typed
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.walking import conjuncts
from dougong_metadata.model.types import Model, SharingRule
from dougong_platform.storage.formulas import worked_out
from dougong_platform.storage.tables import Tables

USER = bindparam("env_user", type_=UUID(as_uuid=False))
IDENTITIES = bindparam("env_identities", type_=ARRAY(UUID(as_uuid=False)))
# With a blank operand these are unknown or false, so that a blank lookup never fits.
_REJECT_BLANK = frozenset({"=", "!=", "<", "<=", ">", ">=", "in", "not in", "notblank"})


class PlainRows:
    """Columns by path over `base`, a row of `object`, without regard to access; deleted records on the way are blank.

    Implements what `compile_sql` asks of its rows; `source` is the FROM clause with the joins that paths needed.
    """

    def __init__(self, tables: Tables, model: Model, object: str, base: FromClause) -> None:
        self._tables, self._model = tables, model
        self._joined: dict[tuple[str, ...], tuple[str, FromClause]] = {(): (object, base)}
        self.base = base
        self.source: FromClause = base

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of a path; "$user" stands for the one who asks."""
        if path[0] == "$user":
            return self._of_user(path[1:])
        object, row = self._row(path[:-1])
        field = self._model.objects[object].fields[path[-1]]
        return worked_out(field, self, path[:-1]) if field.formula is not None else row.c[path[-1]]

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        """An aggregate over all records of `object` that point by `link` to the record at the end of `base`."""
        return gathered(self._over(object), self.column((*base, "id")), link, build)

    def _over(self, object: str) -> PlainRows:
        return PlainRows(self._tables, self._model, object, self._tables[object].alias())

    def _of_user(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        if not path:
            return USER
        user = self._tables["user"].alias()
        rows = PlainRows(self._tables, self._model, "user", user)
        column = rows.column(path)
        return select(column).select_from(rows.source).where(user.c.id == USER).scalar_subquery()

    def _row(self, path: tuple[str, ...]) -> tuple[str, FromClause]:
        found = self._joined.get(path)
        if found is None:
            object, above = self._row(path[:-1])
            target = str(self._model.objects[object].fields[path[-1]].to)
            row = self._tables[target].alias()
            self.source = self.source.outerjoin(row, and_(row.c.id == above.c[path[-1]], row.c.deleted_at.is_(None)))
            found = self._joined[path] = (target, row)
        return found


def gathered(rows: PlainRows, above: ColumnElement[Any], link: str, build: Build) -> ColumnElement[Any]:
    """What `build` says of those of `rows` whose `link` is `above`; deleted ones do not count."""
    value, condition = build(rows)
    conditions = [rows.base.c[link] == above, rows.base.c.deleted_at.is_(None)]
    if condition is not None:
        conditions.append(condition)
    return select(value).select_from(rows.source).where(*conditions).scalar_subquery()


class RuleRows(PlainRows):
    """Rows of which a sharing rule speaks."""

    def is_asker(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """An assistant asks for those he acts for, too."""
        return value == any_(IDENTITIES)

    def _over(self, object: str) -> PlainRows:
        return RuleRows(self._tables, self._model, object, self._tables[object].alias())


class _Behind:
    """The rows a lookup leads to, for a condition that says its paths from before the lookup."""

    def __init__(self, rows: RuleRows) -> None:
        self._rows = rows

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self._rows.column(path if path[0] == "$user" else path[1:])

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        return self._rows.gather(base[1:], object, link, build)

    def is_asker(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        return self._rows.is_asker(value)


def condition(tables: Tables, model: Model, rule: SharingRule, row: FromClause) -> ColumnElement[bool]:
    """Whether `row`, a table or alias of the rule's object, fits the rule. Unknown is NULL, as everywhere in an OR."""
    if rule.when is None:
        return true()
    parts = sorted(conjuncts(rule.when.typed), key=lambda part: not is_local(part))  # what is cheap comes first
    terms = [_term(tables, model, rule, part, row) for part in parts if not _is_tangled(part)]
    tangled = [part for part in parts if _is_tangled(part)]
    if tangled:
        terms.append(_among(tables, model, rule, [*(part for part in parts if is_local(part)), *tangled], row))
    return terms[0] if len(terms) == 1 else and_(*terms)


def speaks_of_row(rule: SharingRule) -> bool:
    """Whether the rule looks at no other record."""
    return rule.when is None or is_local(rule.when.typed)


def is_local(part: Typed) -> bool:
    """Whether it speaks of the row's own columns (and of the one who asks) alone."""
    return all(len(path) == 1 for path in _paths(part)) and not _gathers(part)


def _term(tables: Tables, model: Model, rule: SharingRule, part: Typed, row: FromClause) -> ColumnElement[bool]:
    assert rule.when is not None
    said = replace(rule.when, typed=part)
    if is_local(part):
        return compile_sql(said, RuleRows(tables, model, rule.object, row))
    return _over_lookup(tables, model, rule.object, _paths(part)[0][0], said, row)


def _is_tangled(part: Typed) -> bool:
    """Whether it speaks of several records at once, or may hold where a lookup is blank."""
    paths = _paths(part)
    over_one = len({path[0] for path in paths}) == 1 and all(len(path) > 1 for path in paths)
    return not is_local(part) and not (over_one and _rejects_blank(part) and not _gathers(part))


def _among(
    tables: Tables, model: Model, rule: SharingRule, parts: Sequence[Typed], row: FromClause
) -> ColumnElement[bool]:
    """The row is one of those that fit all of `parts`."""
    assert rule.when is not None
    base = tables[rule.object].alias()
    rows = RuleRows(tables, model, rule.object, base)
    fits = [compile_sql(replace(rule.when, typed=part), rows) for part in parts]
    return row.c.id == any_(func.array(select(base.c.id).select_from(rows.source).where(*fits).scalar_subquery()))


def _over_lookup(
    tables: Tables, model: Model, object: str, lookup: str, said: Checked, row: FromClause
) -> ColumnElement[bool]:
    target = str(model.objects[object].fields[lookup].to)
    base = tables[target].alias()
    rows = RuleRows(tables, model, target, base)
    found = compile_sql(said, _Behind(rows))
    ids = select(base.c.id).select_from(rows.source).where(base.c.deleted_at.is_(None), found)
    return row.c[lookup] == any_(func.array(ids.scalar_subquery()))


def _paths(part: Typed) -> list[tuple[str, ...]]:
    return [one.names for one in part.walk() if isinstance(one, Column) and one.names[0] != "$user"]


def _gathers(part: Typed) -> bool:
    """Whether it counts or sums up records that point to the row, or to one behind it."""
    return any(isinstance(one, Gathering) for one in part.walk())


def _rejects_blank(part: Typed) -> bool:
    if not isinstance(part, Operation):
        return False
    if part.operator in ("and", "or"):
        return all(_rejects_blank(child) for child in part.children)
    return part.operator in _REJECT_BLANK and isinstance(part.children[0], Column) and bool(_paths(part.children[0]))
