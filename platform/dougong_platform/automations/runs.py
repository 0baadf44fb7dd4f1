"""The log of runs: written in the transaction of what was done, read by the API, the builder and record pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dougong_platform.automations.firing import Firing
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction, new_id
from dougong_tenants.connection import json_parameter

STATES = ("done", "failed", "cut", "skipped")
LONGEST_TEXT = 500  # characters of a value that is kept


@dataclass(frozen=True, slots=True)
class Log:
    """What all runs of a batch have in common; `duration` in milliseconds."""

    firing: Firing
    batch: str
    release: int
    attempts: int
    duration: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One record's run. `saw`: {"values": {path: value}, "changes": {field: [old, new]}, "given": what a call brought};
    `did`: a list of {"action", …} in order; `error`: {"code", "en", "zh"[, "errors"]}."""

    state: str
    label: str | None = None
    version: int | None = None
    saw: Mapping[str, Any] = field(default_factory=dict)
    did: list[dict[str, Any]] = field(default_factory=list)
    error: Mapping[str, Any] | None = None
    decided: bool = True


_NOTE = """
insert into _automation_run (id, batch, parent, automation, release, object, record, version, label, due, trigger,
  actor, chain, saw, decided, did, state, error, attempts, duration, repeats)
select r.id, %(batch)s::uuid, %(parent)s::uuid, %(automation)s, %(release)s, %(object)s, r.record, r.version, r.label,
  %(due)s::timestamptz, %(trigger)s, %(actor)s::uuid, %(chain)s::text[], r.saw, r.decided, r.did, r.state, r.error,
  %(attempts)s, %(duration)s, %(repeats)s::uuid
  from jsonb_to_recordset(%(rows)s::jsonb) as r (id uuid, record uuid, version integer, label text, saw jsonb,
    decided boolean, did jsonb, state text, error jsonb)
"""
_CHANGES = """
select h.record, h.changes from unnest(%(ids)s::uuid[], %(versions)s::integer[]) v (id, version)
  join _history h on h.record = v.id and h.version = v.version and h.object = %(object)s
   and h.op in ('create', 'update', 'delete')
"""


def note(tx: TenantTransaction, log: Log, kept: Mapping[str, Kept]) -> dict[str, str]:
    """Write the runs; their ids by record."""
    firing = log.firing
    ids = {id: log.batch if len(kept) == 1 else new_id() for id in kept}
    rows = [
        {
            "id": ids[id],
            "record": id or None,
            "version": one.version,
            "label": (one.label or "")[:LONGEST_TEXT] or None,
            "saw": {key: value if key == "given" else _short(value) for key, value in one.saw.items()},
            "decided": one.decided,
            "did": _short(one.did),
            "state": one.state,
            "error": one.error,
        }
        for id, one in kept.items()
    ]
    tx.execute(
        _NOTE,
        {
            "batch": log.batch,
            "parent": firing.parent,
            "automation": firing.automation,
            "release": log.release,
            "object": firing.object,
            "due": firing.due,
            "trigger": firing.op,
            "actor": firing.actor,
            "chain": array_text(firing.chain),
            "attempts": log.attempts,
            "duration": log.duration,
            "repeats": firing.repeats,
            "rows": json_parameter(rows),
        },
    )
    if firing.repeats is not None:
        tx.execute(
            "update _automation_run set repeated = %(run)s::uuid where id = %(id)s::uuid",
            {"run": next(iter(ids.values())), "id": firing.repeats},
        )
    return ids


def changes(tx: TenantTransaction, object: str, versions: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """What the saves that wrote these versions changed, by record: {field: [old, new]}."""
    values = {
        "ids": array_text(list(versions)),
        "versions": array_text([str(version) for version in versions.values()]),
        "object": object,
    }
    return dict(tx.rows(_CHANGES, values))


def _short(value: Any) -> Any:
    """The value with long texts cut: a log is no second store."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
    if isinstance(value, Mapping):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_short(one) for one in value]
    return value
