"""The engine knows no business noun: what a company sells, and to whom, stands in packs (YAML) only."""

from __future__ import annotations

import re

import pytest

import house

# Plain words too: a docstring that says “an account” has a CRM in mind. “quote” and “order” are not here, as SQL,
# URLs and CSV are quoted, and rows are ordered; the two nouns they stand for are caught by their compounds.
NOUNS = (
    "lead",
    "account",
    "opportunity",
    "opportunities",
    "contact",
    "contract",
    "payment",
    "invoice",
    "quotation",
    "campaign",
    "deal",
    "customer",
    "prospect",
    "competitor",
    "salesperson",
    "salespeople",
    "price_list",
    "quote_line",
    "sales_order",
    "payment_plan",
    "receivable",
)
CHINESE = ("线索", "商机", "客户", "合同", "回款", "发票", "报价", "联系人", "竞争对手", "营销活动", "订单")
# As a word of its own, in snake_case or in capitals; and as a part of a CamelCase name.
_WORD = re.compile(rf"(?<![A-Za-z])(?i:{'|'.join(NOUNS)})(?i:s)?(?![A-Za-z])")
_CAMEL = re.compile(
    rf"(?<![A-Z])({'|'.join(noun.title() for noun in NOUNS)})s?(?=[A-Z])"
    rf"|(?<=[a-z])({'|'.join(noun.title() for noun in NOUNS)})s?(?![a-z])"
)
_SMALL_CAMEL = re.compile(rf"(?<![A-Za-z])({'|'.join(NOUNS)})s?(?=[A-Z])")
_CHINESE = re.compile("|".join(CHINESE))

# Plain English that has another meaning: paths lead somewhere, SQL has a window function `lead`, text stands in
# quotation marks, a base class has a contract test.
OTHER_MEANINGS = re.compile(
    r"\b(lead\([\w.]+\) over|leads? (to|nowhere|back)|quotation marks?|deals? with|contract tests?)\b", re.IGNORECASE
)
# “Expand and contract” is the term for changing a schema without stopping.
ALLOWED = {"platform/dougong_platform/releases/": "contract"}


def found(text: str) -> list[tuple[int, str]]:
    """(line from 1, word) of each business noun in a text."""
    hits = []
    for number, line in enumerate(text.splitlines(), 1):
        line = OTHER_MEANINGS.sub("", line)
        for pattern in (_WORD, _CAMEL, _SMALL_CAMEL, _CHINESE):
            hits.extend((number, match[0]) for match in pattern.finditer(line))
    return hits


@pytest.mark.parametrize(
    "text", ["class LeadConverter", "lead_id", "o.account.name", "ACCOUNTS", "newCustomer", "客户", "dealRow", "LeadID"]
)
def test_the_search_finds_a_noun_in_every_spelling(text: str) -> None:
    assert found(text)


@pytest.mark.parametrize(
    "text", ["leading zeros", "leader", "misleading", "ideal", "urllib.parse.quote", "accountable", "it leads to"]
)
def test_the_search_leaves_other_words_alone(text: str) -> None:
    assert not found(text)


def test_the_engine_knows_no_business_noun() -> None:
    endings = (".py", ".html", ".ts", ".css", ".js", ".mjs", ".po", ".yaml", ".yml", ".json", ".svg", ".sql", ".lark")
    hits = [
        f"{house.shown(path)}:{line}: {word}"
        for path in house.sources(*endings, browser=True)
        if "packs" not in path.parts
        for line, word in found(path.read_text())
        if not any(house.shown(path).startswith(folder) and word == noun for folder, noun in ALLOWED.items())
    ]
    assert not hits, "Business nouns outside packs (use book, author, shelf, machine …):\n" + "\n".join(hits)
