"""Which rows a user may read, update or delete, as one SQL predicate; carried by every read and every write.

Each way to a record is one function of `_WAYS`: the predicate is the disjunction of what they yield. Whatever decides
by other rows is `= any(array(select …))`, computed once per statement, because a correlated EXISTS inside an OR is run
for every row; sharing rules stand there with their constants, so that their partial indexes serve (storage.rule_index).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    MetaData,
    Table,
    Text,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY as PG_ARRAY
from sqlalchemy.dialects.postgresql import UUID

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access.conditions import condition, speaks_of_row
from dougong_platform.access.rights import Action, Rights
from dougong_platform.access.scopes import ALL, parameter_of
from dougong_platform.storage.statements import SCHEMA
from dougong_platform.storage.tables import Tables

_ID = UUID(as_uuid=False)
USER = bindparam("env_user", type_=_ID)
SUBJECTS = bindparam("env_subjects", type_=PG_ARRAY(_ID))
SHARE = Table(
    "_share",
    MetaData(schema=SCHEMA),
    Column("object", Text),
    Column("record", _ID),
    Column("subject", _ID),
    Column("access", Text),
    Column("relations", ARRAY(Text)),
    Column("expires_at", DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one predicate is about: rows `row` of `object`, for `action`."""

    tables: Tables
    rights: Rights
    object: ObjectModel
    action: Action
    row: FromClause


Way = Callable[[Asked], Iterator[ColumnElement[bool]]]


def predicate(
    tables: Tables, rights: Rights, object: str, action: Action, row: FromClause
) -> ColumnElement[bool] | None:
    """The condition under which `action` is allowed on `row` (a table or alias of `object`); None = on every row.

    Parameters are those of `Caller.environment`: the user, the owner lists of his scopes, the subjects of shares.
    """
    found = ways(tables, rights, object, action, row)
    if found is None:
        return None
    return found[0] if len(found) == 1 else or_(*found)


def ways(
    tables: Tables, rights: Rights, object: str, action: Action, row: FromClause
) -> list[ColumnElement[bool]] | None:
    """The conditions of which one suffices, that of the owner first; None = on every row."""
    model = rights.model.objects.get(object)
    if model is None:
        return [false()]
    scopes = rights.scopes(object, action)
    if not scopes:
        return [false()]
    if model.parent is not None and model.parent.to is not None:
        through = _through_parent(tables, rights, model.parent.to, action, row.c[model.parent.name])
        return None if through is None else [through]
    if scopes == ALL or is_open(model, action):
        return None
    asked = Asked(tables, rights, model, action, row)
    return [found for way in _WAYS for found in way(asked)]


def is_open(object: ObjectModel, action: Action) -> bool:
    """Whether the object's default access lets everybody do this who may do it on records of his own."""
    return (action == "read" and object.default_access in ("read", "write")) or (
        action == "update" and object.default_access == "write"
    )


def _through_parent(
    tables: Tables, rights: Rights, parent: str, action: Action, link: ColumnElement[Any]
) -> ColumnElement[bool] | None:
    """To change or delete a detail is to change its parent."""
    above = tables[parent].alias()
    inner = predicate(tables, rights, parent, "read" if action == "read" else "update", above)
    return None if inner is None else link.in_(select(above.c.id).where(inner))


def _owned(asked: Asked) -> Iterator[ColumnElement[bool]]:
    scopes = asked.rights.scopes(asked.object.name, asked.action)
    if scopes == {"own"} and asked.rights.lonely:
        yield asked.row.c.owner == USER  # an equality keeps the order of the index (owner, created_at)
    else:
        yield asked.row.c.owner == any_(bindparam(parameter_of(scopes), type_=PG_ARRAY(_ID)))


def _shared(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """By a share of the record, or of one it points to where the share is extended along that lookup."""
    if asked.action == "delete":
        return
    records = _shares(asked)
    yield asked.row.c.id == any_(
        func.array(records.where(SHARE.c.object == _word(asked.object.name)).scalar_subquery())
    )
    for field in asked.object.fields.values():
        if field.follows_shares and field.to is not None:
            along = _word(f"{asked.object.name}.{field.name}") == any_(SHARE.c.relations)
            extended = _shares(asked).where(SHARE.c.object == _word(field.to), along)
            yield asked.row.c[field.name] == any_(func.array(extended.scalar_subquery()))


def _shares(asked: Asked) -> Any:
    found = select(SHARE.c.record).where(
        SHARE.c.subject == any_(SUBJECTS),
        or_(SHARE.c.expires_at.is_(None), SHARE.c.expires_at > func.now()),
    )
    return found if asked.action == "read" else found.where(SHARE.c.access == _word("edit"))


def _word(name: str) -> ColumnElement[str]:
    """An api name, or a word of ours, as a constant that the planner sees."""
    return literal_column(f"'{name}'", Text)


def _by_rule(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Rules that speak of the row alone are one way: PostgreSQL knows how often its columns hold what."""
    if asked.action == "delete":
        return
    rules = [r for r in asked.rights.rules.get(asked.object.name, ()) if asked.action == "read" or r.access == "edit"]
    own = [rule for rule in rules if speaks_of_row(rule)]
    if own:
        yield or_(*(condition(asked.tables, asked.rights.model, rule, asked.row) for rule in own))
    for rule in rules:
        if rule not in own:
            yield condition(asked.tables, asked.rights.model, rule, asked.row)


_WAYS: tuple[Way, ...] = (_owned, _shared, _by_rule)
