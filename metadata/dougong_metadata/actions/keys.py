"""The keys that actions share: one step of `do:`, values by field, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from dougong_metadata.keys import Body, Expression, ListOf, MapOf, Name, Part, Reference, Text, Typed, about

MAX_ACTIONS = 50
MAX_VALUES = 200


class ActionStep(Typed):
    """{name of an action: its body}."""

    widget = "action"

    def schema_for(self, value: Any) -> Schema | None:
        name = next(iter(value), None) if isinstance(value, Mapping) and len(value) == 1 else None
        return step_schemas().get(name) if isinstance(name, str) else None

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("not_a_mapping")
        if len(value) != 1:
            raise ValidationError("one_action")
        schema = self.schema_for(value)
        if schema is None:
            raise ValidationError({str(next(iter(value))): ["unknown_action:" + ",".join(step_schemas())]})
        return schema.load(value)


@cache
def step_schemas() -> Mapping[str, Schema]:
    """The schema of a step {name: body} for every action."""
    from dougong_metadata.actions.registry import registered  # which imports the actions, which import this

    return {
        name: Body.from_dict({name: action.key()}, name=f"{name.title().replace('_', '')}Step")()
        for name, action in registered().items()
    }


def actions_key(minimum: int = 0, **kwargs: Any) -> ListOf:
    """A list of steps: what automations have as `do`, stages as on_enter and on_exit."""
    return ListOf(ActionStep(), MAX_ACTIONS, minimum, unique=False, **kwargs)


def values_key(en: str, zh: str, help_en: str, help_zh: str, *, required: bool = True) -> MapOf:
    """Expressions by the field that takes their value. The fields are checked by the action, which knows the object."""
    return MapOf(
        Name(), Expression("value"), MAX_VALUES, required=required, metadata=about(en, zh, help_en, help_zh, "values")
    )


class RecipientKeys(Body):
    """Who is told: one of these. A text alone is a field."""

    field = Reference(
        "path", metadata=about("Field", "字段", "A user field, or a path to one: owner.manager.", "人员字段或其路径。")
    )
    user = Text(metadata=about("Person", "人员", "By e-mail.", "以邮箱指定。"))
    permission_set = Reference(
        "permission_set", metadata=about("Permission set", "权限集", "Whoever holds it.", "持有者。")
    )
    department = Text(metadata=about("Department", "部门", "By name: everybody in it.", "以名称指定：其全体成员。"))
    department_head = Text(
        metadata=about(
            "Department head",
            "部门主管",
            "Of a department by name, or of the one at the end of a path: owner, department.",
            "以名称或字段路径（人员或部门）指定部门的主管。",
        )
    )
    team = Text(metadata=about("Team", "团队", "By name: everybody in it.", "以名称指定：其全体成员。"))
    role = Text(
        metadata=about("Role", "角色", "Members of the record's team with this role.", "记录团队中担任该角色的成员。")
    )
    email = Text(
        254,
        metadata=about(
            "E-mail address",
            "邮箱地址",
            "An address, or a path to an e-mail field; for e-mails alone.",
            "邮箱地址或邮箱字段的路径；仅用于邮件。",
        ),
    )


def recipients_key() -> ListOf:
    return ListOf(
        Part(RecipientKeys, short="field"),
        50,
        1,
        unique=False,
        required=True,
        metadata=about("To", "接收人", "Each person is told once.", "每人只通知一次。"),
    )
