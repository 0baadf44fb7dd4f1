"""E-mail: sends a letter to people and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import recipients_key
from dougong_metadata.keys import Body, LabelText, Name, Part, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class EmailKeys(Body):
    to = recipients_key()
    template = Name(
        metadata=about("Template", "模板", "Instead of a subject and a body.", "代替主题和正文。", "template")
    )
    subject = LabelText(500, metadata=about("Subject", "主题", "With {{ expression }} in it.", "可含 {{ 表达式 }}。"))
    body = LabelText(10_000, metadata=about("Text", "正文", "With {{ expression }} in it.", "可含 {{ 表达式 }}。"))


class EmailAction(Action):
    name = "email"
    label = {"en": "Send an e-mail", "zh": "发送邮件"}
    help = {"en": "To people of the company, and to addresses.", "zh": "发给企业人员或邮箱地址。"}
    icon = "mail"
    about_record = False

    def key(self) -> fields.Field[Any]:
        return Part(EmailKeys, metadata=about("E-mail", "邮件"))

    def compile(self, step: Step) -> ActionModel:
        return step.made(
            self.name,
            recipients=step.recipients(("to",), step.said.get("to", ()), addresses=True),
            texts=step.texts("subject", "body"),
            settings=step.kept("template"),
        )
