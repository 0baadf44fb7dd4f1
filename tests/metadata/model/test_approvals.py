"""Approvals: what their documents become."""

from __future__ import annotations

import pytest

from approval_documents import FLOW, model
from dougong_metadata.kinds.approval_checks import APPROVERS as RULES
from dougong_metadata.kinds.approval_nodes import ALLOW, KINDS
from dougong_metadata.kinds.automation import OUTCOMES
from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ALLOWED, APPROVERS, EVENTS, NODE_KINDS, Approvers, TimeLimit
from dougong_metadata.model.flow_types import Recipient, Trigger
from dougong_metadata.model.types import Model, Use


@pytest.fixture(scope="module")
def made() -> Model:
    return model()


def test_words_are_the_same_in_documents_and_models() -> None:
    assert APPROVERS == RULES
    assert tuple(KINDS) == NODE_KINDS
    assert tuple(ALLOW) == ALLOWED
    assert set(OUTCOMES) == set(EVENTS)


def test_a_flow_is_known_by_name_and_at_its_object(made: Model) -> None:
    flow = made.approvals["big"]
    assert made.objects["purchase"].approvals == (flow,)
    assert (flow.object, flow.label, flow.record_types) == ("purchase", Label("Big purchases", "大额采购"), ("large",))
    assert flow.description == Label("Above a thousand.", "Above a thousand.")
    assert flow.entry is not None
    assert flow.entry.text == "total > 1000"
    assert flow.submitters == (Recipient("permission_set", "clerk"), Recipient("field", "buyer"))
    assert (flow.created, flow.crosses, flow.gate) == (True, ("total", "50000.5"), True)
    assert (flow.recall, flow.lock, flow.open, flow.shown) == ("any_time", True, ("note",), ("total", "buyer"))
    assert flow.deletes
    assert flow.title is not None
    assert [piece.text for piece in flow.title.en] == ["", ": ", ""]


def test_several_flows_of_an_object_stand_by_name_and_inactive_ones_apart() -> None:
    short = "{{kind: approval, name: {}, object: purchase, active: {}, nodes: []}}"
    made = model(short.format("b", "true"), short.format("a", "true"), short.format("c", "false"))
    assert [flow.name for flow in made.objects["purchase"].approvals] == ["a", "b"]
    assert list(made.approvals) == ["a", "b", "c"]
    assert not made.approvals["c"].active
    assert made.approvals["a"].first is None


def test_a_flow_that_says_little_has_what_is_usual() -> None:
    flow = model(
        "{kind: approval, name: plain, object: purchase, nodes: [{name: ask, kind: approve, by: [{manager: 1}]}]}"
    ).approvals["plain"]
    assert (flow.active, flow.entry, flow.submitters, flow.crosses, flow.title) == (True, None, (), None, None)
    assert (flow.created, flow.gate, flow.recall, flow.lock, flow.deletes) == (
        False,
        False,
        "until_decision",
        True,
        False,
    )
    ask = flow.nodes["ask"]
    assert (ask.need, ask.comment, ask.allow, ask.limit) == ("any", "optional", frozenset(ALLOWED), None)
    assert (ask.same, ask.own, ask.nobody, ask.left) == ("consecutive", "manager", "administrator", "manager")
    assert ask.by == (Approvers("manager"),)


def test_the_nodes_stand_in_their_order_and_know_where(made: Model) -> None:
    flow = made.approvals["big"]
    assert flow.first == "supervisor"
    assert {node.name: (node.inside, node.next) for node in flow.nodes.values()} == {
        "supervisor": (None, "by_size"),
        "by_size": (None, "mark"),
        "experts": (("by_size", "other"), "told"),
        "lawyer": (("experts", "law"), None),
        "payer": (("experts", "money"), None),
        "told": (("by_size", "other"), None),
        "mark": (None, "stop"),
        "stop": (None, None),
    }
    assert flow.nodes["payer"].path == ("nodes", 1, "branches", 1, "nodes", 0, "branches", 1, "nodes", 0)
    assert flow.around("payer") == (("by_size", "other"), ("experts", "money"))
    by_size = flow.nodes["by_size"]
    assert [(b.name, b.label.zh, b.first) for b in by_size.branches] == [
        ("small", "小", None),
        ("other", "Other", "experts"),
    ]
    assert [b.condition and b.condition.text for b in by_size.branches] == ["total <= 5000", None]
    experts = flow.nodes["experts"]
    assert (experts.join, experts.count) == ("count", 1)
    assert [b.condition and b.condition.text for b in experts.branches] == ["discount > 0.1", None]
    assert flow.nodes["told"].to == (Recipient("field", "owner"), Recipient("team", "readers"))
    assert (flow.nodes["stop"].outcome, flow.nodes["stop"].message) == ("rejected", Label("Too big", "过大"))


def test_rules_say_whom_they_find(made: Model) -> None:
    rules = made.approvals["big"].nodes["supervisor"].by
    assert rules[:7] == (
        Approvers("user", "chief@purchases.example"),
        Approvers("permission_set", "boss"),
        Approvers("role", "reader"),
        Approvers("team", "readers"),
        Approvers("department", "Books"),
        Approvers("manager", of=("buyer", "manager"), levels=2),
        Approvers("managers", levels=3, until="boss"),
    )
    by_amount, as_far, *rest = rules[7:]
    assert by_amount.levels_by is not None
    assert (by_amount.levels_by.text, by_amount.of, by_amount.until) == ("total / 10000", ("owner",), None)
    assert (as_far.until, as_far.levels >= 50, as_far.levels_by) == ("boss", True, None)
    assert rest[:4] == [
        Approvers("department_head", levels=0),
        Approvers("field", "buyer.manager"),
        Approvers("choice", "readers", source="team", least=2, most=2),
        Approvers("choice", "boss", source="permission_set", least=1, most=4),
    ]
    assert rest[4].expression is not None
    assert rest[4].expression.type.to == "user"


