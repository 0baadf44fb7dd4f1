"""Automations: what happens by itself when records are saved or deleted, a date comes, the clock strikes, a call comes
in or an approval has an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError

from dougong_metadata.actions import actions_key
from dougong_metadata.documents import Document
from dougong_metadata.keys import (
    Body,
    Expression,
    Flag,
    LabelText,
    ListOf,
    MapOf,
    Name,
    Number,
    OneOf,
    Part,
    Reference,
    Text,
    about,
)
from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import Problems

MAX_DAYS = 3_650
EVENTS = {
    "saved": ("Created or updated", "新建或更新"),
    "created": ("Created", "新建"),
    "updated": ("Updated", "更新"),
    "deleted": ("Deleted", "删除"),
}
OUTCOMES = {
    "approved": ("Approved", "通过"),
    "rejected": ("Rejected", "拒绝"),
    "returned": ("Returned", "退回"),
    "recalled": ("Recalled", "撤回"),
    "submitted": ("Submitted", "提交"),
}
TRIGGERS = ("event", "saved", "updated", "date", "cron", "incoming", "approval")  # keys of `on`: one is given
_ONLY_WITH = {
    "days": "date",
    "time": "date",
    "map": "incoming",
    "key": "incoming",
    "signed": "incoming",
    "outcome": "approval",
}


class TriggerKeys(Body):
    """When it looks. A text alone is an event."""

    event = OneOf(EVENTS, metadata=about("Event", "事件", "Of a record.", "记录的事件。"))
    saved = ListOf(
        Reference("field"),
        100,
        1,
        metadata=about(
            "Saved with", "保存时变更", "Created, or one of these changed.", "新建，或其中字段有变更。", "field_list"
        ),
    )
    updated = ListOf(
        Reference("field"),
        100,
        1,
        metadata=about("Updated", "更新字段", "One of these changed.", "其中字段有变更。", "field_list"),
    )
    date = Reference(
        "field",
        metadata=about("Date", "日期字段", "A date, or date and time, that comes.", "到期的日期字段。", "field"),
    )
    days = Number(
        -MAX_DAYS,
        MAX_DAYS,
        metadata=about("Days after", "之后天数", "Negative: before the date.", "负数表示提前。"),
    )
    time = Text(
        5,
        r"(?:[01][0-9]|2[0-3]):[0-5][0-9]\Z",
        "09:00",
        metadata=about(
            "Time of day", "时刻", "In the tenant's time zone; 09:00 when absent.", "企业时区；缺省 09:00。"
        ),
    )
    cron = Text(
        100,
        metadata=about(
            "Cron",
            "Cron",
            "Minute, hour, day, month, weekday, in the tenant's time zone.",
            "分 时 日 月 周，按企业时区。",
        ),
    )
    incoming = Flag(metadata=about("Incoming call", "外部调用", "It has its own address.", "有自己的接收地址。"))
    map = MapOf(
        Reference("field"),
        Text(200, r"[^.\s]+(?:\.[^.\s]+)*\Z", "book.title"),
        200,
        metadata=about(
            "Fields from the body",
            "字段取值",
            "Field: where its value stands in the JSON body.",
            "字段：其值在 JSON 正文中的位置。",
        ),
    )
    key = Reference(
        "field",
        metadata=about(
            "Key",
            "匹配字段",
            "A unique field by which the record is found; a new record for each call when absent.",
            "用于查找记录的唯一字段；缺省为每次新建。",
            "field",
        ),
    )
    signed = Flag(
        metadata=about("Signed", "签名", "Calls have to carry an HMAC of their body.", "调用须带正文的 HMAC 签名。")
    )
    approval = Name(
        metadata=about("Approval", "审批流程", "A flow that comes to an outcome.", "有结果的审批流程。", "approval")
    )
    outcome = OneOf(OUTCOMES, metadata=about("Outcome", "结果", "Approved when absent.", "缺省为通过。"))


class TriggerPart(Part):
    """TriggerKeys, or the name of an event."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str) and value not in EVENTS:
            raise ValidationError("unknown_event:" + ",".join(EVENTS))
        return super()._deserialize(value, attr, data, partial=partial, **kwargs)


class _PlainKeys(Body):
    object = Reference("object", metadata=about("Object", "对象", widget="object"))
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    active = Flag(load_default=True, metadata=about("Active", "启用"))
    position = Number(
        -100_000, 100_000, load_default=0, metadata=about("Position", "顺序", "Lower ones run first.", "小的先执行。")
    )
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about("Record types", "记录类型", "Those it is for; all when absent.", "适用的记录类型；缺省为全部。"),
    )


# `if` is a word of Python's, so these three are not written as attributes.
AutomationKeys = _PlainKeys.from_dict(
    {
        "on": TriggerPart(TriggerKeys, short="event", required=True, metadata=about("When", "触发", widget="trigger")),
        "if": Expression(
            metadata=about(
                "If",
                "条件",
                "A condition on the record; prior() and changed() tell what the save did.",
                "记录的条件表达式；prior() 与 changed() 可用于比较保存前后。",
            )
        ),
        "do": actions_key(required=True, metadata=about("Do", "动作", "In order.", "依次执行。", "actions")),
    },
    name="AutomationKeys",
)


class AutomationKind(Kind):
    name = "automation"
    folder = "automations"
    label = {"en": "Automation", "zh": "自动化"}
    plural = {"en": "Automations", "zh": "自动化"}
    help = {
        "en": "What happens by itself when records change, dates come, or a call comes in.",
        "zh": "记录变化、日期到来或收到外部调用时自动执行的动作。",
    }
    icon = "bolt"
    schema = cast("type[Body]", AutomationKeys)  # what from_dict gives is one

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """One trigger, with its own keys alone, and something to do."""
        on = body.get("on")
        if isinstance(on, Mapping):
            self._check_trigger(document, on, problems)
        if body.get("do") == [] and not (isinstance(on, Mapping) and on.get("map")):
            problems.add(document, ("do",), "nothing_to_do", "Name an action.", "请指定动作。")

    def _check_trigger(self, document: Document, on: Mapping[str, Any], problems: Problems) -> None:
        raw = document.body.get("on")
        mentioned = set(raw) if isinstance(raw, Mapping) else set(on)
        given = [key for key in TRIGGERS if key in mentioned]
        if len(given) != 1 or on.get("incoming") is False:
            problems.add(
                document,
                ("on",),
                "one_trigger",
                "An automation has one trigger: saved, created, updated or deleted, or one of {saved: [fields]}, "
                "{updated: [fields]}, {date: field}, {cron: …}, {incoming: true}, {approval: flow}.",
                "自动化须有且仅有一个触发：saved、created、updated、deleted，或 {saved: [字段]}、{updated: [字段]}、"
                "{date: 字段}、{cron: …}、{incoming: true}、{approval: 流程} 之一。",
            )
        for key, goes_with in _ONLY_WITH.items():
            if key in mentioned and goes_with not in given:
                problems.add(
                    document,
                    ("on", key),
                    "not_with_trigger",
                    f"“{key}” goes with “{goes_with}”.",
                    f"「{key}」须与「{goes_with}」一起使用。",
                )
