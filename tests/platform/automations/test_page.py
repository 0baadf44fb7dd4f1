"""The documents of docs/automations.md compile, and the page names every action, trigger and recipient."""

from __future__ import annotations

import re

import pytest

import house
from dougong_metadata.actions import registered
from dougong_metadata.documents import read_documents
from dougong_metadata.kinds.automation import EVENTS, TRIGGERS
from dougong_metadata.model.action_step import WHO
from dougong_metadata.model.compile import problems_of
from dougong_platform.automations.actions import executors

PAGE = (house.ROOT / "docs" / "automations.md").read_text("utf-8")
OBJECTS = """
kind: object
name: shelf
name_field: name
fields: {name: {type: text}, note: {type: text}}
---
kind: object
name: book
name_field: title
record_types: {novel: {}}
fields:
  title: {type: text}
  isbn: {type: text, unique: true}
  stock: {type: integer}
  price: {type: currency}
  shelf: {type: lookup, to: shelf}
---
kind: object
name: task
name_field: subject
fields: {subject: {type: text}, book: {type: lookup, to: book}, due: {type: date}}
---
kind: permission_set
name: printers
objects: {}
"""


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(kind: .*?)```", PAGE, re.DOTALL))
def test_the_examples_compile(example: str) -> None:
    assert [str(one) for one in problems_of(read_documents(f"{OBJECTS}\n---\n{example}"))] == []


def test_the_page_names_what_there_is() -> None:
    missing = [name for name in registered() if f"`{name}" not in PAGE]
    missing += [name for name in {*EVENTS, *TRIGGERS} - {"event"} if name not in PAGE]
    missing += [name for name in WHO if f"{{{name}:" not in PAGE]
    assert not missing


def test_whatever_comes_after_the_commit_has_an_executor() -> None:
    assert {name for name, action in registered().items() if not action.in_write} == executors().keys()