def test_a_node_has_its_own_settings_those_of_the_flow_or_the_usual_ones(made: Model) -> None:
    node = made.approvals["big"].nodes["supervisor"]
    assert (node.same, node.own, node.nobody, node.left) == ("once", "ask", "administrator", "manager")
    assert made.approvals["big"].nodes["lawyer"].own == "refuse"
    assert (node.need, node.edit, node.hide, node.comment) == ("sequence", ("discount",), ("cost",), "on_refusal")
    assert node.allow == {"refuse", "transfer"}
    assert node.limit == TimeLimit(7.5, True, "week", 2, "transfer", (Approvers("permission_set", "boss"),))


def test_whatever_a_flow_has_to_know_of_a_record_is_told_once(made: Model) -> None:
    asked = [one if isinstance(one, tuple) else one.text for one in made.approvals["big"].asked]
    assert asked == [
        "total > 1000",
        ("buyer", "manager"),
        ("owner",),
        "total / 10000",
        "IF(total > 5, owner.manager, buyer)",
        "total <= 5000",
        "discount > 0.1",
    ]


def test_actions_are_automations_of_the_flow_and_of_nobody_else(made: Model) -> None:
    flow = made.approvals["big"]
    assert list(flow.on) == ["submitted", "approved"]
    approved = flow.on["approved"]
    assert (approved.name, approved.object, approved.origin) == ("approval-big-approved", "purchase", "approval/big")
    assert approved.trigger == Trigger("approval", approval="big", outcome="approved")
    assert approved.label == Label("Big purchases: on approval", "大额采购：通过时")
    assert [action.kind for action in approved.actions] == ["update"]
    supervisor = flow.nodes["supervisor"]
    assert {event: found.name for event, found in supervisor.on.items()} == {
        "approved": "approval-big-supervisor-approved",
        "rejected": "approval-big-supervisor-rejected",
    }
    assert list(flow.nodes["mark"].on) == ["do"]
    assert not {approved.name, "approval-big-mark-do"} & set(made.automations)


def test_what_submits_by_itself_is_an_automation_of_the_object(made: Model) -> None:
    assert [a.name for a in made.objects["purchase"].automations] == ["approval-big-created", "approval-big-crosses"]
    created, crosses = made.objects["purchase"].automations
    for automation in (created, crosses):
        (action,) = automation.actions
        assert (action.kind, dict(action.settings)) == ("submit", {"approval": "big"})
        assert (automation.record_types, automation.origin, automation.before) == (("large",), "approval/big", False)
    assert (created.trigger.kind, crosses.trigger) == ("created", Trigger("saved", ("total",)))
    assert created.condition is not None
    assert created.condition.text == "total > 1000"
    assert crosses.condition is not None
    assert crosses.condition.text == (
        "total > 50000.5 and (ISNEW() or ISBLANK(PRIOR(total)) or PRIOR(total) <= 50000.5) and (total > 1000)"
    )


def test_an_entry_of_alternatives_stays_one_condition() -> None:
    flow = FLOW.replace("'total > 1000'", "'total > 1000 or discount > 0.5'")
    condition = model(flow).automations["approval-big-crosses"].condition
    assert condition is not None
    assert condition.text.endswith(" and (total > 1000 or discount > 0.5)")


def test_an_inactive_flow_submits_nothing_by_itself() -> None:
    made = model(FLOW.replace("recall:", "active: false\nrecall:"))
    assert made.automations == {}
    assert made.objects["purchase"].approvals == ()


def test_automations_look_at_outcomes_and_submit() -> None:
    looks = "{kind: automation, name: looks, object: purchase, on: {approval: big, outcome: returned}, do: [%s]}"
    looks %= '{submit: {approval: big, note: "{{ title }}"}}'
    usual = (
        "{kind: automation, name: usual, object: purchase, on: {approval: big}, if: total > 5, do: [{assign: owner}]}"
    )
    made = model(FLOW, looks, usual)
    assert made.automations["looks"].trigger == Trigger("approval", approval="big", outcome="returned")
    assert made.automations["usual"].trigger.outcome == "approved"
    (submit,) = made.automations["looks"].actions
    assert dict(submit.settings) == {"approval": "big"}
    assert submit.texts["note"].en[0].value is not None
    assert {use.path for use in made.uses["approval/big"]} == {"on.approval", "do[0].submit.approval"}


def test_what_a_flow_uses_is_known(made: Model) -> None:
    def places(what: str) -> set[str]:
        return {use.path for use in made.uses.get(what, ()) if (use.kind, use.name) == ("approval", "big")}

    assert places("purchase") == {"object"}
    assert places("purchase.discount") == {
        "nodes[0].edit[0]",
        "nodes[1].branches[1].nodes[0].branches[0].if",
    }
    assert "nodes[0].by[5].of" in places("user.manager")
    assert {"submit.crosses.total", "entry", "nodes[0].by[7].managers.levels"} <= places("purchase.total")
    assert places("permission_set/clerk") == {"submit.by[0].permission_set"}
    assert "nodes[0].limit.to[0].permission_set" in places("permission_set/boss")
    assert places("calendar/week") == {"nodes[0].limit.calendar"}
    assert made.uses["template/done"] == (Use("approval", "big", "nodes[0].on.rejected[0].notify.template"),)
