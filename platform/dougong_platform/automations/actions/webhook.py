"""Webhook: calls an outgoing address, once for each record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_metadata.model.flow_types import ActionModel
from dougong_metadata.model.types import Model
from dougong_platform.automations.actions.registry import executes
from dougong_platform.automations.running import NO_RECORD, Running
from dougong_platform.webhooks import send


@executes("webhook")
def webhook(running: Running, action: ActionModel, number: int, ids: Sequence[str]) -> None:
    """What is sent: {"automation", "object", "op", "record": {id, version, fields}}."""
    name = str(action.settings["webhook"])
    event = str(action.settings.get("event") or f"automation.{running.automation.name}")
    object = running.automation.object
    fields = _fields(running.caller.model, object, action)
    values = running.ask([tuple(field.split(".")) for field in fields], ids)
    for id in ids:
        data: dict[str, Any] = {"automation": running.automation.name, "object": object, "op": running.firing.op}
        if id != NO_RECORD:
            data["record"] = dict(zip(fields, values.get(id, ()), strict=False))
        delivery = send(running.tx, running.caller.tenant, name, event, data)
        running.note(id, "webhook", webhook=name, delivery=delivery)


def _fields(model: Model, object: str | None, action: ActionModel) -> list[str]:
    """The chosen ones, else all that have a value of their own."""
    if object is None:
        return []
    chosen = action.settings.get("fields")
    if chosen:
        return ["id", "version", *(name for name in chosen if name not in ("id", "version"))]
    return ["id", "version", "owner", *(field.name for field in model.object(object).own_fields)]
