"""Assign: gives the record to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.keys import Body, Expression, Part, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class AssignKeys(Body):
    to = Expression(
        "value",
        required=True,
        metadata=about("To", "新负责人", "A user: owner.manager, $user.", "一个人员：owner.manager、$user。"),
    )


class AssignAction(Action):
    name = "assign"
    label = {"en": "Change the owner", "zh": "更换负责人"}
    help = {"en": "Gives the record to somebody else, after the commit.", "zh": "提交后将记录交给他人负责。"}
    icon = "user-share"
    about_living = True

    def key(self) -> fields.Field[Any]:
        return Part(AssignKeys, short="to", metadata=about("Assign", "分配"))

    def compile(self, step: Step) -> ActionModel:
        step.writable((), step.object)
        return step.made(self.name, values=step.values((), {"owner": step.said.get("to")}, step.object, at=("to",)))
