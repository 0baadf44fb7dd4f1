"""The partial index behind a sharing rule: what the rule says of the row itself with constants, as an index predicate.

PostgreSQL finds a rule's rows by it inside the OR of an access predicate, as long as both say the same in the same
words: both are compiled from the same expression.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, literal_column

from dougong_metadata.expressions import compile_sql
from dougong_metadata.expressions.checked import Blank, Column, CurrentUser, Literal, Operation, Truth, Typed
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.walking import conjuncts
from dougong_metadata.model.types import ObjectModel, SharingRule
from dougong_platform.storage.catalogue import Catalogue
from dougong_platform.storage.statements import DIALECT
from dougong_platform.storage.tables import column_type

_IMMUTABLE = frozenset({"and", "or", "not", "=", "!=", "<", "<=", ">", ">=", "in", "not in", "isblank", "notblank"})


class _Own:
    """The row's own columns without an alias, as an index's definition writes them."""

    def __init__(self, object: ObjectModel, names: Catalogue) -> None:
        self._object, self._names = object, names

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        field = self._object.fields[path[0]]
        name = self._names.column(self._object.name, field.name).replace('"', '""')
        return literal_column(f'"{name}"', column_type(field.type.pg_type))

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        raise TypeError("an index holds nothing of other records")


def index_condition(object: ObjectModel, names: Catalogue, rule: SharingRule) -> str | None:
    """The part of a rule that an index can hold, as SQL; None where all is about other rows, today or $user."""
    if rule.when is None:
        return None
    parts = [part for part in conjuncts(rule.when.typed) if _is_constant(part)]
    if not parts:
        return None
    rows = _Own(object, names)
    texts = []
    for part in parts:
        element = compile_sql(replace(rule.when, typed=part), rows)
        texts.append(str(element.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})).replace("%%", "%"))
    return " and ".join(texts)


def asking_columns(object: ObjectModel, rule: SharingRule) -> list[str]:
    """The fields that a rule compares with the one who asks (`keeper = $user`): each is looked up by its value."""
    if rule.when is None:
        return []
    return [
        column.names[0]
        for part in conjuncts(rule.when.typed)
        if isinstance(part, Operation)
        and part.operator == "="
        and any(isinstance(c, CurrentUser) for c in part.children)
        for column in part.children
        if isinstance(column, Column) and len(column.names) == 1
    ]


def _is_constant(part: Typed) -> bool:
    """Whether its value changes with the row alone: own columns, literals without a time zone, plain comparisons."""
    for one in part.walk():
        match one:
            case Column():
                if len(one.names) != 1 or one.names[0] == "$user":
                    return False
            case Literal():
                if one.conversion.zoned or one.index is not None:
                    return False
            case Operation():
                if one.operator not in _IMMUTABLE:
                    return False
            case Blank() | Truth():
                pass
            case _:
                return False
    return True
