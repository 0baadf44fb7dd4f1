"""Create: one record for each record that set the automation off."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import Running, somebody


@executes("create")
def create(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """One write for all records. Without an owner the new ones belong to whoever caused it, else to the record's."""
    target = str(action.target)
    values = running.values(target, action.values, ids)
    rows = []
    for id, given in values.items():
        owner = given.get("owner") or running.caller.user or running.seen[id].owner or somebody(running.tx)
        rows.append({**given, "owner": owner})
    for id, made, row in zip(values, running.create(target, rows), rows, strict=True):
        running.note(id, "create", object=target, ids=[made], count=1, values=row)
