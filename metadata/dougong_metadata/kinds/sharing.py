"""Sharing rules: records that fit a condition are open to certain people, whoever owns them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.keys import Body, Expression, Flag, LabelText, ListOf, OneOf, Part, Reference, Text, about
from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import Problems

ACCESS = {"read": ("Read", "查看"), "edit": ("Read and edit", "查看与修改")}


class SharedWithKeys(Body):
    """Whom a rule reaches. People are named by e-mail, departments and teams by name."""

    everyone = Flag(load_default=False, metadata=about("Everybody", "所有人"))
    permission_sets = ListOf(
        Reference("permission_set"), 100, load_default=list, metadata=about("Permission sets", "权限集")
    )
    departments = ListOf(
        Text(), 500, load_default=list, metadata=about("Departments", "部门", "Those alone.", "仅这些部门。")
    )
    departments_below = ListOf(
        Text(),
        500,
        load_default=list,
        metadata=about("Departments and below", "部门及下级", "With all below them.", "含所有下级部门。"),
    )
    teams = ListOf(Text(), 500, load_default=list, metadata=about("Teams", "团队"))
    users = ListOf(Text(), 500, load_default=list, metadata=about("People", "人员", "By e-mail.", "以邮箱指定。"))


class SharingKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    when = Expression(
        metadata=about(
            "Records", "哪些记录", "A condition on the record; all when absent.", "记录的条件表达式；缺省为全部。"
        )
    )
    # `with` is a word of Python's
    with_ = Part(
        SharedWithKeys,
        required=True,
        data_key="with",
        attribute="with",
        metadata=about("Shared with", "共享给", "Whom it reaches.", "共享给谁。"),
    )
    access = OneOf(ACCESS, load_default="read", metadata=about("Access", "权限"))
    active = Flag(load_default=True, metadata=about("Active", "启用"))


class SharingKind(Kind):
    name = "sharing"
    folder = "sharing"
    label = {"en": "Sharing rule", "zh": "共享规则"}
    plural = {"en": "Sharing rules", "zh": "共享规则"}
    help = {
        "en": "Opens records that fit a condition to people who do not own them.",
        "zh": "将符合条件的记录开放给非负责人。",
    }
    icon = "share"
    schema = SharingKeys

    def check(self, document: Document, body: Mapping[str, Any], problems: Problems) -> None:
        """A rule that reaches nobody is a slip."""
        reached = body.get("with")
        if isinstance(reached, Mapping) and not any(reached.values()):
            problems.add(
                document,
                ("with",),
                "reaches_nobody",
                "Name somebody: everyone, permission_sets, departments, departments_below, teams or users.",
                "请指定共享对象：everyone、permission_sets、departments、departments_below、teams 或 users。",
            )
