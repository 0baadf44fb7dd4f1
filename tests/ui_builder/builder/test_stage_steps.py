"""What happens by itself on entering and leaving a stage, edited in the designer of pipelines without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong_platform.releases import draft as drafts
from order_lines import make_ordering
from reading import Reading

PIPELINE = """
---
kind: pipeline
name: shelf_life
label: {en: Shelf life, zh: 上架}
object: order_line
field: state
stages:
  open: {probability: 10}
  paid:
    outcome: won
    on_enter:
    - notify: {to: [owner], title: {en: "{{ title }} is paid", zh: "{{ title }} 已付"}}
  void: {outcome: lost}
"""
PATH = "/builder/pipelines/shelf_life"


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    made = make_ordering(module_database_url, PIPELINE)
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def fresh_draft(reading: Reading) -> None:
    drafts.discard(reading.database, reading.tenant)


def stage(reading: Reading, name: str) -> dict[str, Any]:
    found: dict[str, Any] = drafts.get(reading.database, reading.tenant, "pipeline", "shelf_life")[0].json()
    return found["stages"][name] or {}


def test_saving_a_stage_keeps_its_steps(administrator: Any, reading: Reading) -> None:
    before = stage(reading, "paid")
    page = administrator.get(f"{PATH}?stage=paid")
    assert "Notify people" in page.text
    answer = administrator.post(PATH, administrator.inputs(page.text))
    assert answer.status_code == 303, answer.text[-3000:]
    assert stage(reading, "paid") == before


def test_a_step_is_added_to_a_stage(administrator: Any, reading: Reading) -> None:
    form = administrator.inputs(administrator.get(f"{PATH}?stage=open").text)
    form.setlist("@do", ["add-step b/on_exit update"])
    form = administrator.inputs(administrator.post(PATH, form).text)
    form.setlist("@do", ["add b/on_exit/0/update/set"])
    form = administrator.inputs(administrator.post(PATH, form).text)
    form.setlist("b/on_exit/0/update/set/0/@", ["qty"])
    form.setlist("b/on_exit/0/update/set/0/v", ["qty + 1"])
    assert administrator.post(PATH, form).status_code == 303
    assert stage(reading, "open") == {"probability": 10, "on_exit": [{"update": {"set": {"qty": "qty + 1"}}}]}


def test_what_is_wrong_with_a_step_is_told_there(administrator: Any, reading: Reading) -> None:
    form = administrator.inputs(administrator.get(f"{PATH}?stage=paid").text)
    form.setlist("b/on_enter/0/notify/title/en", ["{{ titel }}"])
    answer = administrator.post(PATH, form)
    assert answer.status_code == 422
    assert "dg-auto-step dg-broken" in answer.text
    assert "titel" in answer.text
