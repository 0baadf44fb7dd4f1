"""Delegations: who decides for whom, from when until when, for which flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from approving import Approving
from dougong_platform.approvals.errors import NotAsked
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people.delegations import (
    ACTING_FOR,
    Delegation,
    create,
    delegates_of,
    delegations,
    end,
    may_act_for,
    may_end,
    principals,
)
from dougong_platform.approvals.reading.inbox import inbox
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid
from dougong_tenants.people import activate_user, deactivate_user

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def clean(approving: Approving) -> Iterator[None]:
    yield
    approving.run("truncate _approval_delegation")
    approving.run("delete from _approval")


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def delegate(approving: Approving, who: str, to: str, **more: Any) -> Delegation:
    return create(approving.caller(who), delegate=approving.people[to], **more)


def wrong(caught: pytest.ExceptionInfo[RecordsInvalid]) -> list[tuple[str | None, str]]:
    return [(one.field, one.code) for one in caught.value.errors]


def acts_for(approving: Approving, who: str, for_whom: str, flow: str = "simple", submitter: str = "dan") -> bool:
    """By the rows, and by the fragment of SQL: they say the same."""
    people = approving.people
    with approving.database.transaction(approving.tenant) as tx:
        rows = principals(tx, people[who])
        by_rows = may_act_for(rows, people[for_whom], flow, submitter=people[submitter], delegate=people[who])
        values = {"user": people[who], "of": people[for_whom], "flow": flow, "by": people[submitter]}
        ((by_sql,),) = tx.rows(
            f'select {ACTING_FOR} from (select %(of)s::uuid as "user") t,'
            " (select %(by)s::uuid as submitter, %(flow)s::text as flow) a",
            values,
        )
    assert by_sql == by_rows
    return by_rows


def submitted(approving: Approving, who: str = "dan", flow: str = "simple") -> str:
    (made,) = submit(approving.caller(who), flow, "purchase", [approving.purchase(who, total="100")])
    assert made.approval is not None, made.problem
    return made.approval


def test_a_delegate_sees_and_decides_what_waits_for_his_principal(approving: Approving) -> None:
    approval = submitted(approving)
    assert inbox(approving.caller("fay"), "todo").rows == []
    delegate(approving, "bea", "fay", ends_at=now() + HOUR)
    (row,) = inbox(approving.caller("fay"), "todo").rows
    assert (row.approval, row.behalf) == (approval, "Bea")
    assert decide(approving.caller("fay"), approval, "approve").state == "approved"
    event = "select actor, behalf from _approval_event where approval = %s and action = 'approved'"
    assert approving.rows(event, [approval]) == [(approving.people["fay"], approving.people["bea"])]


def test_it_lasts_from_its_beginning_to_its_end(approving: Approving) -> None:
    delegate(approving, "bea", "fay", starts_at=now() + HOUR)
    assert not acts_for(approving, "fay", "bea")
    made = delegate(approving, "bea", "gus", starts_at=now() - HOUR, ends_at=now() + HOUR)
    assert acts_for(approving, "gus", "bea")
    end(approving.caller("bea"), made.id)
    assert not acts_for(approving, "gus", "bea")


def test_one_for_some_flows_is_not_for_others(approving: Approving) -> None:
    delegate(approving, "bea", "fay", flows=["simple"])
    assert acts_for(approving, "fay", "bea", "simple")
    assert not acts_for(approving, "fay", "bea", "by_amount")


def test_nobody_decides_for_another_what_he_submitted_himself(approving: Approving) -> None:
    delegate(approving, "bea", "dan")
    assert acts_for(approving, "dan", "bea", submitter="eve")
    assert not acts_for(approving, "dan", "bea", submitter="dan")
    with pytest.raises(NotAsked):
        decide(approving.caller("dan"), submitted(approving), "approve")


def test_a_delegation_is_not_passed_on(approving: Approving) -> None:
    delegate(approving, "bea", "fay")
    delegate(approving, "fay", "gus")
    assert acts_for(approving, "gus", "fay")
    assert not acts_for(approving, "gus", "bea")


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"to": "bea"}, [("delegate", "own_delegate")]),
        ({"to": "fay", "ends_at": now() - HOUR}, [("ends_at", "ends_first")]),
        ({"to": "fay", "starts_at": now() - 2 * HOUR, "ends_at": now() - HOUR}, [("ends_at", "over_already")]),
        ({"to": "fay", "flows": ["no_such"]}, [("flows", "no_flow")]),
        ({"to": "fay", "note": "x" * 501}, [("note", "too_long")]),
    ],
    ids=["to himself", "ends before it begins", "is over already", "an unknown flow", "a long note"],
)
def test_what_makes_no_sense_is_refused(
    approving: Approving, given: dict[str, Any], errors: list[tuple[str | None, str]]
) -> None:
    with pytest.raises(RecordsInvalid) as caught:
        delegate(approving, "bea", **given)
    assert wrong(caught) == errors
    assert approving.rows("select 1 from _approval_delegation") == []


def test_nobody_who_has_left_or_never_was_becomes_a_delegate(approving: Approving) -> None:
    deactivate_user(approving.database, approving.tenant, approving.people["gus"])
    try:
        for id in (approving.people["gus"], "11111111-1111-1111-1111-111111111111", "nobody"):
            with pytest.raises(RecordsInvalid) as caught:
                create(approving.caller("bea"), delegate=id)
            assert wrong(caught) == [("delegate", "no_delegate")]
    finally:
        activate_user(approving.database, approving.tenant, approving.people["gus"])


def test_a_person_has_a_bounded_number_of_them(approving: Approving) -> None:
    for _ in range(50):
        delegate(approving, "bea", "fay")
    with pytest.raises(RecordsInvalid) as caught:
        delegate(approving, "bea", "fay")
    assert wrong(caught) == [(None, "too_many_delegations")]


def test_only_who_keeps_people_delegates_for_others_and_sees_everybodys(approving: Approving) -> None:
    with pytest.raises(NotAllowed):
        create(approving.caller("dan"), delegate=approving.people["fay"], user=approving.people["bea"])
    with pytest.raises(NotAllowed):
        delegations(approving.caller("dan"), everybody=True)
    made = create(approving.admin, delegate=approving.people["fay"], user=approving.people["bea"])
    assert made.user_name == "Bea"
    assert made.created_by_name == "Ann"
    assert [one.id for one in delegations(approving.admin, everybody=True)] == [made.id]
    assert [one.id for one in delegations(approving.caller("fay"))] == [made.id]
    assert delegations(approving.caller("dan")) == []


def test_the_principal_ends_it_and_an_administrator_but_nobody_else(approving: Approving) -> None:
    made = delegate(approving, "bea", "fay")
    for who in ("fay", "dan"):
        with pytest.raises(NotFound):
            end(approving.caller(who), made.id)
    assert [may_end(approving.caller(who), made) for who in ("bea", "ann", "fay")] == [True, True, False]
    end(approving.admin, made.id)
    assert [one.state for one in delegations(approving.caller("bea"))] == ["over"]
    coming = delegate(approving, "bea", "fay", starts_at=now() + HOUR)
    end(approving.caller("bea"), coming.id)
    assert coming.id not in [one.id for one in delegations(approving.caller("bea"))]
    for id in (coming.id, "nothing"):
        with pytest.raises(NotFound):
            end(approving.caller("bea"), id)


def test_making_and_ending_one_stand_in_the_audit_log(approving: Approving) -> None:
    made = delegate(approving, "bea", "fay", flows=["simple"], note="Away")
    end(approving.caller("bea"), made.id)
    end(approving.caller("bea"), made.id)  # over already: nothing more to say
    rows = approving.rows(
        "select action, actor, target, details->>'delegate', details->'approval_flows' from _audit"
        " where action like 'approval.delegation%%' order by seq desc limit 2"
    )
    about = (approving.people["bea"], approving.people["bea"], approving.people["fay"], ["simple"])
    assert rows == [("approval.delegation_ended", *about), ("approval.delegation_made", *about)]


def test_the_delegate_is_told_and_led_to_his_delegations(approving: Approving) -> None:
    made = delegate(approving, "bea", "fay", flows=["simple"], note="On leave")
    rows = approving.rows(
        'select "user", title, body, page from _notification where key = %s', [f"delegation:{made.id}"]
    )
    assert rows == [
        (
            approving.people["fay"],
            {"en": "You decide approvals for Bea", "zh": "您开始代Bea审批"},
            {"en": "Simple purchase\nOn leave", "zh": "简单采购\nOn leave"},
            "/approvals/delegations",
        )
    ]


def test_delegates_are_found_for_many_at_once(approving: Approving) -> None:
    people = approving.people
    delegate(approving, "bea", "fay", flows=["simple"])
    delegate(approving, "bea", "gus", flows=["by_amount"])
    delegate(approving, "cat", "gus")
    with approving.database.transaction(approving.tenant) as tx:
        found = delegates_of(tx, [people["bea"], people["cat"], people["dan"]], "simple")
    assert found == {people["bea"]: [people["fay"]], people["cat"]: [people["gus"]]}
