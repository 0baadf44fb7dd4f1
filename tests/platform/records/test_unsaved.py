"""Conditions and defaults over a row that is not saved agree with what the write path does with the same row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue_room import make_room
from dougong_metadata.expressions import Checked, Scope, check
from dougong_platform.errors import NotFound, RecordsInvalid
from dougong_platform.pipelines.stays import stays
from dougong_platform.query import get
from dougong_platform.records import create, delete, update
from dougong_platform.records.unsaved import conditions, defaults
from reading import Reading


@pytest.fixture(scope="module")
def room(module_database_url: str) -> Iterator[Reading]:
    made = make_room(module_database_url)
    yield made
    made.database.close()


def checked(room: Reading, text: str) -> Checked:
    return check(text, Scope.of(room.admin.model, "book", saving=True))


def ask(room: Reading, text: str, values: dict[str, object], id: str | None = None) -> bool:
    return conditions(room.admin, "book", [checked(room, text)], values, id)[0]


def test_a_condition_sees_what_the_form_holds(room: Reading) -> None:
    assert ask(room, 'stage = "lost"', {"stage": "lost"})
    assert not ask(room, 'stage = "lost"', {"stage": "bound"})
    assert not ask(room, 'stage = "lost"', {})
    assert ask(room, "ISBLANK(price)", {"title": "x"})


def test_what_does_not_fit_its_type_counts_as_blank(room: Reading) -> None:
    for bad in ("dear", [1], {"a": 1}, "1e999999999", "\x00", "\ud800"):
        assert not ask(room, "price > 1", {"price": bad})
        assert ask(room, "ISBLANK(price)", {"price": bad})


def test_what_cannot_be_worked_out_is_false_and_does_not_spoil_the_others(room: Reading) -> None:
    asked = [checked(room, "pages / (pages - pages) > 1"), checked(room, "pages = 3")]
    assert conditions(room.admin, "book", asked, {"pages": 3}) == [False, True]


def test_a_saved_row_fills_in_what_the_form_leaves_out(room: Reading) -> None:
    id = str(create(room.admin, "book", [{"title": "Old", "price": "5", "stage": "bound"}]).records[0].id)
    assert ask(room, "price = 5", {}, id)
    condition = 'price = 5 and stage = "lost" and prior(stage) = "bound" and changed(stage)'
    assert ask(room, condition, {"stage": "lost"}, id)
    assert not ask(room, "changed(price)", {"stage": "lost"}, id)
    assert ask(room, "isnew()", {})
    assert not ask(room, "isnew()", {}, id)


def test_paths_lead_through_links_that_the_caller_may_see_only(room: Reading) -> None:
    shelf = str(create(room.admin, "shelf", [{"name": "North"}]).records[0].id)
    condition = checked(room, 'shelf.name = "North"')
    assert conditions(room.admin, "book", [condition], {"shelf": shelf}) == [True]
    blind = replace(room.reader, rights=room.caller(room.bob, "nothing").rights)
    assert conditions(blind, "book", [condition], {"shelf": shelf}) == [False]


def test_defaults_are_those_that_a_save_gives(room: Reading) -> None:
    expected = defaults(room.admin, "book", {})
    id = str(create(room.admin, "book", [{"title": "New"}]).records[0].id)
    saved = get(room.admin, "book", id, list(expected))
    assert {name: saved[name] for name in expected} == expected
    assert expected["owner"] == room.ann
    assert expected["record_type"] == "novel"
    assert "stage" not in defaults(room.admin, "book", {"stage": None})


def test_a_row_that_is_gone_is_told(room: Reading) -> None:
    with pytest.raises(NotFound):
        ask(room, "price = 5", {}, "00000000-0000-7000-8000-000000000000")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stage=st.sampled_from([None, "ordered", "bound", "shelved", "lost"]), why=st.sampled_from([None, "fire"]))
def test_the_form_asks_for_what_the_save_requires(room: Reading, stage: str | None, why: str | None) -> None:
    values = {"title": "x", "stage": stage, "why": why}
    field = room.admin.model.objects["book"].fields["why"]
    assert field.required_when is not None
    needed = conditions(room.admin, "book", [field.required_when], values)[0]
    try:
        create(room.admin, "book", [values])
        refused = False
    except RecordsInvalid as fault:
        refused = any(e.field == "why" for e in fault.errors)
    assert refused == (needed and why is None)


def test_stays_tell_each_stage_and_since_when(room: Reading) -> None:
    id = str(create(room.admin, "book", [{"title": "Moving"}]).records[0].id)
    for stage in ("bound", "ordered", "shelved"):
        update(room.admin, "book", [{"id": id, "stage": stage}])
    found = stays(room.admin, "book", id, "stage")
    assert [one.value for one in found] == ["ordered", "bound", "ordered", "shelved"]
    assert [one.until for one in found[:-1]] == [one.since for one in found[1:]]
    assert found[-1].until is None
    assert {one.days for one in found} == {0}
    assert stays(room.reader, "book", id, "summary") == []
    delete(room.admin, "book", [id])
