"""Update: the record itself, the one at the end of a path of lookups, or those of a relation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import any_, bindparam, select

from dougong_metadata.expressions import Scope, compile_sql
from dougong_metadata.model.flow_types import ActionModel
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.conditions import PlainRows
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import Running
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import Statement, fragment
from dougong_platform.storage.tables import column_type, tables


@executes("update")
def update(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """One write for all records. Where two write the same one, the later record's values stand."""
    target = str(action.target)
    found = {id: [id] for id in running.living(ids)} if action.relation is None else _reached(running, action, ids)
    values = running.values(target, action.values, [id for id in ids if found.get(id)])
    rows: dict[str, Mapping[str, Any]] = {}
    for id, given in values.items():
        for one in found[id]:
            rows.pop(one, None)
            rows[one] = {"id": one, **given}
        running.note(id, "update", object=target, ids=found[id][:20], count=len(found[id]), values=given)
    running.update(target, list(rows.values()))


def _reached(running: Running, action: ActionModel, ids: Sequence[str]) -> dict[str, list[str]]:
    """The related records of each that live."""
    object, relation = str(running.automation.object), str(action.relation)
    link = Scope.of(running.caller.model, object).relations(object).get(relation)
    if relation.partition(".")[0] in running.caller.model.object(object).fields or link is None:
        found = running.ask([tuple(relation.split("."))], ids)
        ends = {id: row[0] for id, row in found.items() if row[0]}
        living = _living(running, str(action.target), list(dict.fromkeys(ends.values())))
        return {id: [end] for id, end in ends.items() if end in living}
    return _pointing(running, action, link, ids)


def _living(running: Running, object: str, ids: Sequence[str]) -> set[str]:
    caller = running.caller
    table = tables(caller.model, caller.release.catalogue)[object].alias("t")
    wanted = bindparam("env_ids", type_=column_type("uuid[]"))
    found = select(table.c.id).where(table.c.id == any_(wanted), table.c.deleted_at.is_(None))
    return {row[0] for row in _text(found).run(running.tx, caller, {"env_ids": array_text(ids)})}


def _pointing(running: Running, action: ActionModel, link: FieldModel, ids: Sequence[str]) -> dict[str, list[str]]:
    caller = running.caller
    known = tables(caller.model, caller.release.catalogue)
    table = known[link.object].alias("t")
    rows = PlainRows(known, caller.model, link.object, table)
    wanted = bindparam("env_ids", type_=column_type("uuid[]"))
    conditions = [table.c[link.name] == any_(wanted), table.c.deleted_at.is_(None)]
    if action.where is not None:
        conditions.append(compile_sql(action.where, rows, known=True))
    found = select(table.c[link.name], table.c.id).select_from(rows.source).where(*conditions).order_by(table.c.id)
    values = caller.environment | {"tenant_timezone": caller.tenant.timezone, "env_ids": array_text(ids)}
    reached: dict[str, list[str]] = {}
    for id, one in _text(found).run(running.tx, caller, values):
        reached.setdefault(id, []).append(one)
    return reached


def _text(found: Any) -> Statement:
    return Statement(fragment(found))
