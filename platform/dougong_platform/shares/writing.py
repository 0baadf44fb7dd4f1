"""Writes shares: the rows, an entry in each record's history and one in the audit log, in one transaction.

A share leaves its record's version as it is. What it was and became stands in history under a key that no field has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access.share_entries import KEY
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import Writing
from dougong_platform.shares.noting import note_moves
from dougong_platform.shares.storing import Move
from dougong_tenants.connection import json_parameter

_STORE = """
with given as (
  select * from jsonb_to_recordset(%(moves)s::jsonb) as m (record uuid, version integer, before jsonb, "after" jsonb)),
gone as (delete from _share s using given m where m."after" is null and s.id = (m.before ->> 'id')::uuid),
kept as (
  insert into _share (id, object, record, subject, access, role, relations, expires_at, note, created_at, created_by)
  select (a ->> 'id')::uuid, %(object)s, m.record, (a ->> 'subject')::uuid, a ->> 'access', a ->> 'role',
         array(select jsonb_array_elements_text(a -> 'relations')), (a ->> 'expires_at')::timestamptz, a ->> 'note',
         coalesce((a ->> 'created_at')::timestamptz, now()), (a ->> 'created_by')::uuid
    from given m cross join lateral (select m."after") as x (a) where m."after" is not null
  on conflict (id) do update set access = excluded.access, role = excluded.role, relations = excluded.relations,
    expires_at = excluded.expires_at, note = excluded.note, created_at = excluded.created_at,
    created_by = excluded.created_by, ended = false)
insert into _history (object, record, version, actor, cause, cause_ref, op, changes)
select %(object)s, m.record, m.version, %(actor)s::uuid, %(cause)s, %(ref)s,
       case when m."after" is null then 'unshare' else 'share' end,
       jsonb_build_object(%(key)s::text, jsonb_build_array(m.before, m."after"))
  from given m
"""


def store(
    writing: Writing, object: ObjectModel, moves: Sequence[Move], ref: str, names: Mapping[str, str | None]
) -> None:
    """Write what changes, each with entries in history (under `ref`) and audit; `names`: of the records, by id.

    A share made at the same time by somebody else is a lost race, which repeats the action.
    """
    if not moves:
        return
    caller: Caller = writing.caller
    given = [
        {
            "record": move.record,
            "version": move.version,
            "before": move.before and move.before.json(),
            "after": move.after and move.after.json(),
        }
        for move in moves
    ]
    writing.tx.execute(
        _STORE,
        {
            "moves": json_parameter(given),
            "object": object.name,
            "actor": caller.user,
            "cause": caller.cause,
            "ref": ref,
            "key": KEY,
        },
    )
    note_moves(writing, object, moves, names)
