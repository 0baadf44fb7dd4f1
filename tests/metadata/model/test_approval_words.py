"""Flows in words: who is asked, how many must agree, what a branch asks, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.model import approval_words as words
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.condition_words import condition_words
from dougong_metadata.model.types import Model

BOOK: dict[str, Any] = {
    "label": {"en": "Book", "zh": "书"},
    "name_field": "title",
    "fields": {
        "title": {"type": "text", "label": {"en": "Title", "zh": "书名"}},
        "price": {"type": "currency", "label": {"en": "Price", "zh": "价格"}},
        "off": {"type": "percent", "label": {"en": "Reduction", "zh": "优惠"}},
        "keeper": {"type": "user", "label": {"en": "Keeper", "zh": "保管人"}},
        "rare": {"type": "boolean", "label": {"en": "Rare", "zh": "珍本"}},
        "genre": {
            "type": "picklist",
            "label": {"en": "Genre", "zh": "体裁"},
            "values": [{"value": "novel", "label": {"en": "Novel", "zh": "小说"}}, {"value": "poem", "label": "Poem"}],
        },
    },
}
FLOW: dict[str, Any] = {
    "object": "book",
    "nodes": [
        {
            "name": "boss",
            "kind": "approve",
            "by": [{"manager": 1}, {"permission_set": "readers"}],
            "need": "count",
            "count": 2,
            "edit": ["price"],
            "limit": {"hours": 8, "then": "transfer", "to": [{"field": "keeper"}]},
        },
        {
            "name": "many",
            "kind": "parallel",
            "join": "count",
            "count": 2,
            "branches": [
                {
                    "name": "a",
                    "if": "price > 50000",
                    "nodes": [{"name": "told", "kind": "cc", "to": [{"field": "owner"}]}],
                },
                {
                    "name": "b",
                    "nodes": [{"name": "mark", "kind": "action", "do": [{"update": {"set": {"genre": '"poem"'}}}]}],
                },
                {"name": "c", "nodes": []},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def model() -> Model:
    readers = {"label": {"en": "Readers", "zh": "读者"}, "objects": {}}
    return compile_model(
        [
            Document("object", "book", BOOK),
            Document("permission_set", "readers", readers),
            Document("approval", "lending", FLOW),
        ]
    )


RULES = [
    ({"manager": 1}, "the submitter's manager", "提交人的直属上级"),
    ({"manager": 3}, "the submitter's manager 3 levels up", "提交人的第 3 级上级"),
    ({"manager": 1, "of": "keeper"}, "Keeper's manager", "「保管人」的直属上级"),
    ({"department_head": 0}, "the head of the submitter's department", "提交人的部门主管"),
    ({"department_head": 2}, "the head 2 levels above the submitter's department", "提交人的上 2 级部门主管"),
    ({"permission_set": "readers"}, "Readers", "「读者」"),
    (
        {"managers": {"levels": 4, "until": "readers"}},
        "the submitter's managers up to Readers (at most 4 levels)",
        "提交人的逐级上级，直至「读者」（最多 4 级）",
    ),
    ({"managers": {"levels": 2}}, "the submitter's managers up to level 2", "提交人的逐级上级，至第 2 级"),
    (
        {"choice": {"permission_set": "readers", "least": 1, "most": 3}},
        "1–3 of Readers, named by the submitter",
        "提交人从「读者」中选 1–3 人",
    ),
    ({"field": "keeper"}, "Keeper", "「保管人」"),
    ({}, "…", "…"),
]


@pytest.mark.parametrize(("rule", "en", "zh"), RULES)
def test_a_rule_says_whom_it_asks(model: Model, rule: dict[str, Any], en: str, zh: str) -> None:
    assert words.rule_words(rule, "en", model, "book") == en
    assert words.rule_words(rule, "zh", model, "book") == zh


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_node_reads_the_same_from_its_document_and_compiled(model: Model, locale: str) -> None:
    flow = model.approvals["lending"]
    for given in (*FLOW["nodes"], *(node for branch in FLOW["nodes"][1]["branches"] for node in branch["nodes"])):
        compiled = flow.nodes[given["name"]]
        assert words.node_words(given, locale, model, "book") == words.node_words(compiled, locale, model, "book")
    for given, branch in zip(FLOW["nodes"][1]["branches"], flow.nodes["many"].branches, strict=True):
        said = [words.branch_words(one, locale, model, "book", parallel=True) for one in (given, branch)]
        assert said[0] == said[1]


def test_the_card_of_a_node(model: Model) -> None:
    node = model.approvals["lending"].nodes["boss"]
    assert words.node_words(node, "en", model, "book") == (
        "the submitter's manager, Readers · 2 of them · 8 working hours, then it goes to Keeper · may change Price"
    )
    assert words.node_words(node, "zh", model, "book") == (
        "提交人的直属上级、「读者」 · 2 人同意 · 8 工作小时，超时转给「保管人」 · 可修改价格"
    )
    assert words.node_words(model.approvals["lending"].nodes["mark"], "en", model, "book") == "Genre = Poem"
    assert words.node_words({"kind": "approve"}, "en", model, "book") == "… · any one of them", "a draft's"


CONDITIONS = [
    ("price > 50000 and off <= 0.3", "Price > 50,000 and Reduction ≤ 30 %", "价格 > 5 万 且 优惠 ≤ 30 %"),
    ('genre in ("novel", "poem") or rare', "Genre is one of Novel, Poem or Rare", "体裁 属于 小说、Poem 或 珍本"),
    ("not ISBLANK(keeper.manager)", "Keeper › Manager is not blank", "保管人 › 直属上级 不为空"),
    (
        "price > 1234 or (rare and off = 0.125)",
        "Price > 1234 or (Rare and Reduction = 12.5 %)",
        "价格 > 1234 或 （珍本 且 优惠 = 12.5 %）",
    ),
    ("price * 2 > off", "price * 2 > off", "price * 2 > off"),
]


@pytest.mark.parametrize(("text", "en", "zh"), CONDITIONS)
def test_conditions_as_people_say_them(model: Model, text: str, en: str, zh: str) -> None:
    assert condition_words(text, "en", model, "book") == en
    assert condition_words(text, "zh", model, "book") == zh
