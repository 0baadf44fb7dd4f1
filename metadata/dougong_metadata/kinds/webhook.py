"""Webhooks: outgoing addresses that are told of changes, or called by automations. The secret is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import (
    Body,
    Expression,
    Flag,
    LabelText,
    ListOf,
    OneOf,
    Part,
    Reference,
    Text,
    about,
)
from dougong_metadata.kinds.base import Kind

if TYPE_CHECKING:
    from dougong_metadata.documents import Document
    from dougong_metadata.problems import Problems

OPERATIONS = {
    "created": ("Created", "新建"),
    "updated": ("Changed", "修改"),
    "deleted": ("Deleted", "删除"),
    "restored": ("Restored", "恢复"),
}


# Without a user, a password or a fragment. Whether it may be reached is decided when it is called.
ADDRESS = r"https?://[^/?#@\s\x00-\x1f\x7f]+(?:[/?][^#\s\x00-\x1f\x7f]*)?\Z"


class WebhookEventKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    on = ListOf(
        OneOf(OPERATIONS),
        4,
        minimum=1,
        required=True,
        metadata=about("On", "事件", "What happens to a record.", "记录发生的变化。"),
    )
    # `if` is a word of Python's
    if_ = Expression(
        data_key="if",
        attribute="if",
        metadata=about(
            "Only if",
            "仅当",
            "A condition on the record as it is when the call is prepared; it sees all fields.",
            "针对准备发送时记录状态的条件；可使用全部字段。",
        ),
    )
    fields = ListOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Reference("path"),
        200,
        load_default=list,
        metadata=about(
            "Fields",
            "字段",
            "What is told of the record; all that “runs as” may read when absent.",
            "发送的字段；缺省为「运行身份」可读的全部字段。",
        ),
    )


class WebhookKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    url = Text(
        2_000,
        pattern=ADDRESS,
        example="https://example.com/path",
        required=True,
        metadata=about("Address", "地址", "Where calls go, by https.", "接收请求的 https 地址。"),
    )
    active = Flag(load_default=True, metadata=about("Active", "启用"))
    events = ListOf(
        Part(WebhookEventKeys),
        100,
        unique=False,
        load_default=list,
        metadata=about(
            "Events",
            "订阅事件",
            "Changes of records that are told; none where automations alone call it.",
            "需要通知的记录变化；仅由自动化调用时可不填。",
        ),
    )
    runs_as = Text(
        metadata=about(
            "Runs as",
            "运行身份",
            "The e-mail of the user whose rights decide which records and fields are told. Without it the company "
            "tells of every record, but only the fields that are named.",
            "以该邮箱对应用户的权限决定可发送的记录与字段。缺省时以企业身份发送全部记录，但仅限列出的字段。",
        )
    )


class WebhookKind(Kind):
    name = "webhook"
    folder = "webhooks"
    label = {"en": "Webhook", "zh": "Webhook"}
    plural = {"en": "Webhooks", "zh": "Webhook"}
    help = {
        "en": "An address of another system that is called when something happens.",
        "zh": "发生事件时调用的外部系统地址。",
    }
    icon = "webhook"
    schema = WebhookKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """Nobody's rights and no choice of fields: then everything would go out."""
        if body.get("runs_as"):
            return
        for index, event in enumerate(body.get("events") or ()):
            if isinstance(event, Mapping) and not event.get("fields") and set(event.get("on") or ()) != {"deleted"}:
                problems.add(
                    document,
                    ("events", index, "fields"),
                    "fields_unsaid",
                    "Name the fields that are told, or the user whose rights count (runs_as).",
                    "请列出要发送的字段，或指定运行身份（runs_as）。",
                )
