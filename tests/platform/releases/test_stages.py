"""Stages that a publish takes away or brings: where their records go, and how long they have been where they are."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from changing import Changing, an_object, changing
from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.errors import PublishRefused
from dougong_platform.integrity.checking import check
from dougong_platform.integrity.repair import repair_stays
from dougong_platform.releases import batches, draft
from dougong_platform.releases.draft_stages import put_stage_moves, stage_moves
from dougong_platform.releases.plan import plan, plan_model
from dougong_platform.releases.publish import publish
from dougong_platform.releases.release import Release
from dougong_platform.releases.restore import restore
from dougong_tenants import Database

VALUES = ["draft", "review", "printed", "lost"]
STAY = "select value, left_at is null from _stay where record = %s order by entered_at, id"


def book(values: list[str], **fields: Any) -> Document:
    more = {name: fields.pop(name) for name in ("record_types", "history") if name in fields}
    stage = {"type": "picklist", "values": values}
    return an_object("book", {"title": {"type": "text"}, "stage": stage, **fields}, **more)


def pipeline(values: list[str], name: str = "sale", **more: Any) -> Document:
    closed = {"printed": {"outcome": "won"}, "lost": {"outcome": "lost"}}
    stages = {value: closed.get(value, {}) for value in values}
    return Document("pipeline", name, {"object": "book", "field": "stage", "stages": stages, **more})


def without(value: str) -> list[str]:
    return [one for one in VALUES if one != value]


@pytest.fixture
def it(database: Database) -> Changing:
    """Books at every stage of a pipeline, ten each, with their stays."""
    made = changing(database)
    made.publish(book(VALUES), pipeline(VALUES))
    for value in VALUES:
        made.add("book", 10, title=f"'{value} ' || g", stage=f"'{value}'")
    made.run(
        "insert into _history (object, record, version, cause, op, changes) select 'book', id, version, 'user',"
        " 'create', jsonb_build_object('title', jsonb_build_array(null, title),"
        " 'stage', jsonb_build_array(null, stage)) from book"
    )
    repair_stays(made.database, made.tenant)
    return made


def counts(it: Changing) -> dict[str, int]:
    return dict(it.run("select stage, count(*) from book where deleted_at is null group by 1"))


def stays(it: Changing) -> dict[str, int]:
    return dict(it.run("select value, count(*) from _stay where left_at is null group by 1"))


def well(it: Changing, *names: str) -> list[Any]:
    """What the checks of stays, history and picklists find."""
    found = check(it.database, it.tenant, Path("/nonexistent"))
    return [one for name, findings in found for one in findings if name in (names or ("stays", "history", "picklists"))]


def test_records_of_a_removed_stage_need_a_place_to_go(it: Changing) -> None:
    less = [book(without("review")), pipeline(without("review"))]
    with pytest.raises(PublishRefused) as refused:
        it.publish(*less)
    assert (refused.value.data["stage"], refused.value.data["count"]) == ("sale.review", 10)
    assert it.number() == 2
    it.publish(*less, stages={"sale.review": "draft"})
    assert counts(it) == stays(it) == {"draft": 20, "printed": 10, "lost": 10}
    assert well(it) == []


def test_a_move_is_in_history_raises_the_version_and_ends_a_stay(it: Changing) -> None:
    ((record,),) = it.run("select id from book where stage = 'review' order by id limit 1")
    it.publish(
        book(without("review"), since={"type": "datetime"}),
        pipeline(without("review"), since="since"),
        stages={"sale.review": "lost"},
    )
    assert it.run("select version, stage from book where id = %s", [record]) == [(2, "lost")]
    ((changes, cause, reference, version),) = it.run(
        "select changes, cause, cause_ref, version from _history where record = %s and op = 'update'", [record]
    )
    assert (changes["stage"], cause, version) == (["review", "lost"], "publish", 2)
    assert it.run("select target::text from _publish where id::text = %s", [reference]) == [("3",)]
    assert it.run(STAY, [record]) == [("review", False), ("lost", True)]
    ((payload,),) = it.run("select payload from _outbox where topic = 'records' and payload ->> 'cause' = 'publish'")
    assert (payload["op"], payload["count"], str(record) in payload["ids"]) == ("update", 10, True)
    assert it.run("select count(*) from _restaged") == [(0,)]


def test_since_is_set_and_told_where_the_field_was_there(it: Changing) -> None:
    it.publish(book(VALUES, since={"type": "datetime"}), pipeline(VALUES, since="since"))
    it.publish(
        book(without("review"), since={"type": "datetime"}),
        pipeline(without("review"), since="since"),
        stages={"sale.review": "draft"},
    )
    assert it.run("select count(since) from book where stage = 'draft'") == [(10,)]
    assert well(it) == []


def test_the_last_moment_of_a_stage_may_be_taken_from_the_pipeline_alone(it: Changing) -> None:
    """The value stays in the picklist, inactive: it is still no stage."""
    values = [*without("review"), {"value": "review", "active": False}]
    less = [book(values), pipeline(without("review"))]  # type: ignore[arg-type]  # a value written out
    with pytest.raises(PublishRefused):
        it.publish(*less)
    it.publish(*less, stages={"sale.review": "printed"})
    assert counts(it) == {"draft": 10, "printed": 20, "lost": 10}


def test_a_stage_without_records_goes_silently(it: Changing) -> None:
    it.run("update book set stage = 'draft' where stage = 'review'")
    assert it.publish(book(without("review")), pipeline(without("review"))).number == 3


def test_only_stages_of_the_new_release_can_be_gone_to(it: Changing) -> None:
    less = [book(without("review")), pipeline(without("review"))]
    for moves, hint in (
        ({"sale.review": "draf"}, "draft"),
        ({"sale.review": "review"}, None),
        ({"sal.review": "draft"}, "sale"),
    ):
        with pytest.raises(PublishRefused) as refused:
            it.publish(*less, stages=moves)
        assert refused.value.data["reason"] == "no_stage"
        assert refused.value.data["hint"] == hint


def test_deleted_records_are_moved_too_but_ask_for_nothing(it: Changing) -> None:
    it.run("update book set deleted_at = now() where stage = 'review'")
    it.publish(book(without("review")), pipeline(without("review")), stages={"sale.review": "draft"})
    assert it.run("select count(*) from book where stage = 'review'") == [(0,)]


def test_roll_ups_that_ask_for_the_stage_are_right_afterwards(database: Database) -> None:
    it = changing(database)
    counted = {"type": "rollup", "of": "book.shelf", "count": True, "where": 'stage = "draft"'}
    shelf = an_object("shelf", {"name": {"type": "text"}, "drafts": counted})
    books = {"shelf": {"type": "lookup", "to": "shelf"}}
    it.publish(shelf, book(VALUES, **books), pipeline(VALUES))
    (one,) = it.add("shelf", name="'s'")
    it.add("book", 6, shelf=f"'{one}'::uuid", stage="case when g < 3 then 'draft' else 'review' end")
    it.run("update shelf set drafts = 2")
    less = without("review")
    it.publish(shelf, book(less, **books), pipeline(less), stages={"sale.review": "draft"})
    assert it.values("drafts", "shelf") in ([6], ["6"])


def test_each_record_type_has_its_own_pipeline(database: Database) -> None:
    it = changing(database)
    types = {"novel": {"default": True}, "poem": {}}
    it.publish(book(VALUES, record_types=types), pipeline(VALUES))
    for kind in ("'novel'", "'poem'", "null"):
        it.add("book", 3, stage="'review'", record_type=kind)
    poems = {"novel": {"default": True}, "poem": {"picklists": {"stage": without("review")}}}
    split = [
        book(VALUES, record_types=poems),
        pipeline(VALUES, "novels", record_types=["novel"]),
        pipeline(without("review"), "poems", record_types=["poem"]),
    ]
    model = compile_model(split)
    with pytest.raises(PublishRefused) as refused:
        publish(it.database, it.tenant, model=model)
    assert refused.value.data["stage"] == "poems.review"
    publish(it.database, it.tenant, model=model, stages={"poems.review": "draft"})
    assert it.run("select record_type, stage, count(*) from book group by 1, 2 order by 1") == [
        ("novel", "review", 3),
        ("poem", "draft", 3),
        (None, "review", 3),
    ]


def test_the_first_pipeline_tells_from_history_since_when_records_are_where_they_are(database: Database) -> None:
    it = changing(database)
    it.publish(book(VALUES))
    told, untold, blank, stale = it.add("book", 4, stage="case g when 3 then null else 'review' end")
    history = (
        "insert into _history (at, object, record, version, cause, op, changes) values"
        " (%s, 'book', %s, 1, 'user', 'update', jsonb_build_object('stage', jsonb_build_array(null, %s::text)))"
    )
    for day, record, value in (("01", told, "draft"), ("03", told, "review"), ("02", stale, "draft")):
        it.run(history, [f"2026-03-{day}", record, value])
    it.publish(book(VALUES), pipeline(VALUES))
    found = it.run(
        "select s.record, value, (entered_at at time zone 'UTC')::date::text, (left_at at time zone 'UTC')::date::text,"
        " entered_at = b.updated_at from _stay s join book b on b.id = s.record order by s.record, entered_at"
    )
    assert [(r, v, f, u) for r, v, f, u, _ in found if r == told] == [
        (told, "draft", "2026-03-01", "2026-03-03"),
        (told, "review", "2026-03-03", None),
    ]
    assert [(v, u, at) for r, v, _, u, at in found if r == untold] == [("review", None, True)]
    assert [(v, u is None) for r, v, _, u, _ in found if r == stale] == [("draft", False), ("review", True)]
    assert not [row for row in found if row[0] == blank]


def test_stays_end_with_the_last_pipeline_and_go_on_with_the_next(it: Changing) -> None:
    it.publish(book(VALUES))
    assert stays(it) == {}
    it.run("update book set stage = 'draft', updated_at = now() where stage = 'review'")
    it.publish(book(VALUES), pipeline(VALUES, "again"))
    assert stays(it) == {"draft": 20, "printed": 10, "lost": 10}
    assert it.run("select count(*) from _stay") == [(90,)]  # ten of which end where the change came unseen
    assert it.run("select count(*) from _stay where left_at < entered_at") == [(0,)]


def test_the_check_finds_and_mends_stays_that_are_wrong(it: Changing) -> None:
    assert well(it) == []
    it.run("update book set stage = 'draft', updated_at = now() where stage = 'review'")
    it.run("delete from _stay where value = 'lost'")
    it.run("update book set stage = null where stage = 'printed'")
    it.run("insert into _stay (object, record, field, value) values ('book', gen_random_uuid(), 'stage', 'draft')")
    assert sorted(one.count for one in well(it, "stays")) == [1, 30]
    repair_stays(it.database, it.tenant)
    assert well(it, "stays") == []
    assert stays(it) == {"draft": 20, "lost": 10}
    assert it.run("select count(*) from _stay where left_at < entered_at") == [(0,)]


# --- the draft --------------------------------------------------------------------------------------------------------


def drafted(it: Changing) -> None:
    draft.put(it.database, it.tenant, [book(without("review")), pipeline(without("review"))])


def test_the_plan_asks_says_how_many_and_shows_what_was_said(it: Changing) -> None:
    drafted(it)
    made = plan(it.database, it.tenant)
    (step,) = [step for step in made.steps if step.action == "move_stage"]
    assert (step.name, step.impact.rows, step.impact.refused, step.chosen) == ("sale.review", 10, True, None)
    assert list(step.choices) == without("review")
    assert not made.publishable
    put_stage_moves(it.database, it.tenant, {"sale.review": "lost"})
    again = plan(it.database, it.tenant)
    (step,) = [step for step in again.steps if step.action == "move_stage"]
    assert (step.impact.refused, step.chosen) == (False, "lost")
    assert again.publishable
    assert not [step for step in again.steps if step.impact.bad]
    assert again.draft_hash != made.draft_hash
    assert publish(it.database, it.tenant, base=again.base, draft_hash=again.draft_hash).number == 3
    assert counts(it) == {"draft": 10, "printed": 10, "lost": 20}
    with it.database.transaction(it.tenant) as tx:
        assert stage_moves(tx) == {}


def test_what_was_said_goes_with_the_draft_and_can_be_taken_back(it: Changing) -> None:
    drafted(it)
    put_stage_moves(it.database, it.tenant, {"sale.review": "lost", "sale.other": "draft"})
    assert put_stage_moves(it.database, it.tenant, {"sale.other": None}) == {"sale.review": "lost"}
    draft.discard(it.database, it.tenant, [("pipeline", "sale")])
    with it.database.transaction(it.tenant) as tx:
        assert stage_moves(tx) == {}
    put_stage_moves(it.database, it.tenant, {"sale.review": "lost"})
    draft.discard(it.database, it.tenant)
    with it.database.transaction(it.tenant) as tx:
        assert stage_moves(tx) == {}


def test_what_is_given_with_the_publish_comes_before_what_the_draft_says(it: Changing) -> None:
    drafted(it)
    put_stage_moves(it.database, it.tenant, {"sale.review": "lost"})
    publish(it.database, it.tenant, stages={"sale.review": "draft"})
    assert counts(it) == {"draft": 20, "printed": 10, "lost": 10}


def test_the_plan_of_the_first_pipeline_tells_that_stays_are_opened(database: Database) -> None:
    it = changing(database)
    it.publish(book(VALUES))
    it.add("book", 7, stage="'draft'")
    steps = plan_model(it.database, it.tenant, compile_model([book(VALUES), pipeline(VALUES)])).steps
    assert [(s.action, s.field, s.impact.rows) for s in steps] == [("open_stays", "stage", 7)]
    it.publish(book(VALUES), pipeline(VALUES))
    steps = plan_model(it.database, it.tenant, compile_model([book(VALUES)])).steps
    assert [(s.action, s.field) for s in steps] == [("end_stays", "stage")]


def test_an_older_release_comes_back_with_its_stages(it: Changing) -> None:
    more = ["idea", *VALUES]
    it.publish(book(more), pipeline(more))
    it.add("book", 4, stage="'idea'")
    with pytest.raises(PublishRefused):
        restore(it.database, it.tenant, 2)
    restore(it.database, it.tenant, 2, stages={"sale.idea": "draft"})
    assert counts(it)["draft"] == 14


# --- while others write ----------------------------------------------------------------------------------------------


def test_what_comes_in_meanwhile_is_moved_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers never stop: there is no moment at which nothing is left to move, and the publish does not wait for it."""
    monkeypatch.setattr(batches, "PATIENCE", 20.0)
    it = changing(database)
    it.publish(book(VALUES), pipeline(VALUES))
    it.add("book", 4_000, stage="'review'")
    stop, faults = threading.Event(), list[Exception]()

    def add() -> None:
        from dougong_platform.releases.locks import WRITER_LOCK

        try:
            while not stop.is_set():
                with it.database.transaction(it.tenant) as tx:
                    tx.execute(WRITER_LOCK)
                    ((release,),) = tx.rows("select max(number) from _release")
                    if release > 2:
                        return
                    tx.execute("insert into book (id, stage) values (gen_random_uuid(), 'review')")
        except Exception as fault:  # noqa: BLE001  # whatever a writer meets is the test's to judge
            faults.append(fault)

    writer = threading.Thread(target=add)
    writer.start()
    try:
        it.publish(book(without("review")), pipeline(without("review")), stages={"sale.review": "draft"})
    finally:
        stop.set()
        writer.join()
    assert faults == []
    assert set(counts(it)) == {"draft"}
    assert counts(it)["draft"] > 4_000
    repair_stays(it.database, it.tenant)  # these writers keep none
    assert well(it, "stays", "picklists") == []


