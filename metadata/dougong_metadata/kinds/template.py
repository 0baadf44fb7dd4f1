"""Templates: texts of notifications and e-mails that automations share, with expressions in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, LabelText, OneOf, Reference, about
from dougong_metadata.kinds.base import Kind

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems

CHANNELS = {"notification": ("Notification", "通知"), "email": ("E-mail", "邮件")}
HEADLINES = {"notification": "title", "email": "subject"}  # what a template of the channel begins with
LONGEST_TITLE, LONGEST_BODY = 500, 10_000  # characters


class TemplateKeys(Body):
    object = Reference(
        "object",
        metadata=about(
            "Object",
            "对象",
            "Whose records the expressions are about; none when absent.",
            "表达式所针对的对象；缺省为无。",
            "object",
        ),
    )
    label = LabelText(metadata=about("Label", "标签"))
    channel = OneOf(
        CHANNELS,
        load_default="notification",
        metadata=about("Channel", "渠道", "What it is written for.", "用于通知还是邮件。"),
    )
    title = LabelText(
        LONGEST_TITLE,
        metadata=about(
            "Title", "标题", "Of a notification, with {{ expression }} in it.", "通知的标题，可含 {{ 表达式 }}。"
        ),
    )
    subject = LabelText(
        LONGEST_TITLE,
        metadata=about(
            "Subject", "主题", "Of an e-mail, with {{ expression }} in it.", "邮件的主题，可含 {{ 表达式 }}。"
        ),
    )
    body = LabelText(
        LONGEST_BODY,
        metadata=about(
            "Text", "正文", "With {{ expression }} in it; lines stay lines.", "可含 {{ 表达式 }}，换行保留。"
        ),
    )


class TemplateKind(Kind):
    name = "template"
    folder = "templates"
    label = {"en": "Template", "zh": "模板"}
    plural = {"en": "Templates", "zh": "模板"}
    help = {
        "en": "The text of a notification or an e-mail, in both languages, with expressions in it.",
        "zh": "通知或邮件的双语文本，可包含表达式。",
    }
    icon = "template"
    schema = TemplateKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """A notification has a title, an e-mail a subject: one of the two, and the right one."""
        channel = body.get("channel", "notification")
        headline = HEADLINES.get(channel)
        if headline is None:
            return
        if not body.get(headline):
            problems.add(document, (), "required", f"“{headline}” is missing.", f"缺少「{headline}」。")
        for other in HEADLINES.values():
            if other != headline and body.get(other):
                word = "a notification" if channel == "notification" else "an e-mail"
                zh = CHANNELS[channel][1]
                problems.add(
                    document,
                    (other,),
                    "other_channel",
                    f"“{other}” is not used here: {word} has a “{headline}”.",
                    f"此处不使用「{other}」：{zh}使用「{headline}」。",
                )
