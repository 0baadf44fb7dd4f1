"""Webhooks by name, with what they are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.webhook_types import WebhookEvent, WebhookModel


def compile_webhooks(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, WebhookModel]:
    """All of them, inactive ones too; an event whose condition is wrong is left out (recorded)."""
    made = {}
    for one in sorted(loaded, key=lambda found: found.name):
        if one.kind.name != "webhook":
            continue
        body = one.body
        said = body.get("description")
        events = (_event(one, index, event, expressions) for index, event in enumerate(body.get("events") or ()))
        made[one.name] = WebhookModel(
            one.name,
            Label.of(body.get("label"), one.name),
            body.get("url", ""),
            body.get("active", True),
            Label.of(said, one.name) if said else None,
            tuple(event for event in events if event is not None),
            body.get("runs_as"),
        )
    return made


def _event(one: Loaded, index: int, said: Mapping[str, Any], expressions: ExpressionCheck) -> WebhookEvent | None:
    of, text = said.get("object"), said.get("if")
    if not of:
        return None
    condition = expressions.condition(one, ("events", index, "if"), text, of)
    if text and condition is None:
        return None
    return WebhookEvent(of, frozenset(said.get("on") or ()), condition, tuple(said.get("fields") or ()))
