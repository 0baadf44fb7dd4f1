"""How records were, as SQL over stays and history: STOOD(), ENTERED(), WENT_ON() and VALUE_ON() of filters and reports.

A record's state at the end of a day is what was before the first change from the next midnight on.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    FromClause,
    MetaData,
    Table,
    Text,
    and_,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from dougong_metadata.expressions.checked import Recollection
from dougong_metadata.expressions.sql import once
from dougong_platform.storage.statements import SCHEMA

_ID = UUID(as_uuid=False)
_MOMENT = DateTime(timezone=True)
STAY = Table(
    "_stay",
    MetaData(schema=SCHEMA),
    Column("id", BigInteger),
    Column("object", Text),
    Column("record", _ID),
    Column("field", Text),
    Column("value", Text),
    Column("entered_at", _MOMENT),
    Column("left_at", _MOMENT),
)
HISTORY = Table(
    "_history",
    MetaData(schema=SCHEMA),
    Column("seq", BigInteger),
    Column("at", _MOMENT),
    Column("object", Text),
    Column("record", _ID),
    Column("op", Text),
    Column("changes", JSONB),
)

# History holds JSON, also of the days when the field had another type: what does not read as its type now is blank.
_SHAPE_OF_DAY = "(?!0000)[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_SHAPE_OF_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?"
_DAY = (
    "(make_date(CAST(left({w}, 4) AS integer), CAST(substring({w} FROM 6 FOR 2) AS integer), 1)"
    " + CAST(substring({w} FROM 9 FOR 2) AS integer) - 1)"
)
_HEX = "[0-9a-f]"
_NUMBER = "CASE WHEN {w} ~ '^-?[0-9]+([.][0-9]+)?$' THEN CAST({w} AS numeric) END"
_READ = {
    "text": "{w}",
    "number": _NUMBER,
    "money": _NUMBER,
    "boolean": "CASE {w} WHEN 'true' THEN true WHEN 'false' THEN false END",
    "date": f"CASE WHEN {{w}} ~ '^{_SHAPE_OF_DAY}$' THEN {_DAY} END",
    "datetime": f"CASE WHEN {{w}} ~ '^{_SHAPE_OF_DAY}T{_SHAPE_OF_TIME}Z$' "
    f"THEN ({_DAY} + CAST(rtrim(substring({{w}} FROM 12), 'Z') AS time)) AT TIME ZONE 'UTC' END",
    "record": f"CASE WHEN {{w}} ~ '^{'-'.join(_HEX * n for n in (8, 4, 4, 4, 12))}$' THEN CAST({{w}} AS uuid) END",
}


def recalled(
    asked: Recollection,
    record: ColumnElement[Any],
    now: ColumnElement[Any],
    values: tuple[ColumnElement[Any], ...],
    moments: tuple[ColumnElement[Any], ...],
) -> ColumnElement[Any]:
    """What `asked` says of the record of this id. `now`: the field as it is. `values` and `moments` as for
    `PastRows.recall`."""
    if asked.function.name == "VALUE_ON":
        return value_before(asked.object, asked.field, asked.type.name, record, now, moments[0])
    stay = STAY.alias()
    mine = [*stays_of(stay, asked.object, asked.field), stay.c.record == record, stay.c.value == values[0]]
    if asked.function.name == "STOOD":
        return exists(select(literal_column("1")).select_from(stay).where(*mine, *held_before(stay, moments[0])))
    mine += [stay.c.entered_at >= moments[0], stay.c.entered_at < moments[1]]
    found: FromClause = stay
    if asked.function.name == "WENT_ON":
        later = STAY.alias()
        mine += [later.c.value.in_(values[1:]), came_after(later, stay)]
        found = stay.join(later, later.c.record == stay.c.record)
        mine += stays_of(later, asked.object, asked.field)
    return exists(select(literal_column("1")).select_from(found).where(*mine))


def stays_of(stay: FromClause, object: str, field: str) -> list[ColumnElement[bool]]:
    """Those at the values of one field."""
    return [stay.c.object == word(object), stay.c.field == word(field)]


def held_before(stay: FromClause, moment: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """That the stay held just before the moment: of all stays of a record at most one did."""
    return [stay.c.entered_at < moment, or_(stay.c.left_at.is_(None), stay.c.left_at >= moment)]


def came_after(later: FromClause, stay: FromClause) -> ColumnElement[bool]:
    """That a stay of the same record and field began after the other; two that began at once are in the order in which
    they were written."""
    return tuple_(later.c.entered_at, later.c.id) > tuple_(stay.c.entered_at, stay.c.id)


def value_before(
    object: str, field: str, kind: str, record: ColumnElement[Any], now: ColumnElement[Any], moment: ColumnElement[Any]
) -> ColumnElement[Any]:
    """What the field held just before the moment: what the first change since found there, or what it holds now.
    `kind` is the name of its type in expressions."""
    past = HISTORY.alias()
    was = (
        select(old_value(past, field))
        .where(past.c.record == record, past.c.object == word(object), past.c.at >= moment, changed(past, field))
        .order_by(past.c.seq)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    present = "CAST({now} AS numeric)" if kind in ("number", "money") else "{now}"
    text = read_as(kind, "({was} #>> CAST(ARRAY[] AS text[]))")
    return once(f"(CASE WHEN {{was}} IS NULL THEN {present} ELSE {text} END)", was=was, now=now)


def old_value(past: FromClause, field: str) -> ColumnElement[Any]:
    """What the change found in the field, as JSON."""
    found: ColumnElement[Any] = past.c.changes.op("->")(word(field)).op("->")(literal_column("0"))
    return found


def changed(past: FromClause, field: str) -> ColumnElement[bool]:
    """That the entry of history tells of a change of the field. What a record was created with is taken for what it had
    before: one that was brought in with stays of its past had its values, too."""
    told: ColumnElement[bool] = past.c.changes.op("?", is_comparison=True)(word(field))
    return and_(told, past.c.op != word("create"))


def read_as(kind: str, text: str) -> str:
    """SQL for `text` (SQL for a text out of history) as a value of this type of expressions."""
    return _READ[kind].replace("{w}", text)


def word(name: str) -> ColumnElement[str]:
    """An api name as a constant that the planner sees."""
    return literal_column("'" + name.replace("'", "''") + "'", Text)
