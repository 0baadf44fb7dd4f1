"""The home page of an app: what its document says of figures and lists, and what is refused."""

from __future__ import annotations

import pytest

from dougong_metadata.documents import read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model, problems_of

SHELF = """
kind: object
name: book
name_field: title
fields:
  title: {type: text}
  price: {type: currency}
  due: {type: date}
  state: {type: picklist, values: [open, done]}
---
kind: list_view
name: book_mine
object: book
columns: [title]
filter: owner = $user
---
kind: app
name: library
groups: []
home:
"""
HOME = """
  numbers:
    - {label: {en: Worth, zh: 总值}, object: book, aggregate: SUM(price), filter: 'state = "open"', format: money}
  lists:
    - label: Due
      object: book
      list_view: book_mine
      columns: [price]
      when: due
      done: {field: state, value: done}
      place: side
      limit: 4
"""


def test_figures_and_lists_are_compiled() -> None:
    home = compile_model(read_documents(SHELF + HOME)).apps["library"].home
    assert home is not None
    number, shown = home.numbers[0], home.lists[0]
    assert (number.label.zh, number.object, number.format) == ("总值", "book", "money")
    assert number.aggregate.text == "SUM(price)"
    assert number.filter is not None
    assert (shown.list_view, shown.columns, shown.when) == ("book_mine", ("price",), "due")
    assert shown.done == ("state", "done")
    assert (shown.place, shown.limit) == ("side", 4)


def test_a_list_view_knows_where_it_is_used() -> None:
    model = compile_model(read_documents(SHELF + HOME))
    assert [(use.kind, use.name) for use in model.uses["list_view/book_mine"]] == [("app", "library")]
    assert any(use.kind == "app" for use in model.uses["book.price"])


def test_an_app_without_a_home_has_none() -> None:
    model = compile_model(read_documents(SHELF.replace("home:\n", "")))
    assert model.apps["library"].home is None


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("numbers: [{label: A, object: book, aggregate: SUM(prise)}]", "prise"),
        ("numbers: [{label: A, object: book, aggregate: price}]", "price"),
        ("numbers: [{label: A, object: boook, aggregate: COUNT()}]", "boook"),
        ("lists: [{label: A, object: book, list_view: book_mne}]", "book_mne"),
        ("lists: [{label: A, object: book, list_view: book_mine, columns: [nothing]}]", "nothing"),
        ("lists: [{label: A, object: book, list_view: book_mine, done: {field: title, value: x}}]", "title"),
        ("lists: [{label: A, object: book, list_view: book_mine, limit: 99}]", "20"),
    ],
)
def test_what_is_wrong_is_named(part: str, word: str) -> None:
    documents = read_documents(SHELF + f"  {part}\n")
    assert any(word in problem.en for problem in problems_of(documents))
    with pytest.raises(InvalidDocuments):
        compile_model(documents)
