"""Assign: gives the record to somebody else. A blank answer leaves it where it is."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import Running


@executes("assign")
def assign(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """One write for all records."""
    object = str(running.automation.object)
    values = running.values(object, action.values, running.living(ids))
    moved = {id: given["owner"] for id, given in values.items() if given["owner"]}
    running.update(object, [{"id": id, "owner": owner} for id, owner in moved.items()])
    for id, owner in moved.items():
        running.note(id, "assign", owner=owner, before=running.seen[id].owner)
