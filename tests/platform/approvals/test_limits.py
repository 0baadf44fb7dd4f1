"""Time limits: reminders, others who take over, the engine's decision; each once, also with several workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest

from approving import OBJECTS, Approving, make_approving
from dougong_metadata.errors import Fault
from dougong_platform.approvals.clock.limits import answer_due, wake_for
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.governing import recall
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.jobs.topics import load_handlers, watchers
from dougong_tenants.alarms import due_alarms
from dougong_tenants.people import activate_user, deactivate_user

_FLOW = """
---
kind: approval
name: {name}
object: purchase
label: {{en: {name}, zh: {name}}}
nodes:
  - name: first
    kind: approve
    by: {by}
    need: {need}
    limit: {{hours: 8, working: false, remind: 2, then: {then}{to}}}
  - {{name: second, kind: approve, by: [{{user: cat@approving.test}}]}}
"""
_BY = "[{user: bea@approving.test}]"
_ALL = "[{user: bea@approving.test}, {user: eve@approving.test}]"
_TO = ", to: [{user: fay@approving.test}, {user: gus@approving.test}]"


def _flow(name: str, then: str, by: str = _BY, need: str = "any", to: str = "") -> str:
    return _FLOW.format(name=name, by=by, need=need, then=then, to=to)


DOCUMENTS = OBJECTS + "".join(
    (
        _flow("nudge", "remind"),
        _flow("climb", "escalate"),
        _flow("pass_on", "transfer", to=_TO),
        _flow("pass_all", "transfer", by=_ALL, need="all", to=", to: [{user: fay@approving.test}]"),
        _flow("yes", "approve", by=_ALL, need="sequence"),
        _flow("no", "reject", by=_ALL, need="all"),
    )
)


@pytest.fixture(scope="module")
def timed(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, DOCUMENTS, "timed")
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def clean(timed: Approving) -> Iterator[None]:
    yield
    timed.relay()
    for table in ("_approval", "_approval_delegation", "_notification", "_outbox"):
        timed.run(f"delete from {table}")


def sent(timed: Approving, flow: str) -> str:
    (made,) = submit(timed.caller("dan"), flow, "purchase", [timed.purchase(total="100")])
    assert made.approval is not None, made.problem
    timed.relay()
    return made.approval


def later(timed: Approving, hours: float) -> int:
    """So many hours go by, and the clock is looked at."""
    passed = {"passed": dt.timedelta(hours=hours)}
    timed.run(
        "update _approval_step set due_at = due_at - %(passed)s, remind_at = remind_at - %(passed)s"
        " where state = 'open' and (remind_at is null or remind_at < '9000-01-01')",
        passed,
    )
    moved = answer_due(timed.database, timed.tenant)
    timed.relay()
    return moved


def asked(timed: Approving, approval: str) -> list[str]:
    rows = timed.rows(
        "select \"user\" from _approval_task where approval = %s and state = 'open' and kind = 'decide'"
        " order by position, id",
        [approval],
    )
    return [next(name for name, id in timed.people.items() if id == row[0]) for row in rows]


def events(timed: Approving, approval: str) -> list[tuple[Any, ...]]:
    return timed.rows(
        "select action, via from _approval_event where approval = %s and (via = 'clock') order by id", [approval]
    )


def said(timed: Approving, who: str) -> list[str]:
    rows = timed.rows('select title from _notification where "user" = %s order by id', [timed.people[who]])
    return ["".join(p if isinstance(p, str) else p["text"] for p in row[0]["en"]) for row in rows]


def state(timed: Approving, approval: str) -> str:
    return str(timed.rows("select state from _approval where id = %s", [approval])[0][0])


def test_those_asked_are_reminded_once_before_the_time_is_up(timed: Approving) -> None:
    approval = sent(timed, "nudge")
    assert later(timed, 5) == 0
    assert later(timed, 1.5) == 1
    assert later(timed, 0) == 0
    assert events(timed, approval) == [("reminded", "clock")]
    assert said(timed, "bea") == [
        "Dan asks for your approval: Paper",
        "Please decide soon, the time is nearly up: Paper",
    ]


def test_once_the_time_is_up_they_are_reminded_every_day(timed: Approving) -> None:
    approval = sent(timed, "nudge")
    assert [later(timed, hours) for hours in (9, 0, 5, 20, 0, 24)] == [1, 0, 0, 1, 0, 1]
    assert events(timed, approval) == [("overdue", "clock")] * 3
    assert said(timed, "bea")[1:] == ["Please decide, the time is up: Paper"] * 3
    assert asked(timed, approval) == ["bea"]


def test_a_worker_that_was_away_says_what_is_true_now_and_not_what_was_due_before(timed: Approving) -> None:
    approval = sent(timed, "nudge")
    assert later(timed, 500) == 1
    assert events(timed, approval) == [("overdue", "clock")]


def test_each_ones_manager_takes_over_and_his_after_him_until_there_is_none(timed: Approving) -> None:
    approval = sent(timed, "climb")
    assert later(timed, 8.1) == 1
    assert asked(timed, approval) == ["cat"]
    assert said(timed, "bea")[-1] == "Cat decides in your place now: Paper"
    assert said(timed, "cat") == ["Dan asks for your approval: Paper"]
    assert later(timed, 7) == 1  # a time of his own, with a reminder
    assert events(timed, approval)[-1] == ("reminded", "clock")
    assert later(timed, 2) == 1
    assert asked(timed, approval) == ["ann"]
    assert later(timed, 9) == 1  # nobody is above her
    assert (asked(timed, approval), events(timed, approval)[-1]) == (["ann"], ("overdue", "clock"))
    with pytest.raises(Fault):
        decide(timed.caller("bea"), approval, "approve")
    decide(timed.caller("ann"), approval, "approve")
    assert asked(timed, approval) == ["cat"]


def test_somebody_who_has_left_is_passed_over_on_the_way_up(timed: Approving) -> None:
    approval = sent(timed, "climb")
    deactivate_user(timed.database, timed.tenant, timed.people["cat"])
    try:
        later(timed, 9)
        assert asked(timed, approval) == ["ann"]
    finally:
        activate_user(timed.database, timed.tenant, timed.people["cat"])


def test_all_who_are_to_take_over_are_asked_where_one_of_them_is_enough(timed: Approving) -> None:
    approval = sent(timed, "pass_on")
    later(timed, 9)
    assert sorted(asked(timed, approval)) == ["fay", "gus"]
    decide(timed.caller("gus"), approval, "approve")
    assert asked(timed, approval) == ["cat"]


def test_one_who_takes_over_from_several_decides_for_them_all(timed: Approving) -> None:
    approval = sent(timed, "pass_all")
    later(timed, 9)
    assert asked(timed, approval) == ["fay"]
    later(timed, 9)  # nobody else is left who could
    assert asked(timed, approval) == ["fay"]
    decide(timed.caller("fay"), approval, "approve")
    assert asked(timed, approval) == ["cat"]


def test_the_engine_approves_for_everybody_and_it_goes_on(timed: Approving) -> None:
    approval = sent(timed, "yes")
    later(timed, 9)
    assert asked(timed, approval) == ["cat"]
    automatic = "select automatic, state from _approval_task where approval = %s and automatic is not null"
    assert timed.rows(automatic, [approval]) == [("time", "approved")] * 2
    assert later(timed, 1000) == 0


def test_the_engine_rejects_and_the_submitter_is_told(timed: Approving) -> None:
    approval = sent(timed, "no")
    later(timed, 9)
    assert state(timed, approval) == "rejected"
    assert said(timed, "dan") == ["Rejected: Paper"]


def test_what_is_over_has_no_time_any_more(timed: Approving) -> None:
    one, other = sent(timed, "no"), sent(timed, "no")
    recall(timed.caller("dan"), one)
    assert later(timed, 9) == 1
    assert (state(timed, one), state(timed, other)) == ("recalled", "rejected")


def test_one_whose_version_fits_no_more_keeps_no_other_waiting(timed: Approving) -> None:
    broken = sent(timed, "nudge")
    timed.run(
        "update _approval_version set digest = 'old', body = jsonb_set(body::jsonb, '{entry}', '\"no_such > 1\"')::text"
    )
    one = sent(timed, "climb")
    try:
        assert later(timed, 9) == 1
        assert (events(timed, broken), asked(timed, one)) == ([], ["cat"])
        ((seconds,),) = timed.database.read_control(
            "select extract(epoch from at - now())::float8 from dougong.alarm", {}
        )
        assert float(seconds) > 60  # it is not tried again and again
    finally:
        timed.run("delete from _approval_version where digest = 'old'")


def test_of_several_workers_one_answers_each(timed: Approving) -> None:
    approvals = [sent(timed, "climb") for _ in range(4)]
    timed.run("update _approval_step set due_at = now(), remind_at = null where state = 'open'")
    moved: list[int] = []
    _at_once(*[lambda: moved.append(answer_due(timed.database, timed.tenant))] * 3)
    assert sum(moved) == 4
    for approval in approvals:
        assert asked(timed, approval) == ["cat"]
        assert events(timed, approval) == [("escalated", "clock")]


def test_the_clock_and_somebody_who_decides_at_the_same_moment_come_to_one_outcome(timed: Approving) -> None:
    for _ in range(6):
        approval = sent(timed, "no")
        timed.run("update _approval_step set due_at = now(), remind_at = null where state = 'open'")
        refused: list[Fault] = []

        def approve(approval: str = approval, refused: list[Fault] = refused) -> None:
            try:
                decide(timed.caller("bea"), approval, "approve")
            except Fault as fault:
                refused.append(fault)

        _at_once(approve, lambda: answer_due(timed.database, timed.tenant))
        assert state(timed, approval) == "rejected"
        ends = "select count(*) from _approval_event where approval = %s and action = 'ended_rejected'"
        assert timed.rows(ends, [approval]) == [(1,)]
        first = 'select state from _approval_task where approval = %s and "user" = %s'
        ((task,),) = timed.rows(first, [approval, timed.people["bea"]])
        assert (task == "approved") == (not refused)


def test_a_tenant_is_looked_at_when_its_first_time_is_up(timed: Approving) -> None:
    answer_due(timed.database, timed.tenant)
    assert due_alarms(timed.database) == []
    sent(timed, "nudge")
    assert due_alarms(timed.database) == []
    timed.run("update _approval_step set remind_at = now() + interval '1 second'")
    timed.run(
        "insert into _outbox (topic, payload) select 'approval', jsonb_build_object('approval', id) from _approval"
    )
    timed.relay()
    ((seconds,),) = timed.database.read_control("select extract(epoch from at - now())::float8 from dougong.alarm", {})
    assert float(seconds) < 2
    timed.run("update _approval_step set remind_at = now()")
    timed.run(
        "insert into _outbox (topic, payload) select 'approval', jsonb_build_object('approval', id) from _approval"
    )
    timed.relay()
    assert due_alarms(timed.database) == [timed.tenant.name]
    assert answer_due(timed.database, timed.tenant) == 1
    assert due_alarms(timed.database) == []


def test_the_worker_watches_for_tenants_whose_time_has_come(timed: Approving) -> None:
    load_handlers()
    watch = watchers()["dougong_platform.approvals.handlers.keep_limits"]
    approval = sent(timed, "no")
    timed.run("update _approval_step set due_at = now(), remind_at = null where state = 'open'")
    with timed.database.transaction(timed.tenant) as tx:
        wake_for(tx, timed.tenant, approval)
    assert watch.find(timed.database) == [timed.tenant.name]
    for _ in range(2):  # it may be sent twice
        watch.run(timed.database, timed.tenant)
    assert (state(timed, approval), watch.find(timed.database)) == ("rejected", [])


def _at_once(*works: Any) -> None:
    barrier = Barrier(len(works))

    def run(work: Any) -> None:
        barrier.wait()
        work()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
