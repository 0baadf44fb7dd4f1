"""Submit: hands the record in for an approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.keys import Body, LabelText, Name, Part, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class SubmitKeys(Body):
    approval = Name(
        required=True, metadata=about("Approval", "审批流程", "Its document's name.", "其文档名称。", "approval")
    )
    note = LabelText(2_000, metadata=about("Note", "说明", "With {{ expression }} in it.", "可含 {{ 表达式 }}。"))


class SubmitAction(Action):
    name = "submit"
    label = {"en": "Submit for approval", "zh": "提交审批"}
    help = {
        "en": "Starts the approval of the record, after the commit; not while one of that flow is running.",
        "zh": "提交后为该记录发起审批；同一流程的审批进行中时不再发起。",
    }
    icon = "clipboard-check"
    about_living = True

    def key(self) -> fields.Field[Any]:
        return Part(SubmitKeys, short="approval", metadata=about("Submit", "提交审批"))

    def compile(self, step: Step) -> ActionModel:
        step.about_same(("approval",), "approval", step.said.get("approval"))
        note = step.checks.text(step.one, (*step.path, "note"), step.said.get("note"), step.object)
        return step.made(self.name, texts={} if note is None else {"note": note}, settings=step.kept("approval"))
