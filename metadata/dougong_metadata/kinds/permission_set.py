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
SCOPES = {
    "all": ("All records", "全部记录"),
    "departments": ("Chosen departments", "指定部门"),
    "department_below": ("Department and below", "本部门及下级部门"),
    "department": ("Own department", "本部门"),
    "own_below": ("Own and reports'", "自己及下属"),
    "own": ("Own records", "自己的记录"),
    "none": ("None", "无"),
}
FIELD_RIGHTS = {
    "edit": ("Edit", "可编辑"),
    "read": ("Read", "只读"),
    "mask": ("Masked", "掩码"),
    "none": ("Hidden", "不可见"),
}
MASKED_TYPES = frozenset({"text", "long_text", "phone", "email", "url", "auto_number", "external_key"})


class ObjectRightKeys(Body):
    create = Flag(load_default=False, metadata=about("Create", "新建"))
    read = OneOf(SCOPES, load_default="none", metadata=about("Read", "查看"))
    update = OneOf(SCOPES, load_default="none", metadata=about("Update", "修改"))
    delete = OneOf(SCOPES, load_default="none", metadata=about("Delete", "删除"))
    import_ = Flag(load_default=False, data_key="import", attribute="import", metadata=about("Import", "导入"))
    export = Flag(load_default=False, metadata=about("Export", "导出"))
    merge = Flag(load_default=False, metadata=about("Merge", "合并"))
    share = Flag(
        load_default=False,
        metadata=about("Share", "共享", "Give others access to single records.", "将单条记录共享给他人。"),
    )
    view_all = Flag(
        load_default=False,
        metadata=about("View all", "查看全部", "Every record, whoever owns it.", "无论负责人是谁，均可查看。"),
    )
    modify_all = Flag(
        load_default=False,
        metadata=about("Modify all", "修改全部", "Change and delete every record.", "无论负责人是谁，均可修改与删除。"),
    )
    record_types = ListOf(
        Reference("record_type"),
        50,
        load_default=list,
        metadata=about(
            "Record types",
            "记录类型",
            "Those one may create and choose; all when absent.",
            "可新建与选用的记录类型；缺省为全部。",
        ),
    )


class PermissionSetKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    system = ListOf(OneOf(SYSTEM_RIGHTS), load_default=list, metadata=about("System rights", "系统权限"))
    kinds = ListOf(
        Reference("kind"),
        50,
        load_default=list,
        metadata=about(
            "Kinds of metadata",
            "可维护的元数据",
            "Kinds one may shape without the whole right.",
            "无需完整权限即可维护的元数据类型。",
        ),
    )
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
            "object.field: edit, read, mask or none; others follow the object.",
            "对象.字段：edit、read、mask 或 none；其余随对象权限。",
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
