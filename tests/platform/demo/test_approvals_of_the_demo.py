"""The demo company's approvals: in every state, at every kind of node, spread over the past, and consistent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from demo_company import Company
from dougong_platform.approvals.people.delegations import delegations
from dougong_platform.approvals.try_out import try_out
from dougong_platform.integrity.checking import check


def rows(demo: Company, text: str) -> list[tuple[object, ...]]:
    with demo.database.transaction(demo.tenant, read_only=True) as tx:
        return [tuple(row) for row in tx.rows(text)]


def test_every_flow_of_the_pack_ran_and_every_outcome_is_there(demo: Company) -> None:
    found = rows(demo, "select flow, state from _approval")
    flows = demo.caller("admin").model.approvals
    assert {flow for flow, _ in found} == flows.keys()
    assert {state for _, state in found} == {"approved", "rejected", "returned", "recalled", "running"}
    running = Counter(flow for flow, state in found if state == "running")
    assert len(running) >= 8, "flows in which somebody is asked now"


def test_what_happened_lies_in_the_past_three_months_in_its_order(demo: Company) -> None:
    now = dt.datetime.now(dt.UTC)
    submitted = [dt.datetime.fromisoformat(str(at)) for (at,) in rows(demo, "select submitted_at from _approval")]
    assert max(submitted) < now
    assert now - min(submitted) < dt.timedelta(days=130)
    assert len({at.date() for at in submitted}) > 40, "spread over the days"
    assert not rows(demo, "select 1 from _approval where ended_at < submitted_at or ended_at > now()")
    assert not rows(demo, "select 1 from _approval_step where left_at < entered_at or entered_at > now()")
    assert not rows(demo, "select 1 from _approval_task where closed_at < opened_at or opened_at > now()")
    late = "select 1 from _approval_event e join _approval_event f using (approval) where e.id < f.id and e.at > f.at"
    assert not rows(demo, late)


def test_people_said_why_in_both_languages(demo: Company) -> None:
    said = [str(text) for (text,) in rows(demo, "select comment from _approval_task where comment is not null")]
    assert [text for text in said if text.isascii()]
    assert [text for text in said if not text.isascii()]
    refused = "select 1 from _approval_task where state in ('rejected', 'returned') and comment is null"
    assert not rows(demo, refused)


def test_records_have_the_state_that_their_approval_gave_them(demo: Company) -> None:
    states = """
    select a.state, r.registration from _approval a join opportunity r on r.id = a.record
     where a.flow = 'opportunity_registration'
    """
    given = {
        "approved": "registered",
        "rejected": "refused",
        "running": "in_review",
        "returned": None,
        "recalled": None,
    }
    found = rows(demo, states)
    assert found
    assert all(registration == given[str(state)] for state, registration in found)


def test_the_flows_tried_on_this_past_go_the_way_that_was_gone(demo: Company) -> None:
    """The records' history lies in the past with them."""
    now = dt.datetime.now(dt.UTC)
    for flow in ("quote_discount", "contract_review", "expense_claim", "payment_write_off", "account_registration"):
        tried = try_out(demo.caller("admin"), flow, since=now - dt.timedelta(days=150), until=now)
        assert len(tried.lines) > 10
        assert {name for name, count in tried.changes.items() if count} == {"same"}, flow


def test_every_invariant_of_the_company_holds(demo: Company, tmp_path: Path) -> None:
    assert not [found for _, some in check(demo.database, demo.tenant, tmp_path) for found in some]


def test_nobody_is_told_of_what_never_happened_and_somebody_is_away(demo: Company) -> None:
    assert not rows(demo, "select 1 from _outbox where topic = 'approval'")
    found = delegations(demo.caller("admin"), everybody=True)
    assert {one.note for one in found} == {"出差欧洲期间代为审批", "休假"}
