"""Set: values that the record is saved with. Part of the write that triggers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import values_key

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class SetAction(Action):
    name = "set"
    label = {"en": "Set fields before saving", "zh": "保存前设置字段"}
    help = {
        "en": "The record is saved with these values. Only together with other set actions.",
        "zh": "记录以这些值保存。只能与其他 set 动作一起使用。",
    }
    icon = "pencil-bolt"
    about_living = True
    in_write = True

    def key(self) -> fields.Field[Any]:
        return values_key("Values", "取值", "Field: expression over the record.", "字段：基于记录的表达式。")

    def compile(self, step: Step) -> ActionModel:
        return step.made(self.name, values=step.values((), step.said, step.object))
