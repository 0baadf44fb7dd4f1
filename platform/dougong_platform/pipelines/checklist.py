"""Checklists of stages: items ticked per record, with an entry in the record's history. Called by the record page and
the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.pipelines.serving import serving
from dougong_platform.query import get
from dougong_platform.query.allowed import allowed_actions
from dougong_platform.records.history.ticks import KEY, OPS

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import ChecklistItem, PipelineModel
    from dougong_platform.http.caller import Caller

_TICKED = """
select k.stage, k.item, k.ticked_at, k.ticked_by, u.name from _checklist k left join "user" u on u.id = k.ticked_by
 where k.record = %(record)s::uuid and k.object = %(object)s and k.pipeline = %(pipeline)s
"""
_TICK = """
insert into _checklist (object, record, pipeline, stage, item, ticked_by)
values (%(object)s, %(record)s::uuid, %(pipeline)s, %(stage)s, %(item)s, %(actor)s::uuid)
    on conflict do nothing returning 1
"""
_UNTICK = """
delete from _checklist where record = %(record)s::uuid and pipeline = %(pipeline)s and stage = %(stage)s
   and item = %(item)s returning 1
"""
_NOTE = """
insert into _history (object, record, version, actor, cause, cause_ref, op, changes)
values (%(object)s, %(record)s::uuid, %(version)s, %(actor)s::uuid, %(cause)s, %(cause_ref)s, %(op)s,
        %(changes)s::jsonb)
"""


@dataclass(frozen=True, slots=True)
class Tick:
    """Who ticked an item and when (an ISO moment); `name` is the person's, None where he is gone."""

    at: str
    by: str | None
    name: str | None


def ticks(caller: Caller, object: str, record: str, pipeline: PipelineModel) -> dict[tuple[str, str], Tick]:
    """By (stage, item), for a record that the caller is known to see."""
    entry, rows = caller.database.read(
        caller.tenant, _TICKED, {"record": record, "object": object, "pipeline": pipeline.name}
    )
    caller.verify(entry)
    return {(row[0], row[1]): Tick(*row[2:]) for row in rows}


def tick(caller: Caller, object: str, record: str, stage: str, item: str, *, ticked: bool = True) -> bool:
    """Tick an item of a stage of the record's pipeline, or take the tick back; whether that changed anything.

    Whoever may update the record and edit the stage's field may do so. Raises NotFound, NotAllowed.
    """
    found = get(caller, object, record, ["id", "version", *_type_field(caller, object)])
    pipeline, _ = _item(caller, object, found.get("record_type"), stage, item)
    may = caller.rights.field(object, pipeline.field) == "edit"
    if not may or "update" not in allowed_actions(caller, object, record):
        raise NotAllowed
    said = {"pipeline": pipeline.name, "field": pipeline.field, "stage": stage, "item": item}
    given = {
        **said,
        "object": object,
        "record": found["id"],
        "version": found["version"],
        "actor": caller.user,
        "cause": caller.cause,
        "cause_ref": caller.cause_ref,
        "op": OPS[0] if ticked else OPS[1],
        "changes": orjson.dumps({KEY: said}).decode(),
    }
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        changed = bool(tx.rows(_TICK if ticked else _UNTICK, given))
        if changed and caller.model.objects[object].history:
            tx.execute(_NOTE, given)
    return changed


def _item(
    caller: Caller, object: str, record_type: str | None, stage: str, item: str
) -> tuple[PipelineModel, ChecklistItem]:
    fields = dict.fromkeys(p.field for p in caller.model.objects[object].pipelines)
    for field in fields:
        pipeline = serving(caller, object, record_type, field)
        known = pipeline.stages.get(stage) if pipeline is not None else None
        found = next((one for one in known.checklist if one.name == item), None) if known is not None else None
        if pipeline is not None and found is not None:
            return pipeline, found
    raise NotFound


def _type_field(caller: Caller, object: str) -> tuple[str, ...]:
    return ("record_type",) if caller.rights.field(object, "record_type") != "none" else ()
