"""Pipelines: the stages that an object's records go through, the moves between them, and what each stage asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.actions import actions_key
from dougong_metadata.documents import Document
from dougong_metadata.keys import (
    COLOURS,
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

MAX_STAGES = 100
OUTCOMES = {"open": ("Open", "进行中"), "won": ("Won", "成功"), "lost": ("Lost", "失败")}
FORECASTS = {
    "omitted": ("Omitted", "不计入"),
    "pipeline": ("Pipeline", "一般"),
    "best_case": ("Best case", "乐观"),
    "commit": ("Commit", "承诺"),
    "closed": ("Closed", "已结束"),
}


class ChecklistItemKeys(Body):
    """One item."""

    label = LabelText(metadata=about("Label", "标签"))
    required = Flag(
        load_default=True,
        metadata=about(
            "Required", "必须完成", "The stage is entered only once it is ticked.", "勾选后才能进入该阶段。"
        ),
    )


class StageKeys(Body):
    """One stage. What its gate asks for has to hold when a record enters it, or passes over it."""

    outcome = OneOf(
        OUTCOMES,
        load_default="open",
        metadata=about("Outcome", "结果", "Won and lost stages end the pipeline.", "成功与失败为结束阶段。"),
    )
    probability = Number(
        0,
        100,
        metadata=about(
            "Probability",
            "成功率",
            "In per cent; 100 for won and 0 for lost when absent.",
            "百分比；缺省时成功 100、失败 0。",
        ),
    )
    forecast = OneOf(
        FORECASTS,
        metadata=about(
            "Forecast",
            "预测类别",
            "Pipeline for open, closed for won, omitted for lost when absent.",
            "缺省时进行中为一般、成功为已结束、失败为不计入。",
        ),
    )
    colour = Text(
        10,
        rf"(?:{'|'.join(COLOURS)})\Z",
        ", ".join(COLOURS),
        metadata=about("Colour", "颜色", "The value's own when absent.", "缺省为选项自身的颜色。", "colour"),
    )
    stall_days = Number(
        1,
        3_650,
        metadata=about("Stalls after days", "停滞天数", "Marked as stalled after this.", "超过后标记为停滞。"),
    )
    limit = Number(
        1,
        10_000,
        metadata=about("Limit of cards", "卡片上限", "A fuller lane is marked on the board.", "看板列超过时提示。"),
    )
    guidance = LabelText(
        4_000, metadata=about("Guidance", "阶段指引", "Shown while a record is here.", "记录处于此阶段时显示。")
    )
    required = ListOf(
        Reference("field"),
        50,
        load_default=list,
        metadata=about("Required fields", "必填字段", "Filled in on entering.", "进入该阶段时须已填写。", "field_list"),
    )
    checklist = MapOf(
        Name(),
        Part(ChecklistItemKeys),
        50,
        load_default=dict,
        metadata=about("Checklist", "检查清单", "Ticked on each record.", "在每条记录上逐项勾选。"),
    )
    must = Expression(
        metadata=about("Must hold", "必须成立", "A condition on entering.", "进入该阶段须满足的条件表达式。")
    )
    message = LabelText(500, metadata=about("Message", "提示", "Shown when it does not hold.", "条件不成立时显示。"))
    to = ListOf(
        Text(100),
        MAX_STAGES,
        metadata=about(
            "May go to",
            "可转至",
            "Stages; as the pipeline says when absent.",
            "可转入的阶段；缺省按流程的规则。",
        ),
    )
    reason = Reference(
        "field",
        metadata=about("Reason", "原因字段", "A field asked for on entering.", "进入该阶段时要求填写的字段。", "field"),
    )
    on_enter = actions_key(
        load_default=list,
        metadata=about(
            "On entering", "进入时", "What is done when a record enters.", "记录进入该阶段时执行的动作。", "actions"
        ),
    )
    on_exit = actions_key(
        load_default=list,
        metadata=about(
            "On leaving", "离开时", "What is done when a record leaves.", "记录离开该阶段时执行的动作。", "actions"
        ),
    )
    approval = Name(metadata=about("Approval", "审批", "The approval that opens the gate.", "须通过的审批流程的名称。"))


class PipelineKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    field = Reference(
        "picklist_field",
        required=True,
        metadata=about("Field", "阶段字段", "A picklist whose values are the stages.", "其选项即各阶段。", "field"),
    )
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about(
            "Record types",
            "记录类型",
            "Those it is for; when absent all that no other pipeline of the field names.",
            "适用的记录类型；缺省为该字段其他流程未指定的全部类型。",
        ),
    )
    back = Flag(load_default=True, metadata=about("May go back", "允许回退"))
    skip = Flag(load_default=False, metadata=about("May pass over stages", "允许跳过阶段"))
    reopen = Flag(
        load_default=False, metadata=about("May reopen", "允许重新打开", "Leave a closed stage.", "离开已结束的阶段。")
    )
    since = Reference(
        "field",
        metadata=about(
            "In stage since",
            "阶段开始时间",
            "A date-and-time field that is set when the stage changes.",
            "阶段变化时自动写入的日期时间字段。",
            "field",
        ),
    )
    stages = MapOf(
        Text(100),
        Part(StageKeys),
        MAX_STAGES,
        required=True,
        metadata=about("Stages", "阶段", "Values of the field, in order.", "字段的选项，按顺序。", "stages"),
    )


class PipelineKind(Kind):
    name = "pipeline"
    folder = "pipelines"
    label = {"en": "Pipeline", "zh": "阶段流程"}
    plural = {"en": "Pipelines", "zh": "阶段流程"}
    help = {
        "en": "The stages that records go through, the moves between them, and what each asks for.",
        "zh": "记录经过的阶段、阶段间的流转，以及各阶段的要求。",
    }
    icon = "arrow-guide"
    schema = PipelineKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """`to` names stages, somewhere is a stage to be in, and a message has its condition."""
        mentioned = document.body.get("stages")
        known = mentioned if isinstance(mentioned, Mapping) else {}
        stages: Mapping[str, Any] = body.get("stages", {})
        for value, stage in stages.items():
            for index, target in enumerate(stage.get("to") or ()):
                if target not in known:
                    path = ("stages", value, "to", index)
                    problems.unknown(document, path, target, "a stage of this pipeline", "阶段", known)
            if "message" in stage and "must" not in known[value]:
                problems.add(
                    document,
                    ("stages", value, "message"),
                    "message_alone",
                    "A message goes with `must`, the condition that it explains.",
                    "提示须与条件 `must` 一起使用。",
                )
        if len(stages) == len(known) and not any(stage.get("outcome", "open") == "open" for stage in stages.values()):
            problems.add(
                document,
                ("stages",),
                "no_open_stage",
                "A pipeline has at least one open stage.",
                "阶段流程至少要有一个进行中的阶段。",
            )
