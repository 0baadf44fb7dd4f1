"""Permission sets, and the one that every tenant has: administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.kinds.permission_set import MASKED_TYPES, SYSTEM_RIGHTS
from dougong_metadata.label import Label
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import ADMINISTRATOR, Loaded
from dougong_metadata.model.types import ObjectRight, PermissionSetModel
from dougong_metadata.problems import Problems

_RIGHTS_THEMSELVES = frozenset({"permission_set", "sharing"})
EVERYTHING = ObjectRight(True, "all", "all", "all", True, True, True, True)


def compile_permission_sets(loaded: Sequence[Loaded]) -> dict[str, PermissionSetModel]:
    """All permission sets by name, administrator first."""
    made = {
        ADMINISTRATOR: PermissionSetModel(
            ADMINISTRATOR,
            Label("Administrator", "系统管理员"),
            frozenset(SYSTEM_RIGHTS),
            (),
            MappingProxyType({}),
            MappingProxyType({}),
            EVERYTHING,
        )
    }
    for one in loaded:
        if one.kind.name == "permission_set":
            objects = {name: _right(said) for name, said in one.body["objects"].items()}
            others = objects.pop("*", None)
            made[one.name] = PermissionSetModel(
                one.name,
                Label.of(one.body.get("label"), one.name),
                frozenset(one.body["system"]),
                tuple(one.body["apps"]),
                MappingProxyType(objects),
                MappingProxyType(dict(one.body["fields"])),
                others,
                frozenset(one.body["kinds"]),
            )
    return made


def check_permission_sets(loaded: Sequence[Loaded], names: Names, problems: Problems) -> None:
    """Only text can be masked, and not every kind can be left to somebody: records what says otherwise."""
    for one in loaded:
        if one.kind.name != "permission_set":
            continue
        if not _RIGHTS_THEMSELVES.isdisjoint(one.body.get("kinds", ())):
            problems.add(
                one.document,
                ("kinds",),
                "not_delegable",
                "Who shapes these can give himself any right: grant the system right “metadata” instead.",
                "能维护权限集或共享规则的人可以授予自己任何权限：请改为授予系统权限 metadata。",
            )
        for place, level in (one.body.get("fields") or {}).items():
            object_name, _, field_name = place.partition(".")
            field = names.fields.get(object_name, {}).get(field_name)
            if level == "mask" and field is not None and field.type.name not in MASKED_TYPES:
                problems.add(
                    one.document,
                    ("fields", place),
                    "not_maskable",
                    f"Only text can be masked; “{place}” is of type {field.type.name}: use none.",
                    f"只有文本类字段可以掩码；「{place}」的类型是 {field.type.name}，请用 none。",
                )


def _right(said: Mapping[str, Any]) -> ObjectRight:
    """`view_all` and `modify_all` are scopes in short."""
    read = "all" if said["view_all"] or said["modify_all"] else said["read"]
    update, delete = ("all", "all") if said["modify_all"] else (said["update"], said["delete"])
    return ObjectRight(
        said["create"],
        read,
        update,
        delete,
        said["import"],
        said["export"],
        said["merge"],
        said["share"],
        tuple(said["record_types"]),
    )
