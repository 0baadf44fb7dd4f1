"""Templates: texts with expressions in them, taken apart and checked when they are published."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model

BOOK = """
kind: object
name: book
name_field: title
fields:
  title: {type: text}
  price: {type: currency}
  due: {type: date}
"""


def model_of(text: str) -> Model:
    return compile_model(read_documents(BOOK + "---\n" + text))


def problems_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDocuments) as caught:
        model_of(text)
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_a_template_holds_its_texts_in_both_languages() -> None:
    found = model_of(
        """
kind: template
name: due
object: book
label: {en: Due, zh: 到期}
title: {en: "{{ title }} is due", zh: "{{ title }}已到期"}
body: "{{ price }} until {{ due | date }}"
"""
    ).templates["due"]
    assert (found.channel, found.object, found.label.zh) == ("notification", "book", "到期")
    assert [piece.text for piece in found.title.en] == ["", " is due"]
    assert found.title.zh[1].text == "已到期"
    assert found.body is not None
    assert [piece.format for piece in found.body.zh] == [None, None, "date"]
    assert found.title.en[0].value is not None
    assert found.title.en[0].value.paths == (("title",),)


def test_a_template_about_no_object_is_words_alone() -> None:
    found = model_of("{kind: template, name: hello, channel: email, subject: Good morning}").templates["hello"]
    assert (found.object, found.body, found.title.zh[0].text) == (None, None, "Good morning")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("body: x", [("required", "")]),
        ("title: x, subject: y", [("other_channel", "subject")]),
        ("channel: email, title: x", [("other_channel", "title"), ("required", "")]),
        ("channel: fax, title: x", [("unknown_name", "channel")]),
        ('object: book, title: "{{ titel }}"', [("expression_invalid", "title")]),
        ('object: book, title: {en: "{{ title", zh: "{{ title }}"}', [("expression_invalid", "title.en")]),
        ('object: book, title: ok, body: "{{ price | gold }}"', [("expression_invalid", "body")]),
        ('title: "{{ title }}"', [("expression_invalid", "title")]),
        ("object: boook, title: x", [("unknown_name", "object")]),
    ],
)
def test_what_is_wrong_is_named_with_its_place(body: str, expected: list[Any]) -> None:
    found = problems_of(f"{{kind: template, name: due, {body}}}")
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_nothing_but_expressions_runs_in_a_template() -> None:
    """Templates of other languages are words here."""
    found = model_of(
        '{kind: template, name: due, object: book, title: "{% for x in y %} ${title} <%= 1 %> #{1} {{ 1 + 1 }}"}'
    ).templates["due"]
    assert found.title.en[0].text == "{% for x in y %} ${title} <%= 1 %> #{1} "
    with pytest.raises(InvalidDocuments):
        model_of("{kind: template, name: due, object: book, title: \"{{ ''.__class__ }}\"}")
    with pytest.raises(InvalidDocuments):
        model_of('{kind: template, name: due, object: book, title: "{{ config }}"}')
