"""Approvals: flows of nodes by which people agree to a record before something happens to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.actions import actions_key
from dougong_metadata.actions.keys import RecipientKeys
from dougong_metadata.documents import Document
from dougong_metadata.keys import (
    Body,
    Expression,
    Flag,
    LabelText,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Part,
    Reference,
    about,
)
from dougong_metadata.kinds.approval_checks import check_flow
from dougong_metadata.kinds.approval_nodes import MAX_NODES, NodeKeys
from dougong_metadata.kinds.approval_rules import SettingKeys
from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import Problems

RECALL = {
    "until_decision": ("Until the first decision", "首次审批前"),
    "any_time": ("Any time", "任何时候"),
    "never": ("Never", "不允许"),
}
MAX_NUMBER = 10**15


class SubmitKeys(Body):
    """Who submits, and when it is submitted by itself."""

    by = ListOf(
        Part(RecipientKeys, short="field"),
        50,
        1,
        unique=False,
        metadata=about(
            "Who may submit", "可提交的人", "Whoever may edit the record when absent.", "缺省为可编辑该记录的人。"
        ),
    )
    created = Flag(
        load_default=False,
        metadata=about("When created", "新建时自动提交", "Where the entry condition holds.", "满足进入条件时。"),
    )
    crosses = MapOf(
        Reference("number_field"),
        Number(-MAX_NUMBER, MAX_NUMBER, whole=False),
        1,
        metadata=about(
            "When a number is passed",
            "超过数值时自动提交",
            "Field: number. A save that takes the field above it submits.",
            "字段：数值。保存使该字段超过数值时自动提交。",
        ),
    )
    gate = Flag(
        load_default=False,
        metadata=about(
            "At a stage's gate",
            "进入阶段时自动提交",
            "When somebody tries to enter a stage that asks for it.",
            "有人尝试进入要求此审批的阶段时。",
        ),
    )


class EventKeys(Body):
    """What is done when the approval gets somewhere."""

    submitted = actions_key(metadata=about("On submission", "提交时", "In order.", "依次执行。", "actions"))
    approved = actions_key(metadata=about("On approval", "通过时", "In order.", "依次执行。", "actions"))
    rejected = actions_key(metadata=about("On rejection", "拒绝时", "In order.", "依次执行。", "actions"))
    returned = actions_key(metadata=about("On return", "退回时", "In order.", "依次执行。", "actions"))
    recalled = actions_key(metadata=about("On recall", "撤回时", "In order.", "依次执行。", "actions"))


class ApprovalKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    label = LabelText(metadata=about("Label", "标签"))
    description = LabelText(2_000, metadata=about("Description", "说明"))
    active = Flag(load_default=True, metadata=about("Active", "启用"))
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about("Record types", "记录类型", "Those it is for; all when absent.", "适用的记录类型；缺省为全部。"),
    )
    entry = Expression(
        metadata=about("Entry condition", "进入条件", "Submitted only where it holds.", "仅满足条件的记录可提交。")
    )
    submit = Part(SubmitKeys, metadata=about("Submission", "提交"))
    settings = Part(
        SettingKeys, metadata=about("Settings", "设置", "For nodes that say nothing.", "用于未自行说明的节点。")
    )
    recall = OneOf(
        RECALL, load_default="until_decision", metadata=about("Recall", "撤回", "By the submitter.", "由提交人。")
    )
    lock = Flag(
        load_default=True,
        metadata=about("Lock the record", "锁定记录", "While the approval runs.", "审批进行中。"),
    )
    open = ListOf(
        Reference("field"),
        load_default=list,
        metadata=about("Open fields", "不锁定字段", "Editable while it runs.", "审批中仍可编辑。", "field_list"),
    )
    shown = ListOf(
        Reference("field"),
        load_default=list,
        metadata=about(
            "Shown fields",
            "展示字段",
            "What approvers see; those of the page when absent.",
            "审批人看到的字段；缺省为记录页的字段。",
            "field_list",
        ),
    )
    lapses = ListOf(
        Reference("field"),
        50,
        load_default=list,
        metadata=about(
            "Lapses with",
            "变更后失效",
            "What it opened (gates of stages) is shut again when one of these is no longer what was approved.",
            "这些字段与通过时不一致时，已放行的阶段门重新关闭。",
            "field_list",
        ),
    )
    title = LabelText(
        500,
        metadata=about(
            "Title", "标题", "With {{ expression }} in it; the name when absent.", "可含 {{ 表达式 }}；缺省为名称。"
        ),
    )
    deletes = Flag(
        load_default=False,
        metadata=about(
            "Deletes the record",
            "用于删除",
            "Approved, it deletes the record; people delete records only through it.",
            "通过后删除该记录；人员只能经此审批删除记录。",
        ),
    )
    on = Part(EventKeys, metadata=about("Outcome actions", "结果动作"))
    nodes = ListOf(
        Part(lambda: NodeKeys),
        MAX_NODES,
        required=True,
        unique=False,
        metadata=about("Nodes", "节点", "From top to bottom.", "自上而下。", "nodes"),
    )


class ApprovalKind(Kind):
    name = "approval"
    folder = "approvals"
    label = {"en": "Approval", "zh": "审批流程"}
    plural = {"en": "Approvals", "zh": "审批流程"}
    help = {
        "en": "Who has to agree to a record, in which order, and what follows from it.",
        "zh": "记录须由谁、按何顺序审批，以及审批后的动作。",
    }
    icon = "clipboard-check"
    schema = ApprovalKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """The tree of nodes, as far as the document alone says whether it is right."""
        check_flow(document, body, problems)
