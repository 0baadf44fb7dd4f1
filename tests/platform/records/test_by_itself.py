"""What a save sets, asks and tells by itself: before-automations, gates, stays, warnings, the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from dougong_platform.errors import RecordsInvalid
from dougong_platform.query import get, list_records
from dougong_platform.records import create, delete, update
from purchasing import Purchasing, make_purchasing


@pytest.fixture(scope="module")
def shop(make_database: Callable[..., str]) -> Iterator[Purchasing]:
    made = make_purchasing(make_database())
    yield made
    made.database.close()


def made(shop: Purchasing, object: str = "purchase", **values: Any) -> str:
    values = {"title": "A saw", **values} if object == "purchase" else values
    return str(create(shop.admin, object, [values]).records[0].id)


def refused(work: Callable[[], Any]) -> list[tuple[str | None, str, str]]:
    with pytest.raises(RecordsInvalid) as caught:
        work()
    return [(e.field, e.code, e.message) for e in caught.value.errors]


def test_automations_before_the_save_run_in_their_order_and_see_each_other(shop: Purchasing) -> None:
    id = made(shop, budget="1500")
    row = get(shop.admin, "purchase", id)
    assert (row["level"], row["note"], row["checked_by"]) == ("high", "watch A saw", shop.ann)
    assert row["version"] == 1
    assert [r["id"] for r in list_records(shop.admin, "purchase", filter='note = "watch A saw"').records] == [id]
    found = shop.rows("select title, text from _search where record = %s", [id])
    assert "watch A saw" in found[0][1]


def test_an_update_sets_what_it_was_not_given_and_history_tells(shop: Purchasing) -> None:
    id = made(shop, budget="10")
    update(shop.admin, "purchase", [{"id": id, "budget": "1200"}])
    row = get(shop.admin, "purchase", id)
    assert (row["level"], row["note"]) == ("high", "watch A saw")
    changes = shop.rows("select changes from _history where record = %s order by seq desc limit 1", [id])[0][0]
    assert changes["level"] == [None, "high"]
    assert changes["note"] == [None, "watch A saw"]
    assert "watch A saw" in shop.rows("select text from _search where record = %s", [id])[0][0]
    update(shop.admin, "purchase", [{"id": id, "title": "A file"}])
    assert get(shop.admin, "purchase", id)["note"] == "watch A saw", "the level did not change again"


def test_a_batch_of_updates_fires_for_the_rows_that_fit(shop: Purchasing) -> None:
    ids = [made(shop, title=f"T{n}") for n in range(4)]
    rows = [
        {"id": id, "stage": "void"} if n % 2 else {"id": id, "why": "mine", "stage": "void"} for n, id in enumerate(ids)
    ]
    update(shop.admin, "purchase", rows)
    assert [get(shop.admin, "purchase", id)["why"] for id in ids] == ["mine", "was draft", "mine", "was draft"]


def test_the_gate_of_a_stage_says_what_is_missing(shop: Purchasing) -> None:
    id = made(shop)
    said = refused(lambda: update(shop.admin, "purchase", [{"id": id, "stage": "asked"}]))
    assert said == [
        ("supplier", "stage_required", "Supplier is needed for “Asked”."),
        ("stage", "stage_checklist", "The checklist for “Asked” is not complete."),
    ]
    supplier = made(shop, "supplier", name="Iron & Co")
    with shop.database.transaction(shop.tenant) as tx:
        tx.execute(
            "insert into _checklist (object, record, pipeline, stage, item)"
            " values ('purchase', %s, 'buying', 'asked', 'called')",
            [id],
        )
    update(shop.admin, "purchase", [{"id": id, "stage": "asked", "supplier": supplier}])
    said = refused(lambda: update(shop.admin, "purchase", [{"id": id, "stage": "done"}]))
    assert said == [("stage", "stage_move", "From “Asked” one can go to “Draft”, “Ordered”, “Void” only.")]
    said = refused(lambda: update(shop.admin, "purchase", [{"id": id, "stage": "ordered"}]))
    assert said == [("stage", "stage_gate", "There is no budget.")]
    update(shop.admin, "purchase", [{"id": id, "stage": "ordered", "budget": "5"}])
    update(shop.admin, "purchase", [{"id": id, "stage": "done"}])
    said = refused(lambda: update(shop.admin, "purchase", [{"id": id, "stage": "draft"}]))
    assert said == [("stage", "stage_end", "“Done” is closed and cannot be left.")]


def test_a_new_record_meets_the_gates_up_to_its_stage(shop: Purchasing) -> None:
    said = refused(lambda: made(shop, stage="ordered"))
    assert {(field, code) for field, code, _ in said} == {
        ("supplier", "stage_required"),
        ("stage", "stage_checklist"),
        ("stage", "stage_gate"),
    }
    imported = replace(shop.admin, cause="import")
    assert create(imported, "purchase", [{"title": "Old", "stage": "done"}]).records[0].ok


def test_each_stay_is_recorded_with_its_moments(shop: Purchasing) -> None:
    id = made(shop)
    update(shop.admin, "purchase", [{"id": id, "title": "Renamed"}])
    since = get(shop.admin, "purchase", id)["stage_since"]
    update(shop.admin, "purchase", [{"id": id, "stage": "void", "why": "too dear"}])
    stays = shop.rows(
        "select value, entered_at, left_at, left_by from _stay where record = %s and field = 'stage' order by id", [id]
    )
    assert [(value, left is None) for value, _, left, _ in stays] == [("draft", False), ("void", True)]
    assert stays[0][2] == stays[1][1]
    assert stays[0][3] == shop.ann
    assert stays[0][1] == since
    assert get(shop.admin, "purchase", id)["stage_since"] == stays[1][1]


def test_an_import_brings_the_moment_of_the_last_move(shop: Purchasing) -> None:
    imported = replace(shop.admin, cause="import")
    rows = [{"title": "Old", "stage_since": "2026-01-05T08:00:00Z"}, {"title": "New"}]
    ids = [str(o.id) for o in create(imported, "purchase", rows).records]
    since = [get(shop.admin, "purchase", id)["stage_since"] for id in ids]
    assert since[0] == "2026-01-05T08:00:00Z"
    assert since[1] is not None
    found = shop.rows("select entered_at from _stay where record = any(%s::uuid[]) order by record", [ids])
    assert [at for (at,) in found] == since
    assert refused(lambda: made(shop, stage_since="2026-01-05T08:00:00Z"))[0][1] == "read_only"


def test_a_warning_is_shown_once_and_then_confirmed(shop: Purchasing) -> None:
    with pytest.raises(RecordsInvalid) as caught:
        made(shop, budget="200000")
    (error,) = caught.value.errors
    assert (error.field, error.code, error.name) == ("budget", "needs_confirmation", "budget_large")
    assert (
        create(shop.admin, "purchase", [{"title": "X", "budget": "200000"}], confirmed=["budget_large"]).records[0].ok
    )
    assert create(shop.admin, "purchase", [{"title": "X", "budget": "200000"}], confirmed=["*"]).records[0].ok
    said = refused(lambda: create(shop.admin, "purchase", [{"title": "X", "budget": "-1"}], confirmed=["*"]))
    assert said == [("budget", "validation", "The budget cannot be negative.")]
    assert (
        create(replace(shop.admin, cause="automation"), "purchase", [{"title": "X", "budget": "200000"}]).records[0].ok
    )


def test_a_validation_begins_on_its_day(shop: Purchasing) -> None:
    assert made(shop, title="early")


def fired(shop: Purchasing, automation: str) -> list[tuple[Any, ...]]:
    return shop.rows(
        "select payload->>'op', payload->'ids', payload->'versions', payload->>'cause' from _outbox"
        " where topic = 'automation' and payload->>'automation' = %s order by id",
        [automation],
    )


def test_the_outbox_says_for_which_records_an_automation_fires(shop: Purchasing) -> None:
    shop.rows("delete from _outbox returning id")
    outcomes = create(
        shop.admin, "purchase", [{"title": "A", "budget": n} for n in ("10", "600", "700")], confirmed=["*"]
    ).records
    ids = [o.id for o in outcomes]
    assert fired(shop, "tell_of_dear") == [("create", ids[1:], [1, 1], "user")]
    update(shop.admin, "purchase", [{"id": ids[1], "title": "B"}, {"id": ids[0], "budget": "900"}])
    assert fired(shop, "tell_of_dear")[1:] == [("update", [ids[0]], [2], "user")]
    delete(shop.admin, "purchase", [str(id) for id in ids])
    assert [row[:2] for row in fired(shop, "tell_of_gone")] == [("delete", sorted(map(str, ids)))]


def test_many_fired_records_travel_in_parts(shop: Purchasing) -> None:
    shop.rows("delete from _outbox returning id")
    create(shop.admin, "purchase", [{"title": f"P{n}", "budget": "600"} for n in range(450)])
    assert [len(row[1]) for row in fired(shop, "tell_of_dear")] == [200, 200, 50]


def test_a_refused_batch_leaves_nothing(shop: Purchasing) -> None:
    shop.rows("delete from _outbox returning id")
    before = shop.rows("select count(*) from _stay")
    refused(lambda: create(shop.admin, "purchase", [{"title": "A", "budget": "600"}, {"title": "B", "budget": "-1"}]))
    assert fired(shop, "tell_of_dear") == []
    assert shop.rows("select count(*) from _stay") == before


def test_a_line_that_breaks_a_rule_of_its_purchase_is_refused(shop: Purchasing) -> None:
    id = made(shop, budget="50.50")
    line = str(create(shop.admin, "line", [{"purchase": id, "price": "1000", "pieces": 1}]).records[0].id)
    said = refused(lambda: create(shop.admin, "line", [{"purchase": id, "price": "100", "pieces": 1}]))
    assert said == [(None, "validation", "Purchase: The lines exceed the budget.")]
    said = refused(lambda: update(shop.admin, "line", [{"id": line, "pieces": 2}]))
    assert said == [(None, "validation", "Purchase: The lines exceed the budget.")]
    row = get(shop.admin, "purchase", id)
    assert (row["total"], row["lines"]) == ("1000.00", 1)
    update(shop.admin, "purchase", [{"id": id, "budget": "500"}])
    update(shop.admin, "line", [{"id": line, "pieces": 2}])
    assert get(shop.admin, "purchase", id)["total"] == "2000.00"
