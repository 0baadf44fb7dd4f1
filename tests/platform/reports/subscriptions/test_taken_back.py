"""Subscriptions changed and removed, and that taken back; those of others, paused and ended by who manages people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform.errors import BadRequest, NotAllowed, NotFound
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.reports.subscriptions import keeping
from dougong_platform.reports.subscriptions.clock import forget
from dougong_tenants import people
from kept_reports import Kept
from post_office import PostOffice
from reading import Client
from sent_reports import fresh, look, make_due, subscribe, to, told

load_handlers()
ALL = "/api/v1/report-subscriptions"


@pytest.fixture(autouse=True)
def quiet(kept: Kept) -> Iterator[None]:
    yield from fresh(kept)


def test_a_removed_one_sends_nothing_and_comes_back_as_it_was(kept: Kept, post_office: PostOffice) -> None:
    bob = kept.caller("bob")
    made = subscribe(kept, recipients=to(kept, "bob", "dan"), only_if={"rows": True})
    keeping.remove(bob, made.id)
    with pytest.raises(NotFound):
        keeping.find(bob, made.id)
    assert keeping.list_for(bob) == []
    make_due(kept)
    assert look(kept) == 0
    with pytest.raises(NotFound):
        keeping.undo(kept.caller("dan"), made.id)
    back = keeping.undo(bob, made.id)
    assert (back.choices, back.next_at) == (made.choices, made.next_at)
    assert look(kept) == 0, "what fell due meanwhile is not sent"
    make_due(kept)
    assert look(kept) == 1
    with pytest.raises(BadRequest):
        keeping.undo(bob, made.id)


def test_a_paused_one_that_was_removed_comes_back_paused(kept: Kept) -> None:
    bob = kept.caller("bob")
    made = subscribe(kept)
    keeping.change(bob, made.id, {"active": False})
    keeping.remove(bob, made.id)
    back = keeping.undo(bob, made.id)
    assert (back.active, back.next_at) == (False, None)


def test_somebody_who_was_taken_out_is_put_back_and_stays_unsubscribed_if_he_was(kept: Kept) -> None:
    bob, database, tenant = kept.caller("bob"), kept.reading.database, kept.reading.tenant
    made = subscribe(kept, recipients=to(kept, "bob", "dan", "fay"))
    keeping.leave(database, tenant, made.id, kept["fay"])
    keeping.change(bob, made.id, {"recipients": to(kept, "bob")})
    back = keeping.undo(bob, made.id)
    assert [one.id for one in back.recipients] == [kept["bob"], kept["dan"], kept["fay"]]
    assert back.gone == (kept["fay"],)
    keeping.change(bob, made.id, {"recipients": to(kept, "bob")})
    keeping.change(bob, made.id, {"recipients": to(kept, "bob", "fay")})
    assert keeping.find(bob, made.id).gone == ()
    back = keeping.undo(bob, made.id)
    assert ([one.id for one in back.recipients], back.gone) == ([kept["bob"]], (kept["fay"],))


def test_what_was_put_away_long_ago_is_forgotten(kept: Kept) -> None:
    bob = kept.caller("bob")
    made, other = subscribe(kept), subscribe(kept)
    for one in (made, other):
        keeping.remove(bob, one.id)
    kept.reading.run(
        "update _report_subscription set removed_at = now() - interval '31 days' where id = %s returning 1", [made.id]
    )
    forget(kept.reading.database, kept.reading.tenant)
    with pytest.raises(NotFound):
        keeping.undo(bob, made.id)
    assert keeping.undo(bob, other.id).id == other.id


def test_the_api_takes_back_a_removal_and_a_change(kept: Kept, client_as: Callable[..., Client]) -> None:
    made, client = subscribe(kept), client_as("bob")
    assert client.post(f"{ALL}/{made.id}", method="DELETE")[0] == 204
    assert client.get(ALL) == (200, {"report_subscriptions": []})
    status, back = client.post(f"{ALL}/{made.id}/undo")
    assert (status, back["id"]) == (200, made.id)
    client.post(f"{ALL}/{made.id}", {"cadence": "weekly", "weekday": 2, "hour": 9}, method="PATCH")
    _, again = client.post(f"{ALL}/{made.id}/undo")
    assert (again["cadence"], again["hour"], again["weekday"]) == ("daily", 8, None)
    status, nothing = client.post(f"{ALL}/{made.id}/undo")
    assert (status, nothing["code"]) == (400, "bad_request")


def test_who_manages_people_lists_and_stops_those_of_others_and_the_owner_is_told(kept: Kept) -> None:
    ann, bob = kept.caller("ann"), kept.caller("bob")
    mine, his = subscribe(kept), subscribe(kept, who="dan")
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["dan"])
    assert [one.id for one in keeping.list_all(ann)] == [his.id, mine.id], "of those who have left first"
    with pytest.raises(NotAllowed):
        keeping.list_all(bob)
    with pytest.raises(NotAllowed):
        keeping.change(ann, mine.id, {"hour": 9})
    with pytest.raises(NotAllowed):
        keeping.send_now(ann, mine.id)
    assert not keeping.change(ann, mine.id, {"active": False}).active
    assert told(kept, "bob") == [("“Books by genre” is not sent any more", "Ann has stopped it.")]
    assert keeping.undo(ann, mine.id).active
    keeping.remove(ann, mine.id)
    assert keeping.undo(bob, mine.id).active, "the owner may take back what was done to his own"
    actions = kept.reading.run("select action from _audit where action like 'report_subscription.%%' order by seq")
    assert [action for (action,) in actions][-2:] == ["report_subscription.stopped", "report_subscription.removed"]
    keeping.remove(ann, his.id)
    with pytest.raises(NotFound):
        keeping.undo(bob, his.id)


def test_the_api_lists_everybodys_for_who_manages_people_alone(kept: Kept, client_as: Callable[..., Client]) -> None:
    made = subscribe(kept)
    ann = client_as("ann", "read", "write", "people")
    (one,) = ann.get(ALL, whose="all")[1]["report_subscriptions"]
    assert (one["id"], one["owner.name"]) == (made.id, "Bob")
    assert client_as("bob").get(ALL, whose="all")[0] == 403
    assert client_as("ann").get(ALL, whose="all")[0] == 403, "a token without the scope"
    assert ann.get(ALL, whose="mine")[0] == 400
    assert ann.post(f"{ALL}/{made.id}", {"active": False}, method="PATCH")[1]["active"] is False
    assert ann.post(f"{ALL}/{made.id}", {"hour": 3}, method="PATCH")[0] == 403
    assert ann.post(f"{ALL}/{made.id}/send")[0] == 403
