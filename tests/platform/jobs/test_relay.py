"""The relay: what stands in the outbox happens, once where it can, again where it must, and is kept where it cannot."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest

from dougong_platform.jobs import NOW, GivenUp, Later, Work, dead_letters, handles, put, run_again, waiting
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.sweep import sweep
from dougong_platform.jobs.topics import handlers, sweeps
from dougong_tenants import Database, Tenant


@pytest.fixture
def topic() -> str:
    """A topic of this test alone: handlers stay registered for the whole process."""
    return f"topic_{uuid.uuid4().hex[:8]}"


def put_one(database: Database, tenant: Tenant, topic: str, **payload: object) -> int:
    with database.transaction(tenant) as tx:
        return put(tx, topic, dict(payload))


def effects(database: Database, tenant: Tenant) -> list[str]:
    with database.transaction(tenant) as tx:
        return [row[0] for row in tx.rows("select note from effect order by note")]


def outbox(database: Database, tenant: Tenant) -> list[tuple[object, ...]]:
    with database.transaction(tenant) as tx:
        return tx.rows("select topic, attempts, failed, dead from _outbox order by id")


def make_due(database: Database, tenant: Tenant) -> None:
    with database.transaction(tenant) as tx:
        tx.execute("update _outbox set due = now()")


def note(work: Work) -> None:
    work.transaction.execute("insert into effect values (%(note)s)", {"note": work.payload["note"]})


def test_a_database_effect_and_its_outbox_row_go_together(database: Database, tenant: Tenant, topic: str) -> None:
    handles(topic)(note)
    put_one(database, tenant, topic, note="told")
    assert relay(database, tenant) == 1
    assert effects(database, tenant) == ["told"]
    assert outbox(database, tenant) == []


def test_what_a_rolled_back_transaction_put_never_happens(database: Database, tenant: Tenant, topic: str) -> None:
    handles(topic)(note)
    with pytest.raises(RuntimeError), database.transaction(tenant) as tx:
        put(tx, topic, {"note": "never"})
        raise RuntimeError
    assert relay(database, tenant) == 0
    assert effects(database, tenant) == []


def test_a_failure_undoes_its_own_effect_only_and_is_tried_later(
    database: Database, tenant: Tenant, topic: str
) -> None:
    @handles(topic)
    def sometimes(work: Work) -> None:
        note(work)
        if work.payload["note"] == "bad" and work.attempt == 1:
            raise ValueError("not yet")

    for text in ("a", "bad", "c"):
        put_one(database, tenant, topic, note=text)
    assert relay(database, tenant) == 2
    assert effects(database, tenant) == ["a", "c"]
    assert outbox(database, tenant) == [(topic, 1, "ValueError: not yet", False)]
    assert relay(database, tenant) == 0  # not due yet
    make_due(database, tenant)
    assert relay(database, tenant) == 1
    assert effects(database, tenant) == ["a", "bad", "c"]


def test_a_broken_statement_of_a_handler_spoils_nothing_else(database: Database, tenant: Tenant, topic: str) -> None:
    @handles(topic)
    def broken(work: Work) -> None:
        note(work)
        if work.payload["note"] == "bad":
            work.transaction.execute("select * from there_is_no_such_table")

    for text in ("a", "bad", "c"):
        put_one(database, tenant, topic, note=text)
    assert relay(database, tenant) == 2
    assert effects(database, tenant) == ["a", "c"]


def test_given_up_work_becomes_a_dead_letter_that_can_run_again(database: Database, tenant: Tenant, topic: str) -> None:
    broken = [True]

    @handles(topic, attempts=2)
    def stubborn(work: Work) -> None:
        if broken[0]:
            raise ValueError("no")
        note(work)

    identifier = put_one(database, tenant, topic, note="late")
    for _ in range(4):
        make_due(database, tenant)
        relay(database, tenant)
    with database.transaction(tenant, read_only=True) as tx:
        (dead,) = dead_letters(tx)
        assert (dead["id"], dead["attempts"], dead["failed"]) == (identifier, 2, "ValueError: no")
        assert waiting(tx) == (0, 0.0)
    broken[0] = False
    with database.transaction(tenant) as tx:
        assert run_again(tx, identifier)
        assert not run_again(tx, identifier)
    assert relay(database, tenant) == 1
    assert effects(database, tenant) == ["late"]


def test_work_outside_the_database_is_done_at_least_once_under_a_stable_id(
    database: Database, tenant: Tenant, topic: str
) -> None:
    seen: list[tuple[int, int]] = []

    @handles(topic, outside=True, lease=60)
    def send(work: Work) -> None:
        assert work.tx is None
        seen.append((work.id, work.attempt))
        if work.attempt == 1:
            raise ConnectionError("away")

    identifier = put_one(database, tenant, topic)
    assert relay(database, tenant) == 0
    make_due(database, tenant)
    assert relay(database, tenant) == 1
    assert seen == [(identifier, 1), (identifier, 2)]
    assert outbox(database, tenant) == []


def test_a_lease_keeps_others_away_and_ends_when_the_worker_was_killed(
    database: Database, tenant: Tenant, topic: str
) -> None:
    attempts: list[int] = []

    class Killed(BaseException):
        """Stands for kill -9: nothing after it runs."""

    @handles(topic, outside=True, lease=60)
    def send(work: Work) -> None:
        attempts.append(work.attempt)
        if work.attempt == 1:
            assert relay(database, tenant) == 0  # another relay finds nothing due
            raise Killed

    put_one(database, tenant, topic)
    with pytest.raises(Killed):
        relay(database, tenant)
    assert relay(database, tenant) == 0
    make_due(database, tenant)  # the lease ran out
    assert relay(database, tenant) == 1
    assert attempts == [1, 2]


def test_several_handlers_each_get_their_share_and_fail_alone(database: Database, tenant: Tenant, topic: str) -> None:
    @handles(topic)
    def first(work: Work) -> None:
        note(work)

    @handles(topic)
    def second(work: Work) -> None:
        raise ValueError("only mine")

    put_one(database, tenant, topic, note="shared")
    relay(database, tenant)
    assert effects(database, tenant) == ["shared"]
    ((left, attempts, failed, dead),) = outbox(database, tenant)
    assert str(left).startswith(f"{topic}>")
    assert "second" in str(left)
    assert (attempts, failed, dead) == (1, "ValueError: only mine", False)
    assert len(handlers(topic)) == 2


def test_events_without_listeners_leave_and_unknown_work_stays(database: Database, tenant: Tenant, topic: str) -> None:
    put_one(database, tenant, topic)
    put_one(database, tenant, "records", object="atlas", op="create", ids=[], count=0, xid="3")  # nobody's object
    relay(database, tenant)
    rows = outbox(database, tenant)
    assert [row[0] for row in rows] == [topic]
    assert rows[0][2] == f"Nothing handles “{topic}”."


def test_two_relays_share_the_work_without_doing_any_twice(database: Database, tenant: Tenant, topic: str) -> None:
    handles(topic)(note)
    with database.transaction(tenant) as tx:
        for number in range(200):
            put(tx, topic, {"note": f"{number:03}"})
    relays = [threading.Thread(target=relay, args=(database, tenant)) for _ in range(3)]
    for each in relays:
        each.start()
    for each in relays:
        each.join()
    relay(database, tenant)
    assert Counter(effects(database, tenant)) == Counter({f"{number:03}": 1 for number in range(200)})


def test_delayed_work_waits(database: Database, tenant: Tenant, topic: str) -> None:
    handles(topic)(note)
    with database.transaction(tenant) as tx:
        put(tx, topic, {"note": "later"}, delay=3600)
    assert relay(database, tenant) == 0
    make_due(database, tenant)
    assert relay(database, tenant) == 1


def test_the_sweep_finds_work_whose_bell_was_lost_and_runs_what_is_regular(
    database: Database, tenant: Tenant, topic: str
) -> None:
    ran: list[str] = []

    @sweeps(every=3600)
    def regular(_: Database, tenant: Tenant) -> None:
        ran.append(tenant.name)

    woken: list[tuple[str, str]] = []

    def wake(tenant: str, lane: str) -> None:
        woken.append((tenant, lane))

    assert sweep(database, [tenant], wake)[tenant.name].lanes == ()
    put_one(database, tenant, topic)
    assert sweep(database, [tenant], wake)[tenant.name].lanes == (NOW,)
    assert woken == [(tenant.name, NOW)]
    assert ran == [tenant.name]  # once in the hour


def test_what_a_handler_gives_up_is_a_dead_letter_at_once(database: Database, tenant: Tenant, topic: str) -> None:
    def refuse(work: Work) -> None:
        raise GivenUp("Nobody of this name lives here.")

    handles(topic, outside=True)(refuse)
    put_one(database, tenant, topic)
    relay(database, tenant)
    assert outbox(database, tenant) == [(topic, 1, "Nobody of this name lives here.", True)]


def test_a_handler_that_waits_its_turn_uses_up_no_attempt(database: Database, tenant: Tenant, topic: str) -> None:
    calls: list[int] = []

    def wait(work: Work) -> None:
        calls.append(work.attempt)
        if len(calls) < 12:
            raise Later(0)

    handles(topic, outside=True, attempts=3)(wait)
    put_one(database, tenant, topic)
    relay(database, tenant)
    assert calls == [1] * 12
    assert outbox(database, tenant) == []
