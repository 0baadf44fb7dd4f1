"""Which records a hand-over takes, as SQL: counted by the preview, written down by the start.

Whoever looks after people hands over all records of somebody, seen or unseen; what he picks by a filter or by ids is
picked from what he may read himself, so that a count tells him nothing that a list would not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Uuid, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from dougong_metadata.expressions import compile_sql
from dougong_platform.access import predicate
from dougong_platform.hand_overs.plan import Choice, owned_objects
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import parse_filter
from dougong_platform.query.rows import ReadRows
from dougong_platform.records.statement import quoted
from dougong_platform.storage import compile_statement, tables
from dougong_platform.storage.statements import place
from dougong_tenants import TenantTransaction

_ID = Uuid(as_uuid=False)
BATCH = 1_000  # records of one transaction


def owned(caller: Caller, tx: TenantTransaction, user: str) -> dict[str, tuple[int, int]]:
    """{object: (live records, records in the recycle bin)} of which the user is the owner; objects without any left
    out."""
    names, objects = caller.release.catalogue, owned_objects(caller)
    arms = [
        f"select {number} as n, count(*) filter (where deleted_at is null) as live,"
        f' count(*) filter (where deleted_at is not null) as gone from "§".{quoted(names.table(object))}'
        f" where {quoted(names.column(object, 'owner'))} = %(hand_from)s::uuid"
        for number, object in enumerate(objects)
    ]
    if not arms:
        return {}
    sql = f"select n, live, gone from ({' union all '.join(arms)}) counted where live + gone > 0 order by n"
    rows = tx.rows(place(sql, caller.tenant.schema, caller.release.number), {"hand_from": user})
    return {objects[n]: (live, gone) for n, live, gone in rows}


def chosen(caller: Caller, tx: TenantTransaction, user: str, object: str, choice: Choice) -> int:
    """How many live records of the user the choice takes."""
    text, params = _selected(caller, object, choice)
    return int(tx.rows(f"select count(*) from ({text}) chosen", {**params, "hand_from": user})[0][0])


def write_down(
    caller: Caller,
    tx: TenantTransaction,
    identifier: str,
    user: str,
    object: str,
    choice: Choice,
    receivers: tuple[str, ...],
    number: int,
    place: int,
) -> int:
    """Store the ids in batches from `number` on, the first record being the one at `place`; how many there are."""
    text, params = _selected(caller, object, choice)
    rows = tx.rows(
        "insert into _hand_over_batch (hand_over, number, object, records, receivers, place)"
        " select %(hand_over)s::uuid, %(number)s + n / %(batch)s, %(object)s, array_agg(id order by id),"
        " %(receivers)s::uuid[], %(place)s + min(n)"
        f" from (select id, (row_number() over (order by id) - 1)::int as n from ({text}) chosen) numbered"
        " group by n / %(batch)s returning cardinality(records)",
        {
            **params,
            "hand_from": user,
            "hand_over": identifier,
            "number": number,
            "place": place,
            "batch": BATCH,
            "object": object,
            "receivers": "{" + ",".join(receivers) + "}",
        },
    )
    return sum(row[0] for row in rows)


def _selected(caller: Caller, object: str, choice: Choice) -> tuple[str, Mapping[str, Any]]:
    statement, params = _select(caller, object, choice)
    compiled = compile_statement(statement)
    text = compiled.for_tenant(caller.tenant.schema, caller.release.number)
    return text, {**compiled.params, **params}


def _select(caller: Caller, object: str, choice: Choice) -> tuple[Select[Any], dict[str, Any]]:
    known = tables(caller.model, caller.release.catalogue)
    rows = ReadRows(known, caller.rights, object)
    row = rows.base
    conditions = [row.c.deleted_at.is_(None), row.c.owner == bindparam("hand_from", type_=_ID)]
    params: dict[str, Any] = caller.environment
    if choice.filter is not None or choice.ids is not None:
        allowed = predicate(known, caller.rights, object, "read", row)
        if allowed is not None:
            conditions.append(allowed)
    filter = parse_filter(caller.rights, object, choice.filter)
    if filter is not None:
        params.update(filter.params)
        conditions.append(compile_sql(filter.shape, rows))
    if choice.ids is not None:
        params["hand_ids"] = "{" + ",".join(choice.ids) + "}"
        conditions.append(row.c.id == any_(cast(bindparam("hand_ids"), ARRAY(_ID))))
    return select(row.c.id.label("id")).select_from(rows.source).where(*conditions), params
