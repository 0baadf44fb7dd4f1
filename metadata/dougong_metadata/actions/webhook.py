"""Webhook: calls an outgoing address with the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.keys import Body, ListOf, Name, Part, Reference, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class WebhookKeys(Body):
    webhook = Name(
        required=True, metadata=about("Webhook", "Webhook", "Its document's name.", "其文档名称。", "webhook")
    )
    event = Text(
        100,
        r"[a-z][a-z0-9_.]*\Z",
        "book.printed",
        metadata=about("Event", "事件", "What the call says happened.", "请求中的事件名称。"),
    )
    fields = ListOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Reference("path"),
        200,
        metadata=about(
            "Fields",
            "字段",
            "Fields and paths that are sent; all own ones when absent.",
            "发送的字段与路径；缺省为全部。",
        ),
    )


class WebhookAction(Action):
    name = "webhook"
    label = {"en": "Call a webhook", "zh": "调用 Webhook"}
    help = {
        "en": "Sends the record to an outgoing address, signed, and again until it is taken.",
        "zh": "将记录签名后发送到外部地址，失败会重试。",
    }
    icon = "webhook"
    about_record = False

    def key(self) -> fields.Field[Any]:
        return Part(WebhookKeys, short="webhook", metadata=about("Webhook", "Webhook"))

    def compile(self, step: Step) -> ActionModel:
        step.named(("webhook",), "webhook", step.said.get("webhook"))
        return step.made(self.name, settings=step.kept("webhook", "event", "fields"))
