"""Create: one record for each record that set the automation off."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import Running


@executes("create")
def create(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """One write for all records. Without an owner the new ones belong to whoever caused it, else to the record's."""
    target = str(action.target)
    values = running.values(target, action.values, ids)
    rows = []
    for id, given in values.items():
        owner = given.get("owner") or running.caller.user or running.seen[id].owner or _somebody(running)
        rows.append({**given, "owner": owner})
    for id, made, row in zip(values, running.create(target, rows), rows, strict=True):
        running.note(id, "create", object=target, ids=[made], count=1, values=row)


def _somebody(running: Running) -> str | None:
    """Whose a record is that nobody caused and that comes from none: the administrator who has been there longest."""
    rows = running.tx.rows(
        'select u.id from "user" u join user_permission_set s on s."user" = u.id'
        " where s.permission_set = 'administrator' and u.active and u.deleted_at is null order by u.created_at, u.id"
        " limit 1"
    )
    return str(rows[0][0]) if rows else None
