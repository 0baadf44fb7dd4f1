"""Notify: the inbox, and whatever else each receiver prefers."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.model.flow_types import ActionModel
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.recipients import resolve
from dougong_platform.automations.running import NO_RECORD, Running
from dougong_platform.notifications import notify as tell
from dougong_platform.texts import Side, render


@executes("notify")
def notify(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """Nobody is told twice by one action of one run about one record."""
    told = resolve(running, action.recipients, ids)
    texts = rendered(running, action, ids)
    for place, id in enumerate(ids):
        users = list(told[id].users)
        if not users:
            running.note(id, "notify", users=[])
            continue
        tell(
            running.tx,
            tenant=running.caller.tenant,
            users=users,
            title=texts["title"][place],
            body=texts["body"][place] if "body" in texts else None,
            object=running.automation.object,
            record=None if id == NO_RECORD else id,
            actor=running.firing.actor,
            topic="automation",
            key=f"{running.batch}:{number}:{id}",
        )
        running.note(id, "notify", users=users)


def rendered(running: Running, action: ActionModel, ids: Sequence[str]) -> dict[str, list[dict[str, Side]]]:
    """The action's texts by key, for each record in order."""
    object = running.automation.object
    versions = running.versions(ids) if object is not None else None
    return {
        key: render(running.caller, text, object, ids, running.tx, versions=versions, op=running.firing.op)
        for key, text in action.texts.items()
    }
