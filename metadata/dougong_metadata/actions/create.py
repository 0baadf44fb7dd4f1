"""Create: makes a record of some object from the one that triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import values_key
from dougong_metadata.keys import Body, Part, Reference, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class CreateKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    values = values_key(
        "Values", "取值", "Field: expression over the triggering record.", "字段：基于触发记录的表达式。"
    )


class CreateAction(Action):
    name = "create"
    label = {"en": "Create a record", "zh": "新建记录"}
    help = {
        "en": "One record per triggering record, after the commit. `id` in an expression is the triggering record.",
        "zh": "提交后为每条触发记录新建一条记录。表达式中的 `id` 指触发记录。",
    }
    icon = "square-plus"
    about_record = False

    def key(self) -> fields.Field[Any]:
        return Part(CreateKeys, metadata=about("Create", "新建"))

    def compile(self, step: Step) -> ActionModel:
        target = step.said.get("object")
        step.writable(("object",), target)
        return step.made(
            self.name,
            values=step.values(("values",), step.said.get("values", {}), target, creating=True),
            target=target,
        )
