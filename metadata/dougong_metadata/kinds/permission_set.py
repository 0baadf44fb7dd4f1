"""Permission sets: what the people who hold them may do."""

from __future__ import annotations

from dougong_metadata.keys import Body, Flag, LabelText, ListOf, MapOf, OneOf, Part, Reference, about
from dougong_metadata.kinds.base import Kind

SYSTEM_RIGHTS = {
    "metadata": ("Shape the metadata", "维护元数据"),
    "people": ("Keep people and departments", "维护人员与部门"),
    "tokens": ("Issue tokens", "发放令牌"),
    "jobs": ("See and rerun jobs", "查看与重跑作业"),
    "audit": ("See the audit", "查看审计"),
}
SCOPES = {"all": ("All records", "全部记录"), "own": ("Own records", "自己的记录"), "none": ("None", "无")}
FIELD_RIGHTS = {"edit": ("Edit", "可编辑"), "read": ("Read", "只读"), "none": ("Hidden", "不可见")}


class ObjectRightKeys(Body):
    create = Flag(load_default=False, metadata=about("Create", "新建"))
    read = OneOf(SCOPES, load_default="none", metadata=about("Read", "查看"))
    update = OneOf(SCOPES, load_default="none", metadata=about("Update", "修改"))
    delete = OneOf(SCOPES, load_default="none", metadata=about("Delete", "删除"))
    import_ = Flag(load_default=False, data_key="import", attribute="import", metadata=about("Import", "导入"))
    export = Flag(load_default=False, metadata=about("Export", "导出"))


class PermissionSetKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    system = ListOf(OneOf(SYSTEM_RIGHTS), load_default=list, metadata=about("System rights", "系统权限"))
    apps = ListOf(
        Reference("app"), 50, load_default=list, metadata=about("Apps", "应用", "All when absent.", "缺省为全部。")
    )
    objects = MapOf(
        Reference("object_or_all"),
        Part(ObjectRightKeys),
        load_default=dict,
        metadata=about(
            "Objects",
            "对象权限",
            "Object: what may be done with its records; * is every other object.",
            "对象：可对其记录做什么；* 表示其余所有对象。",
            "object_rights",
        ),
    )
    fields = MapOf(  # type: ignore[assignment]  # marshmallow takes declared keys off the class
        Reference("object_field"),
        OneOf(FIELD_RIGHTS),
        5_000,
        load_default=dict,
        metadata=about(
            "Fields",
            "字段权限",
            "object.field: read, edit or none; others follow the object.",
            "对象.字段：read、edit 或 none；其余随对象权限。",
            "field_rights",
        ),
    )


class PermissionSetKind(Kind):
    name = "permission_set"
    folder = "permission_sets"
    label = {"en": "Permission set", "zh": "权限集"}
    plural = {"en": "Permission sets", "zh": "权限集"}
    help = {
        "en": "What the people who hold it may do with objects, fields and the system.",
        "zh": "持有者对对象、字段与系统的权限。",
    }
    icon = "shield-lock"
    schema = PermissionSetKeys
