"""Somebody's records go to other people: all, some, by turns; what others did in between is passed over."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from dougong_platform.errors import BadFilter, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.hand_overs import Choice, Plan, preview, start
from dougong_platform.hand_overs.handlers import hand_over, wake_abandoned
from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.steps import DIRECTLY
from dougong_platform.jobs import Work
from dougong_platform.records import create, delete, update
from dougong_tenants.people import deactivate_user
from handing import Handing
from library import as_user


def test_all_records_of_every_object_go_and_each_ones_history_says_so(handing: Handing) -> None:
    old, new = handing.user("old"), handing.user("new")
    books = handing.books(old, 3)
    shelf = str(create(handing.caller, "shelf", [{"name": "S", "owner": old}]).records[0].id)
    loan = str(create(handing.caller, "loan", [{"label": "L", "owner": old}]).records[0].id)
    page = str(create(handing.caller, "page", [{"book": books[0], "owner": old}]).records[0].id)
    others = handing.books(handing.ann, 1)
    done = handing.run(Plan(old, (new,)))
    assert (done.state, done.total, done.counts["moved"]) == ("done", 6, 6)
    assert handing.owners(books) == [new] * 3
    for object, id in (("shelf", shelf), ("loan", loan), ("page", page)):
        assert handing.owners([id], object) == [new]
    assert handing.owners(others) == [handing.ann]
    history = handing.rows(
        "select record, cause, actor, version, changes->'owner'->>1 from _history"
        " where cause_ref = %s and object = 'book'",
        [done.id],
    )
    assert sorted(history) == sorted((id, "hand_over", handing.ann, 2, new) for id in books)


def test_a_preview_counts_what_the_run_does_and_what_lies_in_the_bin(handing: Handing) -> None:
    old, one, two = (handing.user(name) for name in ("prev", "prev1", "prev2"))
    books = handing.books(old, 7)
    create(handing.caller, "shelf", [{"name": "S", "owner": old}] * 4)
    delete(handing.caller, "book", books[:2])
    plan = Plan(old, (one, two), {"book": Choice(), "shelf": Choice(to=(two,))})
    seen = preview(handing.caller, plan)
    lines = {line.object: line for line in seen.lines}
    assert (lines["book"].owned, lines["book"].in_bin, lines["book"].records) == (5, 2, 5)
    assert lines["book"].to == {one: 3, two: 2}
    assert lines["shelf"].to == {two: 4}
    assert (seen.records, seen.shares) == (9, {one: 3, two: 6})
    done = handing.run(plan)
    assert done.counts["moved"] == 9
    assert Counter(handing.owners(books[2:])) == {one: 3, two: 2}
    assert handing.owners(books[:2]) == [old] * 2  # the bin's stay


def test_receivers_take_turns_over_all_objects_so_that_nobody_gets_more(handing: Handing) -> None:
    old = handing.user("turns")
    three = tuple(handing.user(f"turn{n}") for n in range(3))
    handing.books(old, 4)
    create(handing.caller, "shelf", [{"name": "S", "owner": old}] * 4)
    create(handing.caller, "loan", [{"label": "L", "owner": old}] * 4)
    seen = preview(handing.caller, Plan(old, three))
    handing.run(Plan(old, three))
    counts = Counter(
        owner
        for object in ("book", "shelf", "loan")
        for (owner,) in handing.rows(f"select owner from {object} where owner = any(%s::uuid[])", [list(three)])
    )
    assert counts == dict.fromkeys(three, 4)
    assert seen.shares == dict.fromkeys(three, 4)


def test_a_receiver_who_may_read_nothing_of_it_is_told_before(handing: Handing) -> None:
    old, reader, kim = handing.user("seeing"), handing.user("seeing_new"), handing.user("kim", "keeper")
    handing.books(old, 1)
    create(handing.caller, "loan", [{"label": "L", "owner": old}])
    assert preview(handing.caller, Plan(old, (reader,))).blind == ()
    assert preview(handing.caller, Plan(old, (reader,), {"book": Choice(to=(kim,))})).blind == ((kim, "book"),)


def test_a_filter_or_ids_choose_some_of_an_object(handing: Handing) -> None:
    old, new = handing.user("some"), handing.user("some_new")
    books = handing.books(old, 10)
    done = handing.run(Plan(old, (new,), {"book": Choice(filter='price >= 8 and CONTAINS(title, "Book")')}))
    assert done.counts["moved"] == 2
    assert handing.owners(books) == [old] * 8 + [new] * 2
    handing.run(Plan(old, (new,), {"book": Choice(ids=(books[0], books[9], handing.books(handing.ann, 1)[0]))}))
    assert handing.owners(books) == [new] + [old] * 7 + [new] * 2


def test_a_wrong_plan_is_refused_with_its_places(handing: Handing) -> None:
    old, new, gone = handing.user("wrong"), handing.user("wrong_new"), handing.user("wrong_gone")
    deactivate_user(handing.database, handing.tenant, gone)
    with pytest.raises(RecordsInvalid) as refused:
        start(
            handing.caller,
            Plan(old, (old, "nobody"), {"book": Choice(to=(gone,)), "user": Choice(), "shelf": Choice(ids=("x",))}),
        )
    found = {(error.field, error.code) for error in refused.value.errors}
    assert found == {
        ("to_users", "receiver_unknown"),
        ("objects.book.to", "receiver_unknown"),
        ("objects.user", "object_unknown"),
        ("objects.shelf.ids", "not_an_id"),
    }
    with pytest.raises(RecordsInvalid) as refused:
        start(handing.caller, Plan(old))
    assert [(error.field, error.code) for error in refused.value.errors] == [("to_users", "required")]
    with pytest.raises(RecordsInvalid):
        start(handing.caller, Plan(old, (old,)))
    with pytest.raises(BadFilter):
        preview(handing.caller, Plan(old, (new,), {"book": Choice(filter="nonsense = 1")}))
    with pytest.raises(NotFound):
        preview(handing.caller, Plan("00000000-0000-0000-0000-000000000000", (new,)))
    assert handing.rows("select 1 from _hand_over where from_user = %s", [old]) == []


def test_who_looks_after_people_hands_over_all_but_chooses_only_from_what_he_may_read(handing: Handing) -> None:
    old, new, kim = handing.user("seen"), handing.user("seen_new"), handing.user("kim", "keeper")
    handing.books(old, 2)
    create(handing.caller, "loan", [{"label": "L", "owner": old}])
    keeper = as_user(handing.database, handing.tenant, kim, "keeper")
    with pytest.raises(BadFilter):  # the shelf's fields do not exist for him
        preview(keeper, Plan(old, (new,), {"shelf": Choice(filter='name = "S"')}))
    assert preview(keeper, Plan(old, (new,), {"loan": Choice(filter='label = "L"')})).records == 0  # not his own
    assert preview(keeper, Plan(old, (new,), {"loan": Choice()})).records == 1
    assert start(keeper, Plan(old, (new,))).counts["moved"] == 3
    with pytest.raises(NotAllowed):
        start(keeper, Plan(handing.ann, (new,)))  # an administrator's records are an administrator's business
    with pytest.raises(NotAllowed):
        start(as_user(handing.database, handing.tenant, new, "reader"), Plan(old, (new,)))


def test_refused_records_are_listed_and_the_rest_goes_on(handing: Handing) -> None:
    old, new = handing.user("refused"), handing.user("refused_new")
    shelf = str(create(handing.caller, "shelf", [{"name": "S", "room": "open"}]).records[0].id)
    books = handing.books(old, 4)
    update(handing.caller, "book", [{"id": books[1], "shelf": shelf}])
    update(handing.caller, "shelf", [{"id": shelf, "room": "closed"}])
    done = handing.run(Plan(old, (new,), {"book": Choice()}))
    assert (done.state, done.counts["moved"], done.counts["refused"]) == ("done", 3, 1)
    assert handing.owners(books) == [new, old, new, new]
    assert handing.left(done.id) == {books[1]: "validation"}


def test_what_others_did_in_between_is_passed_over_and_counted(handing: Handing) -> None:
    old, new, third = (handing.user(name) for name in ("between", "between_new", "between_third"))
    books = handing.books(old, DIRECTLY + 1)
    made = start(handing.caller, Plan(old, (new,)))
    assert (made.state, made.total) == ("planned", DIRECTLY + 1)
    update(handing.caller, "book", [{"id": books[0], "owner": third}])
    delete(handing.caller, "book", [books[1]])
    delete(handing.caller, "book", [books[2]])
    handing.rows("delete from book where id = %s returning 1", [books[2]])
    late = handing.books(old, 1)
    hand_over(Work(handing.database, handing.tenant, None, 0, "hand_over", {"hand_over": made.id, "do": "work"}, "", 1))
    done = handing.run(Plan(old, (new,), {"shelf": Choice()}))  # nothing to do is no failure
    assert (done.state, done.total) == ("done", 0)
    assert handing.left(made.id) == {books[0]: "new_owner", books[1]: "in_bin", books[2]: "gone"}
    assert handing.owners([books[0], books[3], *late]) == [third, new, old]


def test_two_hand_overs_of_one_person_at_once_move_each_record_once(handing: Handing) -> None:
    old = handing.user("twice")
    one, two = handing.user("twice1"), handing.user("twice2")
    books = handing.books(old, 2_500)
    jobs = [start(handing.caller, Plan(old, (to,))) for to in (one, two)]
    threads = [threading.Thread(target=work, args=(handing.database, handing.tenant, job.id)) for job in (*jobs, *jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = Counter(handing.owners(books))
    done = [handing.read(job.id) for job in jobs]
    assert [job.state for job in done] == ["done", "done"]
    assert counts[one] + counts[two] == 2_500
    assert [counts[one], counts[two]] == [job.counts["moved"] for job in done]
    assert [job.counts["passed"] for job in done] == [counts[two], counts[one]]
    assert handing.rows(
        "select count(*), count(distinct record) from _history where cause = 'hand_over' and record = any(%s::uuid[])",
        ["{" + ",".join(books) + "}"],
    ) == [(2_500, 2_500)]


def test_one_nobody_works_on_is_woken(handing: Handing) -> None:
    old, new = handing.user("woken"), handing.user("woken_new")
    handing.books(old, DIRECTLY + 1)
    made = start(handing.caller, Plan(old, (new,)))
    handing.rows("delete from _outbox where topic = 'hand_over' returning 1")
    wake_abandoned(handing.database, handing.tenant)
    assert handing.rows("select 1 from _outbox where topic = 'hand_over'") == []  # not yet
    handing.rows("update _hand_over set touched_at = now() - interval '3 minutes' where id = %s returning 1", [made.id])
    wake_abandoned(handing.database, handing.tenant)
    assert handing.rows("select payload->>'hand_over' from _outbox where topic = 'hand_over'") == [(made.id,)]
    work(handing.database, handing.tenant, made.id)


def test_ten_thousand_records_in_a_few_seconds(handing: Handing) -> None:
    old, new = handing.user("many"), handing.user("many_new")
    books = handing.books(old, 10_000)
    began = time.perf_counter()
    done = handing.run(Plan(old, (new,)))
    took = time.perf_counter() - began
    began = time.perf_counter()
    undone = handing.take_back(done.id)
    print(f"\n10,000 records: {took:.2f} s there, {time.perf_counter() - began:.2f} s back")
    assert done.counts["moved"] == 10_000
    assert (undone.state, undone.counts["undone"], undone.counts["left"]) == ("undone", 10_000, 0)
    assert set(handing.owners(books)) == {old}
    assert took < 60
