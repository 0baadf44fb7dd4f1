"""Every entry is told as a sentence in both languages, with names for ids and what was before and is after."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dougong_platform.audit.actions import ACTIONS, GROUPS
from dougong_platform.audit.wording import Change, Wording
from dougong_tenants import new_id
from dougong_tenants.audit.reading import AuditEntry
from reading import Reading

LI, WANG = new_id(), new_id()
NAMES = {LI: "李雷", WANG: "王蕾"}
HOLES = {"actor", "target", "reason", "sessions", "sets", "user", "fields", "documents", "restored", "rows", "entries"}
HOLES |= {"release", "before", "with", "to", "records", "assistant", "delegate", "version"}


@pytest.fixture
def zh(reading: Reading) -> Wording:
    return Wording(reading.admin.model, "zh", "Asia/Shanghai", NAMES)


@pytest.fixture
def en(reading: Reading) -> Wording:
    return Wording(reading.admin.model, "en", "Asia/Shanghai", NAMES)


def entry(action: str, kind: str | None = None, target: str | None = None, **more: Any) -> AuditEntry:
    about = {"actor": WANG, "label": None, "details": {}, "ip": None, "via": "session"} | more
    return AuditEntry(1, "2026-01-31T18:00:00Z", action=action, target_kind=kind, target=target, **about)


@pytest.mark.parametrize("code", ACTIONS)
def test_every_action_has_its_name_and_its_sentence_in_both_languages(code: str, en: Wording, zh: Wording) -> None:
    action = ACTIONS[code]
    for label in (action.label, action.sentence, *((action.own,) if action.own else ())):
        assert not re.search("[\u4e00-\u9fff]", label.en), "English without Chinese"
        assert re.search("[\u4e00-\u9fff]", label.zh)
        holes = [set(re.findall(r"\{(\w+)\}", text)) for text in (label.en, label.zh)]
        assert holes[0] == holes[1] <= HOLES
    for wording in (en, zh):
        said = wording.text(entry(code, "user", LI))
        assert "{" not in said
        assert "None" not in said


def test_an_action_stands_in_one_group() -> None:
    assert sum(len(group.actions) for group in GROUPS.values()) == len(ACTIONS)


@pytest.mark.parametrize(
    ("given", "in_english", "in_chinese"),
    [
        (
            entry("export.made", "object", "book", details={"rows": 1312}),
            "王蕾 exported 1,312 rows of Books",
            "王蕾 导出了 1,312 条书籍",
        ),
        (
            entry("sign_in.failed", "user", LI, actor=None, via=None, details={"reason": "password"}),
            "A sign-in as 李雷 failed: wrong password",
            "有人以 李雷 的身份登录失败：密码错误",
        ),
        (
            entry("permission_set.granted", "user", LI, details={"permission_sets": ["reader", "administrator"]}),
            "王蕾 granted 李雷: Reader, Administrator",
            "王蕾 授予 李雷 权限集：Reader、管理员",
        ),
        (
            entry("password.changed", "user", WANG, details={"how": "own"}),
            "王蕾 changed their own password",
            "王蕾 修改了自己的密码",
        ),
        (
            entry("password.changed", "user", LI, details={"how": "set_by_other"}),
            "王蕾 set the password of 李雷",
            "王蕾 重设了 李雷 的密码",
        ),
        (
            entry("people.user_changed", "user", LI, details={"changes": {"phone": [None, 1], "manager": [LI, WANG]}}),
            "王蕾 changed Phone, Manager of 李雷",
            "王蕾 修改了 李雷 的电话、直属上级",
        ),
        (
            entry("token.revoked", "token", new_id(), label="Import", details={"user": LI}, actor=None, via="cli"),
            "The command line revoked the token “Import” of 李雷",
            "命令行 吊销了 李雷 的令牌 「Import」",
        ),
        (
            entry("hand_over.done", "user", LI, details={"records": 1200, "to": [WANG], "hand_over": new_id()}),
            "王蕾 handed 1,200 records of 李雷 over to 王蕾",
            "王蕾 将 李雷 的 1,200 条记录移交给 王蕾",
        ),
        (
            entry("share.added", "record", new_id(), label="Dune", details={"with": LI, "access": "edit"}),
            "王蕾 shared “Dune” with 李雷",
            "王蕾 将 「Dune」 共享给 李雷",
        ),
        (
            entry("people.assistant_added", "user", LI, details={"assistant": WANG}),
            "王蕾 let 王蕾 act for 李雷",
            "王蕾 指定 王蕾 代理 李雷",
        ),
        (
            entry("approval.delegation_made", "user", LI, details={"delegate": WANG}),
            "王蕾 let 王蕾 decide approvals for 李雷",
            "王蕾 让 王蕾 代 李雷 审批",
        ),
        (
            entry("metadata.restored", "release", "7", details={"restored": 3}),
            "王蕾 restored release 3 as 7",
            "王蕾 将版本 3 恢复为版本 7",
        ),
        (
            entry("audit.purged", actor=None, via="job", details={"entries": 5, "before": "2026-01-31T18:00:00Z"}),
            "The system purged 5 entries from before 2026-02-01 02:00",
            "系统 清理了 2026-02-01 02:00 之前的 5 条审计记录",
        ),
        (entry("shelf.painted", "shelf", "7", label="Red"), "王蕾 shelf.painted “Red”", "王蕾 shelf.painted 「Red」"),
        (entry("shelf.painted"), "王蕾 shelf.painted", "王蕾 shelf.painted"),
    ],
)  # fmt: skip
def test_it_is_said_in_words(given: AuditEntry, in_english: str, in_chinese: str, en: Wording, zh: Wording) -> None:
    assert en.text(given) == in_english
    assert zh.text(given) == in_chinese


def test_documents_are_named_and_the_rest_is_counted(en: Wording, zh: Wording) -> None:
    documents = [
        {"kind": "object", "name": "shelf", "change": "change", "changes": {"fields.room.label": ["Room", "Place"]}},
        {"kind": "permission_set", "name": "reader", "change": "add"},
        {"kind": "object", "name": "no_more", "change": "delete"},
        {"kind": "nothing", "name": "known", "change": "delete"},
    ]
    given = entry("metadata.published", "release", "2", details={"documents": documents, "more": 40})
    assert (
        en.text(given)
        == "王蕾 published release 2: Object “Shelf”, Permission set “Reader”, Object “no_more” and 41 more"
    )
    assert zh.text(given) == "王蕾 发布了版本 2：对象「书架」、权限集「Reader」、对象「no_more」等，另有 41 项"
    shelf, reader, *_ = zh.documents(given)
    assert (shelf.title, shelf.how, shelf.how_text) == ("对象「书架」", "change", "修改")
    assert shelf.changes == (Change("fields.room.label", "Room", "Place"),)
    assert (reader.how_text, reader.changes) == ("新增", ())


def test_what_changed_is_shown_with_names_labels_and_local_time(zh: Wording) -> None:
    changes = {
        "manager": [None, LI],
        "active": [True, False],
        "expires_at": ["2026-01-31T18:00:00Z", None],
        "permission_sets": [["reader"], ["reader", "librarian"]],
        "members": [[], [f"{WANG} lead"]],
    }
    found = zh.changes(entry("people.user_changed", "user", LI, details={"changes": changes}))
    assert found == [
        Change("直属上级", "", "李雷"),
        Change("启用", "是", "否"),
        Change("有效期至", "2026-02-01 02:00", ""),
        Change("权限集", "Reader", "Reader、Librarian"),
        Change("成员", "", "王蕾 lead"),
    ]


def test_further_facts_are_told_and_empty_ones_left_out(en: Wording) -> None:
    details = {
        "rows": 1312,
        "columns": ["title", "shelf.name"],
        "filter": None,
        "complete": False,
        "odd": {"a": 1, "b": {"c": True}},
    }
    assert en.facts(entry("export.made", "object", "book", details=details)) == [
        ("Rows", "1,312"),
        ("Columns", "title, shelf.name"),
        ("Sent completely", "no"),
        ("odd", "a: 1 · b: (c: yes)"),
    ]


@pytest.mark.parametrize("details", [{"changes": 1}, {"changes": {"a": 1}}, {"documents": "x"}, {"documents": [1]}])
def test_details_of_another_form_do_not_break_a_page(details: dict[str, Any], en: Wording) -> None:
    given = entry("metadata.published", "release", "2", details=details)
    assert en.changes(given) == []
    assert en.documents(given) == []
    assert en.text(given)
