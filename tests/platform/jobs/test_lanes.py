"""Lanes and slices: nothing waits for what takes longer, a flood of one company does not keep another waiting, and many
rows are taken at once without losing that each has its effect once."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence

import pytest

from dougong_platform.jobs import LONG, NOW, OUTSIDE, GivenUp, Later, Work, handles, put
from dougong_platform.jobs.relay import BATCH, Slice, relay
from dougong_platform.jobs.sweep import run_regular, sweep
from dougong_platform.jobs.topics import sweeps
from dougong_platform.jobs.turns import Turns
from dougong_platform.storage.engine_tables import upgrade_on
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy import NewTenant, create


@pytest.fixture
def topic() -> str:
    return f"topic_{uuid.uuid4().hex[:8]}"


def fill(database: Database, tenant: Tenant, topic: str, count: int) -> None:
    with database.transaction(tenant) as tx:
        tx.execute(
            "insert into _outbox (topic, payload) select %(topic)s, jsonb_build_object('note', g)"
            " from generate_series(1, %(count)s) g",
            {"topic": topic, "count": count},
        )


def rows(database: Database, tenant: Tenant, sql: str) -> list[tuple[object, ...]]:
    with database.transaction(tenant) as tx:
        return tx.rows(sql)


def note(work: Work) -> None:
    work.transaction.execute("insert into effect values (%(note)s)", {"note": str(work.payload["note"])})


def test_a_relay_moves_what_belongs_elsewhere_and_says_where(database: Database, tenant: Tenant, topic: str) -> None:
    called: list[int] = []

    @handles(topic, outside=True)
    def call(work: Work) -> None:
        called.append(work.id)

    @handles(f"{topic}_long", outside=True, lane=LONG)
    def long(work: Work) -> None:
        called.append(-work.id)

    with database.transaction(tenant) as tx:
        first, second = put(tx, topic, {}), put(tx, f"{topic}_long", {})
    worked = Slice(database, tenant, NOW).work()
    assert (worked.count, worked.moved, called) == (0, {OUTSIDE, LONG}, [])
    assert Slice(database, tenant, NOW).work().count == 0
    assert Slice(database, tenant, OUTSIDE).work().count == 1
    assert called == [first]
    assert Slice(database, tenant, LONG).work().count == 1
    assert called == [first, -second]
    assert rows(database, tenant, "select count(*) from _outbox") == [(0,)]


def test_a_slice_ends_with_its_time_and_says_that_more_is_due(database: Database, tenant: Tenant, topic: str) -> None:
    @handles(topic)
    def slow(work: Work) -> None:
        time.sleep(0.02)
        note(work)

    fill(database, tenant, topic, 100)
    began = time.monotonic()
    worked = Slice(database, tenant, NOW).work(seconds=0.1)
    assert time.monotonic() - began < 5  # a whole batch would take a second, all of them two
    assert worked.more
    assert 1 <= worked.count < BATCH[NOW]
    assert rows(database, tenant, "select count(*) from effect") == [(worked.count,)]
    done = worked.count
    while worked.more:
        worked = Slice(database, tenant, NOW).work(seconds=0.1)
        done += worked.count
    assert done == 100
    assert rows(database, tenant, "select count(*), count(distinct note) from effect") == [(100, 100)]


def test_turn_by_turn_a_flood_lets_another_company_through(database: Database, tenant: Tenant, topic: str) -> None:
    """One worker, one queue: after each slice the flooded company stands at its end."""
    other = create(database, NewTenant(f"other_{topic[-8:]}"), lambda connection, made: upgrade_on(connection) and None)
    met: dict[str, float] = {}

    @handles(topic)
    def work(work: Work) -> None:
        met.setdefault(work.tenant.name, time.monotonic())

    fill(database, tenant, topic, 5_000)
    queue = [tenant]
    began: float | None = None
    while queue and other.name not in met:
        turn = queue.pop(0)
        if Slice(database, turn, NOW).work(seconds=0.2).more:
            queue.append(turn)
        if began is None:
            fill(database, other, topic, 1)
            began = time.monotonic()
            queue.append(other)
    assert began is not None
    assert met[other.name] - began < 5


def test_many_rows_are_taken_at_once_and_leave_with_their_effect(
    database: Database, tenant: Tenant, topic: str
) -> None:
    sizes: list[int] = []

    @handles(topic, many=True)
    def together(works: Sequence[Work]) -> None:
        sizes.append(len(works))
        for work in works:
            note(work)

    fill(database, tenant, topic, 120)
    assert relay(database, tenant) == 120
    assert sizes == [BATCH[NOW], BATCH[NOW], 20]
    assert rows(database, tenant, "select count(*), count(distinct note) from effect") == [(120, 120)]


def test_one_bad_row_among_many_fails_alone(database: Database, tenant: Tenant, topic: str) -> None:
    @handles(topic, many=True)
    def together(works: Sequence[Work]) -> None:
        for work in works:
            note(work)
            if work.payload["note"] == 7:
                raise ValueError("not seven")

    fill(database, tenant, topic, 10)
    assert relay(database, tenant) == 9
    assert rows(database, tenant, "select count(*) from effect where note <> '7'") == [(9,)]
    assert rows(database, tenant, "select count(*) from effect") == [(9,)]
    assert rows(database, tenant, "select payload ->> 'note', attempts, failed from _outbox") == [
        ("7", 1, "ValueError: not seven")
    ]


def test_pauses_are_the_handlers_own(database: Database, tenant: Tenant, topic: str) -> None:
    @handles(topic, pauses=(5, 500))
    def never(work: Work) -> None:
        raise ValueError

    fill(database, tenant, topic, 1)
    for seconds in (5, 500):
        ((before,),) = rows(database, tenant, "select clock_timestamp()")
        relay(database, tenant)
        failed = f"due - interval '{seconds} s' between '{before}' and clock_timestamp()"
        assert rows(database, tenant, f"select {failed}, dead from _outbox") == [(True, False)]
        rows(database, tenant, "update _outbox set due = now() returning 1")
    relay(database, tenant)
    assert rows(database, tenant, "select attempts, dead from _outbox") == [(3, True)]


@pytest.mark.parametrize("wish", [GivenUp("useless"), Later(60)])
def test_a_handler_in_the_database_too_may_give_up_or_wait(
    database: Database, tenant: Tenant, topic: str, wish: Exception
) -> None:
    @handles(topic)
    def stop(work: Work) -> None:
        note(work)
        raise wish

    fill(database, tenant, topic, 1)
    relay(database, tenant)
    dead = isinstance(wish, GivenUp)
    assert rows(database, tenant, "select dead, attempts, failed from _outbox") == [
        (dead, 1 if dead else 0, "useless" if dead else None)
    ]
    assert rows(database, tenant, "select count(*) from effect") == [(0,)]


def test_what_is_gone_does_not_slow_the_next_take(database: Database, tenant: Tenant, topic: str) -> None:
    """Behind 30,000 dead entries of the index, PostgreSQL reads few pages for the next batch of the same slice."""
    handles(topic, many=True)(lambda works: None)
    fill(database, tenant, topic, 30_000)
    with database.transaction(tenant) as tx:
        tx.execute("delete from _outbox where payload ->> 'note' <> '30000'")
        ((id, due),) = tx.rows("select id, due from _outbox")
    taking = (
        "explain (analyze, buffers, costs off, summary off) select id from _outbox where not dead and due <= now()"
        f" and lane = 'now' and (due, id) > ('{due}'::timestamptz, {int(str(id)) - 1}) order by due, id limit 50"
        " for update skip locked"
    )
    with database.transaction(tenant) as tx:
        plan = "\n".join(str(line) for (line,) in tx.rows(taking))
    assert "Index Scan using _outbox_lane" in plan
    done = plan.partition("Planning:")[0]  # what planning reads of the catalogue is another matter
    pages = max(int(word.partition("=")[2]) for word in done.split() if word.startswith("hit="))
    assert pages < 40, plan


def test_turns_are_limited_and_whoever_was_turned_away_is_remembered() -> None:
    turns = Turns(2)
    assert turns.begin("a")
    assert turns.begin("a")
    assert not turns.begin("a")
    assert turns.begin("b")
    assert turns.end("a")  # somebody was turned away: ring again
    assert not turns.end("a")
    assert turns.begin("a")
    assert not turns.end("b")


def test_of_two_schedulers_one_runs_what_is_regular_and_a_restart_changes_nothing(
    database: Database, tenant: Tenant, topic: str
) -> None:
    ran: list[str] = []

    def regular(_: Database, tenant: Tenant) -> None:
        ran.append(tenant.name)

    regular.__qualname__ = topic
    sweeps(every=3600)(regular)
    begun: list[str] = []
    found = sweep(database, [tenant], lambda name, lane: None, begun.append)
    assert begun == [tenant.name]
    assert found[tenant.name].waiting == 0
    both = [threading.Thread(target=run_regular, args=(database, tenant)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert ran == [tenant.name]
    run_regular(database, tenant)  # another process, an hour not over: it is noted in the database
    assert ran == [tenant.name]
    rows(database, tenant, "update _swept set at = now() - interval '1 hour' returning 1")
    run_regular(database, tenant)
    assert ran == [tenant.name] * 2


def test_one_regular_task_that_fails_hinders_no_other(database: Database, tenant: Tenant, topic: str) -> None:
    ran: list[str] = []

    def make(name: str) -> Callable[[Database, Tenant], None]:
        def regular(_: Database, tenant: Tenant) -> None:
            ran.append(name)
            raise ValueError(name)

        regular.__qualname__ = f"{topic}_{name}"
        return regular

    for name in ("a", "b"):
        sweeps(every=3600)(make(name))
    run_regular(database, tenant)
    assert sorted(ran) == ["a", "b"]


def test_a_handler_of_many_works_in_the_database_and_a_lane_fits_its_handler(topic: str) -> None:
    with pytest.raises(ValueError, match="in the database only"):
        handles(topic, many=True, outside=True)
    for wrong in ({"lane": OUTSIDE}, {"lane": NOW, "outside": True}, {"lane": "fast"}):
        with pytest.raises(ValueError, match="lane"):
            handles(topic, **wrong)  # type: ignore[arg-type]  # what is wrong is the point
