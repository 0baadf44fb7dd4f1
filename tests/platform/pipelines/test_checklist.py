"""Items of checklists: ticked once, taken back, told in the timeline to those who may read the stage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bindery import a_book, a_shelf
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.pipelines import checklist
from dougong_platform.pipelines.serving import serving
from dougong_platform.query.changes import changes_since
from dougong_platform.records import create, delete, purge, update
from dougong_platform.records.history.read import timeline
from dougong_platform.records.undo import undo
from reading import Reading


def test_a_tick_is_made_once_taken_back_and_told(bindery: Reading) -> None:
    book, admin = a_book(bindery), bindery.admin
    assert checklist.tick(admin, "book", book, "draft", "read_once")
    assert not checklist.tick(admin, "book", book, "draft", "read_once")
    pipeline = serving(admin, "book", "novel")
    assert pipeline is not None
    mark = checklist.ticks(admin, "book", book, pipeline)["draft", "read_once"]
    assert (mark.by, mark.name) == (bindery.ann, "Ann")
    assert checklist.tick(admin, "book", book, "draft", "read_once", ticked=False)
    assert checklist.ticks(admin, "book", book, pipeline) == {}
    told = [(one["op"], one.get("tick"), one["changes"]) for one in timeline(admin, "book", book)][:2]
    item = {"pipeline": "making", "stage": "draft", "item": "read_once"}
    assert told == [("untick", item, {}), ("tick", item, {})]


def test_only_whoever_may_change_the_stage_ticks(bindery: Reading) -> None:
    book = a_book(bindery)
    with pytest.raises(NotAllowed):
        checklist.tick(bindery.reader, "book", book, "draft", "read_once")  # another's
    own = str(create(bindery.reader, "book", [{"title": "Mine"}]).records[0].id)
    assert checklist.tick(bindery.reader, "book", own, "draft", "read_once")
    for stage, item in (("draft", "nothing"), ("nowhere", "read_once"), ("idea", "read_once")):
        with pytest.raises(NotFound):
            checklist.tick(bindery.admin, "book", book, stage, item)


def test_ticks_are_not_told_to_whoever_may_not_read_the_stage(bindery: Reading) -> None:
    book = a_book(bindery)
    checklist.tick(bindery.admin, "book", book, "draft", "spelling")
    blind = bindery.caller(bindery.cat, "blind")
    assert [one["op"] for one in timeline(blind, "book", book)] == ["create"]
    with pytest.raises(NotFound):
        checklist.tick(blind, "book", book, "draft", "spelling")


def test_the_change_feed_tells_of_values_alone(bindery: Reading) -> None:
    cursor = changes_since(bindery.admin, "book", None)
    while cursor["more"]:
        cursor = changes_since(bindery.admin, "book", cursor["cursor"])
    book = a_book(bindery)
    checklist.tick(bindery.admin, "book", book, "draft", "spelling")
    found = changes_since(bindery.admin, "book", cursor["cursor"])["changes"]
    assert [(one["id"], one["op"]) for one in found] == [(book, "create")]


def test_a_tick_does_not_keep_an_action_from_being_undone(bindery: Reading) -> None:
    job = "0b0c7a52-0000-4000-8000-000000000001"
    book = a_book(bindery, shelf=a_shelf(bindery))
    update(replace(bindery.admin, cause="import", cause_ref=job), "book", [{"id": book, "title": "Renamed"}])
    checklist.tick(bindery.admin, "book", book, "draft", "spelling")
    assert all(outcome.ok for outcome in undo(replace(bindery.admin, cause="undo"), job, fields=["title"]).records)


def test_a_purge_takes_the_ticks_along(bindery: Reading) -> None:
    book = a_book(bindery)
    checklist.tick(bindery.admin, "book", book, "draft", "spelling")
    delete(bindery.admin, "book", [book])
    purge(bindery.admin, "book", [book])
    assert bindery.run("select count(*) from _checklist where record = %s", [book]) == [(0,)]
