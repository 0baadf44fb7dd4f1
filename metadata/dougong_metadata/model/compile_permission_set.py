"""Permission sets, and the one that every tenant has: administrator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.kinds.permission_set import SYSTEM_RIGHTS
from dougong_metadata.label import Label
from dougong_metadata.model.reading import ADMINISTRATOR, Loaded
from dougong_metadata.model.types import ObjectRight, PermissionSetModel

EVERYTHING = ObjectRight(True, "all", "all", "all", True, True)


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
            )
    return made


def _right(said: Mapping[str, Any]) -> ObjectRight:
    return ObjectRight(said["create"], said["read"], said["update"], said["delete"], said["import"], said["export"])
