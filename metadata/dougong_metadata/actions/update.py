"""Update: writes the record itself after the commit, the one at the end of a path, or those that point to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import fields

from dougong_metadata.actions.base import Action
from dougong_metadata.actions.keys import values_key
from dougong_metadata.keys import Body, Expression, Part, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.action_step import Step
    from dougong_metadata.model.flow_types import ActionModel


class UpdateKeys(Body):
    set = values_key("Values", "取值", "Field: expression over the triggering record.", "字段：基于触发记录的表达式。")
    relation = Text(
        metadata=about(
            "Related records",
            "相关记录",
            "A path of lookups, or the name of a relation; the record itself when absent.",
            "查找字段的路径或关系名称；缺省为记录自身。",
        )
    )
    where = Expression(
        metadata=about(
            "Only those",
            "筛选",
            "With a relation's name: a condition on the related records.",
            "与关系名称一起使用：对相关记录的条件表达式。",
        )
    )


class UpdateAction(Action):
    name = "update"
    label = {"en": "Update records", "zh": "更新记录"}
    help = {
        "en": "Writes the record, one it points to, or those that point to it, after the commit.",
        "zh": "提交后更新该记录、其指向的记录或指向它的记录。",
    }
    icon = "edit"

    def key(self) -> fields.Field[Any]:
        return Part(UpdateKeys, metadata=about("Update", "更新"))

    def compile(self, step: Step) -> ActionModel:
        relation, where = step.said.get("relation"), step.said.get("where")
        target: str | None = step.object
        if relation is not None:
            target, several = step.reached(("relation",), relation)
            if where is not None and not several:
                step.wrong(
                    ("where",),
                    "where_without_relation",
                    "“where” chooses among the records of a relation; a path of lookups leads to one.",
                    "「where」用于筛选关系中的多条记录；查找字段路径只指向一条。",
                )
        elif where is not None:
            step.wrong(
                ("where",),
                "where_without_relation",
                "“where” goes with a relation.",
                "「where」须与 relation 一起使用。",
            )
        else:
            step.living()
        step.writable(("relation",), target)
        return step.made(
            self.name,
            values=step.values(("set",), step.said.get("set", {}), target),
            target=target,
            relation=relation,
            where=step.condition(("where",), where, target),
        )
