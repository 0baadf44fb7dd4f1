"""Finds records by what people type, over all objects they may read. Called by the search API, screens and pickers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    column,
    desc,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import table as sql_table
from sqlalchemy.sql.elements import ClauseElement

from dougong_metadata.expressions.sql import parameter, sql
from dougong_platform.access.predicate import predicate
from dougong_platform.errors import BadRequest, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.query.fields import require_readable
from dougong_platform.search.words import normal, object_word, question, searched_fields
from dougong_platform.storage import Statement, compile_statement, tables
from dougong_platform.storage.statements import SCHEMA
from dougong_platform.storage.tables import Tables

MOST = 100
_CANDIDATES = 3  # times the limit: some candidates fall to the re-check
_HITS = 1000  # of one object that are ranked: words that are everywhere need no more
# The same question that `_checked` asks again of fewer.
_HOLDS_ALL = "(NOT EXISTS (SELECT FROM unnest({}) r WHERE strpos(lower(normalize({}, NFKC)), r) = 0))"
_AROUND = 40  # characters before a match in a snippet

Found = dict[str, Any]
_compiled: Remembered[Statement] = Remembered(500)


def find(caller: Caller, text: str, objects: Sequence[str] | None = None, limit: int = 20) -> list[Found]:
    """[{object, id, title, snippet}], best first: titles that are, begin with or hold the words, then newest.

    Every word must occur; words match from their beginning, Chinese anywhere. Raises BadRequest, UnknownName,
    NotAllowed.
    """
    if not 1 <= limit <= MOST:
        raise BadRequest(en=f"The limit must be from 1 to {MOST}.", zh=f"limit 须在 1 到 {MOST} 之间。")
    asked, runs = question(text)
    names = _objects(caller, objects)
    if not asked or not names:
        return []
    release = caller.release
    key = (release.model.hash, release.catalogue.key, caller.rights.shape, names)
    statement = _compiled.get(key, lambda: compile_statement(_statement(caller, names)))
    sought = normal(text.strip())
    params = caller.environment | {
        "asked": asked,
        "runs": list(runs),
        "sought": sought,
        "begins": _like(sought) + "%",
        "holds": f"%{_like(sought)}%",
        "candidates": limit * _CANDIDATES + 20,
    }
    try:
        entry, rows = caller.database.read(
            caller.tenant, statement.for_tenant(caller.tenant.schema, release.number), params
        )
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise ReleaseChanged from error
    caller.verify(entry)
    return _checked(caller, rows, runs, limit)


def _objects(caller: Caller, objects: Sequence[str] | None) -> tuple[str, ...]:
    if objects:
        for name in objects:
            require_readable(caller.rights, name)
        return tuple(dict.fromkeys(objects))
    return tuple(
        o.name for o in caller.model.objects.values() if not o.system and caller.rights.object(o.name).read != "none"
    )


def _statement(caller: Caller, names: Sequence[str]) -> ClauseElement:
    """One arm per object, best first."""
    made = tables(caller.release.model, caller.release.catalogue)
    arms = [select(_arm(caller, made, name).limit(_number(_HITS)).subquery()) for name in names]
    many = union_all(*arms).subquery("found")
    return (
        select(many)
        .order_by(desc(literal_column("rank")), desc(literal_column("record")))
        .limit(bindparam("candidates", type_=Integer()))
    )


def _arm(caller: Caller, made: Tables, name: str) -> Select[Any]:
    """One object's hits by the words' index, joined with its table for the recycle bin and for access."""
    columns: list[ColumnClause[Any]] = [column(one) for one in ("record", "object", "title", "text", "words")]
    found = sql_table("_search", *columns, schema=SCHEMA).alias("s")
    row = made[name].alias("t")
    shown, text = _readable(caller, name, found, row)
    title = func.lower(shown)
    rank = case(
        (title == bindparam("sought", type_=Text()), _number(3)),
        (title.like(bindparam("begins", type_=Text())), _number(2)),
        (title.like(bindparam("holds", type_=Text())), _number(1)),
        else_=_number(0),
    ).label("rank")
    of = literal_column(f"'{name}'", Text)  # an api name: letters, digits and _
    arm = (
        select(found.c.record, of.label("object"), shown.label("title"), text.label("text"), rank)
        .select_from(found.join(row, row.c.id == found.c.record))
        .where(found.c.object == of, found.c.words.op("@@")(_asked(name)), row.c.deleted_at.is_(None))
    )
    if text is not found.c.text:  # what is found by hidden words alone must not fill the places of the others
        arm = arm.where(sql(_HOLDS_ALL, parameter("runs", "text[]"), text))
    allowed = predicate(made, caller.rights, name, "read", row)
    return arm if allowed is None else arm.where(allowed)


def _readable(
    caller: Caller, name: str, found: FromClause, row: FromClause
) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Title and text as this caller may read them. Where a searched field is hidden, the kept text, which holds all of
    them, gives way to the columns of the others that are text themselves."""
    object, rights = caller.model.objects[name], caller.rights
    fields = searched_fields(object)
    if all(rights.field(name, f.name) != "none" for f in fields):
        return found.c.title, found.c.text
    blank: ColumnElement[str] = literal_column("''", Text)
    named = rights.field(name, object.name_field) != "none"
    title: ColumnElement[str] = found.c.title if named else blank
    others = [f for f in fields if f.name != object.name_field and rights.field(name, f.name) != "none"]
    texts = [row.c[f.name] for f in others if f.type.pg_type == "text" and f.picklist is None]
    parts = [*([title] if named else []), *texts]
    return title, func.concat_ws(literal_column("E'\\n'", Text), *parts, type_=Text()) if parts else blank


def _checked(caller: Caller, rows: Sequence[tuple[Any, ...]], runs: Sequence[str], limit: int) -> list[Found]:
    """Candidates that hold every run in one piece."""
    found: list[Found] = []
    for record, object, title, document, _ in rows:
        plain = normal(document)
        if all(run in plain for run in runs):
            found.append(
                {"object": object, "id": record, "title": title, "snippet": _snippet(document, plain, title, runs)}
            )
            if len(found) == limit:
                break
    return found


def _snippet(document: str, plain: str, title: str, runs: Sequence[str]) -> str:
    """The text around the first match outside the title; "" where the title says it all."""
    start = len(title) if document.startswith(title) else 0
    places = [place for place in (plain.find(run, start) for run in runs) if place >= 0]
    if not places or len(plain) != len(document):  # normal() may change lengths: then positions mean nothing
        return document[start : start + 2 * _AROUND].strip().replace("\n", " · ")
    place = min(places)
    begin, end = max(start, place - _AROUND), place + 2 * _AROUND
    cut = document[begin:end].strip().replace("\n", " · ")
    return ("…" if begin > start else "") + cut + ("…" if end < len(document) else "")


def _asked(object: str) -> ColumnElement[Any]:
    """The question, of one object."""
    of_object = object_word(object).replace("'", "''")  # an api name holds letters, digits and _ only
    return sql(f"({{}} && CAST('{of_object}' AS tsquery))", parameter("asked", "tsquery"))


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
