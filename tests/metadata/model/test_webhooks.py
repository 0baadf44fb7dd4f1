"""Webhooks as documents: what they are told of, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model, problems_of

BOOK = Document(
    "object",
    "book",
    {
        "name_field": "title",
        "fields": {
            "title": {"type": "text"},
            "price": {"type": "decimal"},
            "shelf": {"type": "lookup", "to": "shelf"},
        },
    },
)
SHELF = Document("object", "shelf", {"name_field": "name", "fields": {"name": {"type": "text"}}})
URL = "https://example.com/hook"


def webhook(**body: Any) -> list[Document]:
    return [BOOK, SHELF, Document("webhook", "stock", {"url": URL, **body})]


def codes(**body: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems_of(webhook(**body))]


def test_a_webhook_knows_its_events() -> None:
    events = [
        {"object": "book", "on": ["created", "updated"], "if": "price > 5", "fields": ["title", "shelf.name"]},
        {"object": "shelf", "on": ["deleted"]},
    ]
    found = compile_model(webhook(label="Stock", events=events)).webhooks["stock"]
    assert (found.url, found.active, found.runs_as) == (URL, True, None)
    first, second = found.events
    assert (first.object, first.on, first.fields) == (
        "book",
        frozenset({"created", "updated"}),
        ("title", "shelf.name"),
    )
    assert first.condition is not None
    assert first.condition.text == "price > 5"
    assert (second.object, second.condition, second.fields) == ("shelf", None, ())


def test_an_inactive_one_stays_in_the_model() -> None:
    assert not compile_model(webhook(active=False)).webhooks["stock"].active


def test_what_it_mentions_is_a_use() -> None:
    events = [{"object": "book", "on": ["updated"], "if": "price > 5", "fields": ["shelf.name"]}]
    uses = compile_model(webhook(events=events)).uses
    for what in ("book", "book.price", "book.shelf", "shelf.name"):
        assert any(use.kind == "webhook" for use in uses[what]), what


def test_without_a_user_the_fields_have_to_be_named() -> None:
    assert codes(events=[{"object": "book", "on": ["updated"]}]) == [("events[0].fields", "fields_unsaid")]
    assert codes(events=[{"object": "book", "on": ["updated"]}], runs_as="a@b.test") == []


def test_unknown_names_are_told_where_they_stand() -> None:
    events = [{"object": "book", "on": ["changed"], "fields": ["titel"], "if": "prise > 5"}]
    assert sorted(codes(events=events)) == [
        ("events[0].fields[0]", "unknown_name"),
        ("events[0].if", "expression_invalid"),
        ("events[0].on[0]", "unknown_name"),
    ]


@pytest.mark.parametrize(
    "url", ["example.com", "ftp://example.com/", "https://a:b@example.com/", "https://example.com/#x", "https://a b/"]
)
def test_a_bad_address_is_refused(url: str) -> None:
    assert [code for _, code in codes(url=url)] == ["bad_form"]