def test_a_publish_that_is_refused_after_all_takes_its_moves_back(it: Changing, monkeypatch: Any) -> None:
    """A record comes into a stage that nobody has spoken of, between the plan and the switch."""
    it.run("update book set stage = 'draft' where stage = 'lost'")
    repair_stays(it.database, it.tenant)
    before = it.run("select id, stage from book order by id")
    open_before = it.run("select record, value, entered_at from _stay where left_at is null order by record")
    values = ["draft", "printed"]
    it.run(
        "create function _late() returns trigger language plpgsql as $$ begin"
        " update book set stage = 'lost' where id = (select id from book where stage = 'printed' order by id limit 1)"
        " and not exists (select from book where stage = 'lost'); return null; end $$;"
        " create trigger late after insert on _restaged for each statement execute function _late()"
    )
    with pytest.raises(PublishRefused) as refused:
        it.publish(book(values), pipeline(values), stages={"sale.review": "draft"})
    assert refused.value.data["stage"] == "sale.lost"
    it.run("drop trigger late on _restaged")
    it.run("update book set stage = 'printed' where stage = 'lost'")
    assert it.run("select id, stage from book order by id") == before
    assert it.run("select record, value, entered_at from _stay where left_at is null order by record") == open_before
    assert it.run("select count(*) from _history where cause = 'publish'") == [(20,)]
    assert it.run("select count(*) from _restaged") == [(0,)]
    assert isinstance(it.publish(book(values), pipeline(values), stages={"sale.review": "draft"}), Release)
