"""Notify: tells people in the product, and over the channels that they prefer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import recipients_key
from dougong_metadata.keys import Body, LabelText, Name, Part, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class NotifyKeys(Body):
    to = recipients_key()
    template = Name(
        metadata=about("Template", "模板", "Instead of a title and a body.", "代替标题和正文。", "template")
    )
    title = LabelText(500, metadata=about("Title", "标题", "With {{ expression }} in it.", "可含 {{ 表达式 }}。"))
    body = LabelText(10_000, metadata=about("Text", "正文", "With {{ expression }} in it.", "可含 {{ 表达式 }}。"))


class NotifyAction(Action):
    name = "notify"
    label = {"en": "Notify people", "zh": "发送通知"}
    help = {
        "en": "In the inbox, and over the channels that each of them prefers.",
        "zh": "发送到收件箱，以及各人选择的渠道。",
    }
    icon = "bell"
    about_record = False

    def key(self) -> fields.Field[Any]:
        return Part(NotifyKeys, metadata=about("Notify", "通知"))

    def compile(self, step: Step) -> ActionModel:
        return step.made(
            self.name,
            recipients=step.recipients(("to",), step.said.get("to", ()), addresses=False),
            texts=step.texts("title", "body"),
            settings=step.kept("template"),
        )
