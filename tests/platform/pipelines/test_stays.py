"""Stays at stages of records that come to one later, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dougong_platform.records import create, update
from reading import make_reading

DOCUMENTS = """
kind: object
name: book
name_field: title
fields:
  title: {type: text, required: true}
  stage: {type: picklist, values: [draft, sold]}
  since: {type: datetime, read_only: true}
---
kind: pipeline
name: making
object: book
field: stage
stages: {draft: {}, sold: {}}
"""


@pytest.mark.parametrize("more", ["", "since: since\n"])
def test_a_record_without_a_stage_is_created_and_stays_where_it_comes_to(
    make_database: Callable[..., str], more: str
) -> None:
    made = make_reading(make_database(), DOCUMENTS + more, "making")
    book = str(create(made.admin, "book", [{"title": "Nowhere yet"}]).records[0].id)
    assert made.run("select 1 from _stay") == []
    update(made.admin, "book", [{"id": book, "stage": "draft"}])
    create(made.admin, "book", [{"title": "At once", "stage": "sold"}])
    assert sorted(made.run("select value from _stay where left_at is null")) == [("draft",), ("sold",)]
    made.database.close()
