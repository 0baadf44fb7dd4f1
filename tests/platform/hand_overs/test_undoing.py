"""A hand-over is taken back, but not what others changed since; for any story of owners, as a property."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_platform.hand_overs import Choice, Plan, start, undo
from dougong_platform.hand_overs.errors import TooLongAgo, WrongState
from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.steps import DIRECTLY
from dougong_platform.hand_overs.store import cut_off
from dougong_platform.records import create, delete, update
from handing import Handing


def test_undo_gives_back_all_but_what_got_another_owner_or_was_deleted(handing: Handing) -> None:
    old, new, third = (handing.user(name) for name in ("back", "back_new", "back_third"))
    books = handing.books(old, 6)
    loans = [str(o.id) for o in create(handing.caller, "loan", [{"label": "L", "owner": old}] * 3).records]
    done = handing.run(Plan(old, (new,)))
    update(handing.caller, "book", [{"id": books[0], "title": "Another title"}])  # not its owner
    update(handing.caller, "book", [{"id": books[1], "owner": third}])
    update(handing.caller, "book", [{"id": books[2], "owner": third}])
    update(handing.caller, "book", [{"id": books[2], "owner": new}])  # somebody's own decision by now
    delete(handing.caller, "book", [books[3]])
    update(handing.caller, "loan", [{"id": loans[0], "owner": third}])
    undone = handing.take_back(done.id)
    assert (undone.state, undone.counts["undone"], undone.counts["left"]) == ("undone", 5, 4)
    assert handing.owners(books) == [old, third, new, new, old, old]
    assert handing.owners(loans, "loan") == [third, old, old]
    assert handing.rows("select title from book where id = %s", [books[0]]) == [("Another title",)]
    assert handing.left(done.id, "undo") == dict.fromkeys([*books[1:4], loans[0]], "changed_since")
    with pytest.raises(WrongState):
        undo(handing.caller, done.id)


def test_after_thirty_days_it_stays(handing: Handing) -> None:
    old, new = handing.user("late"), handing.user("late_new")
    handing.books(old, 1)
    done = handing.run(Plan(old, (new,)))
    assert done.undoable
    handing.rows("update _hand_over set created_at = now() - interval '31 days' where id = %s returning 1", [done.id])
    assert not handing.read(done.id).undoable
    with pytest.raises(TooLongAgo):
        undo(handing.caller, done.id)


def test_in_a_restored_copy_what_was_under_way_can_be_undone_and_made_anew(handing: Handing) -> None:
    old, new = handing.user("copied"), handing.user("copied_new")
    handing.books(old, DIRECTLY + 1)
    made = start(handing.caller, Plan(old, (new,)))
    with handing.database.owner(handing.tenant) as connection:
        cut_off(connection)
    assert handing.read(made.id).state == "failed"
    work(handing.database, handing.tenant, made.id)
    assert handing.read(made.id).counts["moved"] == 0
    assert handing.take_back(made.id).state == "undone"
    assert handing.run(Plan(old, (new,))).counts["moved"] == DIRECTLY + 1


PEOPLE = ("prop0", "prop1", "prop2", "prop3")
CHANGES = st.tuples(st.integers(0, 11), st.sampled_from(["owner0", "owner1", "owner2", "owner3", "title", "delete"]))
STORY = st.fixed_dictionaries(
    {
        "owners": st.lists(st.integers(0, 3), min_size=12, max_size=12),
        "receivers": st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3, unique=True),
        "loans_to": st.one_of(st.none(), st.sampled_from([1, 2, 3])),
        "lowest": st.integers(0, 6),
        "before": st.lists(CHANGES, max_size=4),
        "after": st.lists(CHANGES, max_size=8),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STORY)
def test_a_hand_over_and_its_undo_leave_every_record_as_before_except_what_others_changed(
    handing: Handing, story: dict[str, Any]
) -> None:
    """Six books (with history) and six loans (without), numbers 0 to 11; people 0 hands over."""
    people = [handing.user(name) for name in PEOPLE]
    records, oracle = _make(handing, people, story["owners"])
    for change in story["before"]:
        _change(handing, people, records, oracle, change)
    choices = {
        "book": Choice(filter=f"price >= {story['lowest']}"),
        "loan": Choice(to=None if story["loans_to"] is None else (people[story["loans_to"]],)),
    }
    done = handing.run(Plan(people[0], tuple(people[n] for n in story["receivers"]), choices))
    going = [n for n, one in oracle.items() if one["owner"] == 0 and one["live"] and (n >= 6 or n >= story["lowest"])]
    now = _state(handing, people, records)
    for n in oracle:
        if n in going:
            own = n >= 6 and story["loans_to"] is not None
            allowed = [story["loans_to"]] if own else story["receivers"]
            assert now[n][0] in allowed
            oracle[n]["owner"] = now[n][0]
        else:
            assert now[n] == (oracle[n]["owner"], oracle[n]["title"], oracle[n]["live"])
    assert done.counts["moved"] == len(going)
    touched: set[int] = set()
    for change in story["after"]:
        if _change(handing, people, records, oracle, change):
            touched.add(change[0])
    undone = handing.take_back(done.id)
    left = 0
    for n in going:
        without_memory = n >= 6 and oracle[n]["live"] and oracle[n]["owner"] == now[n][0]
        if n not in touched or without_memory:  # a loan has no history: what is its receiver's goes back
            oracle[n]["owner"] = 0
        else:
            left += 1
    assert _state(handing, people, records) == {n: (o["owner"], o["title"], o["live"]) for n, o in oracle.items()}
    assert (undone.counts["undone"], undone.counts["left"]) == (len(going) - left, left)


def _make(handing: Handing, people: list[str], owners: list[int]) -> tuple[list[str], dict[int, dict[str, Any]]]:
    handing.rows("delete from loan returning 1")
    handing.rows("update book set deleted_at = now() where deleted_at is null returning 1")
    books = [{"title": f"B{n}", "price": f"{n}.00", "owner": people[owners[n]]} for n in range(6)]
    loans = [{"label": f"B{n}", "owner": people[owners[n]]} for n in range(6, 12)]
    made = [str(o.id) for o in create(handing.caller, "book", books).records]
    made += [str(o.id) for o in create(handing.caller, "loan", loans).records]
    return made, {n: {"owner": owners[n], "title": f"B{n}", "live": True} for n in range(12)}


def _change(
    handing: Handing, people: list[str], records: list[str], oracle: dict[int, dict[str, Any]], change: tuple[int, str]
) -> bool:
    """Somebody else's change; whether it was about the owner, or deleted the record."""
    n, what = change
    object, id, one = ("book" if n < 6 else "loan"), records[n], oracle[n]
    if not one["live"]:
        return False
    if what == "delete":
        delete(handing.caller, object, [id])
        one["live"] = False
        return True
    if what == "title":
        one["title"] += "!"
        update(handing.caller, object, [{"id": id, "title" if n < 6 else "label": one["title"]}])
        return False
    owner = int(what[-1])
    changes = bool(one["owner"] != owner)
    update(handing.caller, object, [{"id": id, "owner": people[owner]}])
    one["owner"] = owner
    return changes


def _state(handing: Handing, people: list[str], records: list[str]) -> dict[int, tuple[int, str, bool]]:
    number = {id: n for n, id in enumerate(people)}
    found = {}
    for object, name, some in (("book", "title", range(6)), ("loan", "label", range(6, 12))):
        rows = handing.rows(
            f"select id, owner, {name}, deleted_at is null from {object} where id = any(%s::uuid[])",
            ["{" + ",".join(records[n] for n in some) + "}"],
        )
        at = {records[n]: n for n in some}
        found.update({at[id]: (number[owner], title, live) for id, owner, title, live in rows})
    return dict(sorted(found.items()))
