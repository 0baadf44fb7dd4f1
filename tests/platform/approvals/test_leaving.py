"""People who leave while they are asked: others take over, as the flow says; nothing waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import dougong_platform.approvals.versions.stuck  # noqa: F401 - its check stands among the others once it is imported
from approving import OBJECTS, Approving, make_approving
from dougong_platform.approvals.clock.limits import answer_due
from dougong_platform.approvals.moves import asking
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people.delegations import create
from dougong_platform.integrity import check
from dougong_tenants.people import activate_user, deactivate_user

FLOW = """
---
kind: approval
name: {name}
object: purchase
label: {{en: {name}, zh: {name}}}
nodes:
  - {{name: first, kind: approve, by: [{by}], {more}}}
  - {{name: second, kind: approve, by: [{{user: gus@approving.test}}]}}
"""
_BEA, _EVE = "{user: bea@approving.test}", "{user: eve@approving.test}"


def _flow(name: str, by: str, more: str) -> str:
    return FLOW.format(name=name, by=by, more=more)


DOCUMENTS = OBJECTS + "".join(
    (
        _flow("up", _BEA, "left: manager"),
        _flow("to_admin", _BEA, "left: administrator"),
        _flow("alone", _BEA, "left: leave_out, nobody: skip"),
        _flow("strict", _BEA, "left: leave_out, nobody: refuse"),
        _flow("kept", _BEA, "left: leave_out, nobody: administrator"),
        _flow("both", f"{_BEA}, {_EVE}", "need: all, left: leave_out, nobody: refuse"),
        _flow("turns", f"{_BEA}, {_EVE}", "need: sequence, left: leave_out, nobody: refuse"),
    )
)


@pytest.fixture(scope="module")
def leaving(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, DOCUMENTS, "leaving")
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def clean(leaving: Approving) -> Iterator[None]:
    yield
    for table in ("_approval", "_approval_delegation", "_notification", "_outbox"):
        leaving.run(f"delete from {table}")


def sent(leaving: Approving, flow: str) -> str:
    (made,) = submit(leaving.caller("dan"), flow, "purchase", [leaving.purchase()])
    assert made.approval is not None, made.problem
    return made.approval


@contextmanager
def gone(leaving: Approving, *people: str) -> Iterator[None]:
    for who in people:
        deactivate_user(leaving.database, leaving.tenant, leaving.people[who])
    try:
        yield
    finally:
        for who in people:
            activate_user(leaving.database, leaving.tenant, leaving.people[who])


def after_the_clock(leaving: Approving, approval: str) -> tuple[str, list[str]]:
    """The state, and who is asked, once the clock was looked at; nothing is left to do then."""
    assert answer_due(leaving.database, leaving.tenant) == 1
    assert answer_due(leaving.database, leaving.tenant) == 0
    assert dict(check(leaving.database, leaving.tenant, Path("/nowhere")))["approvals"] == []
    leaving.relay()
    return state(leaving, approval)


def state(leaving: Approving, approval: str) -> tuple[str, list[str]]:
    names = {id: who for who, id in leaving.people.items()}
    rows = leaving.rows(
        "select \"user\" from _approval_task where approval = %s and state = 'open' order by position, id", [approval]
    )
    ((found,),) = leaving.rows("select state from _approval where id = %s", [approval])
    return found, [names[row[0]] for row in rows]


@pytest.mark.parametrize(
    ("flow", "left", "expected"),
    [
        ("up", ("bea",), ("running", ["cat"])),
        ("up", ("bea", "cat"), ("running", ["ann"])),
        ("to_admin", ("bea",), ("running", ["ann"])),
        ("alone", ("bea",), ("running", ["gus"])),
        ("strict", ("bea",), ("rejected", [])),
        ("kept", ("bea",), ("running", ["ann"])),
        ("both", ("bea",), ("running", ["eve"])),
        ("both", ("bea", "eve"), ("rejected", [])),
        ("turns", ("bea",), ("running", ["eve"])),
    ],
)
def test_it_goes_on_as_the_node_says(
    leaving: Approving, flow: str, left: tuple[str, ...], expected: tuple[str, list[str]]
) -> None:
    approval = sent(leaving, flow)
    with gone(leaving, *left):
        assert after_the_clock(leaving, approval) == expected


def test_what_the_others_said_already_is_enough_then(leaving: Approving) -> None:
    approval = sent(leaving, "both")
    decide(leaving.caller("eve"), approval, "approve")
    with gone(leaving, "bea"):
        assert after_the_clock(leaving, approval) == ("running", ["gus"])


def test_whoever_takes_over_is_told_and_the_history_says_why(leaving: Approving) -> None:
    approval = sent(leaving, "up")
    with gone(leaving, "bea"):
        after_the_clock(leaving, approval)
    rows = leaving.rows("select action, behalf, via, data from _approval_event where action = 'replaced'")
    ((action, behalf, via, data),) = rows
    assert (action, behalf, via) == ("replaced", leaving.people["bea"], "clock")
    assert data["reason"]["en"] == "In place of Bea, who has left: next manager above"
    told = 'select count(*) from _notification where "user" = %s and page = %s'
    assert leaving.rows(told, [leaving.people["cat"], f"/approvals/{approval}"]) == [(1,)]


def test_signers_whom_he_added_still_decide(leaving: Approving) -> None:
    approval = sent(leaving, "both")
    asking.add_before(leaving.caller("bea"), approval, [leaving.people["fay"]])
    with gone(leaving, "fay"):
        assert after_the_clock(leaving, approval) == ("running", ["bea", "eve"])


def test_somebody_with_a_delegate_is_left_alone(leaving: Approving) -> None:
    approval = sent(leaving, "up")
    create(leaving.caller("bea"), delegate=leaving.people["fay"])
    with gone(leaving, "bea"):
        assert answer_due(leaving.database, leaving.tenant) == 0
        assert state(leaving, approval) == ("running", ["bea"])
        decide(leaving.caller("fay"), approval, "approve")
    assert state(leaving, approval) == ("running", ["gus"])
