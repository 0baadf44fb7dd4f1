"""The sales pack's flows as documents: both languages, time limits, words for everything, gates, and a way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dougong_metadata.label import LOCALES
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode
from dougong_metadata.model.approval_words import branch_words, entry_words, node_words, outcome_words
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.packs import load_pack

FLOWS = {
    *("account_hand_over", "account_registration", "contract_review", "expense_claim", "key_account"),
    *("opportunity_cross_region", "opportunity_registration", "opportunity_tender", "payment_write_off"),
    "quote_discount",
}
RAW = ("==", "<=", ">=", "!=", "ISBLANK", "BLANKVALUE", '"', "_")  # signs of an expression that words do not say


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(load_pack("sales").documents)


def nodes(model: Model) -> Iterator[tuple[ApprovalModel, ApprovalNode]]:
    for flow in model.approvals.values():
        yield from ((flow, node) for node in flow.nodes.values())


def test_the_pack_brings_the_flows_that_companies_use(model: Model) -> None:
    assert model.approvals.keys() == FLOWS
    assert all(flow.active for flow in model.approvals.values())


def test_flows_nodes_and_branches_are_called_in_both_languages(model: Model) -> None:
    for flow, node in nodes(model):
        assert flow.description is not None
        labels = [flow.label, flow.description, node.label, *(branch.label for branch in node.branches)]
        assert all(label.en != label.zh for label in labels), (flow.name, node.name)


def test_everything_can_be_said_in_words(model: Model) -> None:
    for flow, node in nodes(model):
        for locale in LOCALES:
            said = [node_words(node, locale, model, flow.object)]
            said += [branch_words(branch, locale, model, flow.object) for branch in node.branches]
            said += [outcome_words(flow, event, locale, model) for event in flow.on]
            if flow.entry is not None:
                said.append(entry_words(flow.entry.text, locale, model, flow.object))
            assert not [text for text in said if any(sign in text for sign in RAW)], (flow.name, node.name)


def test_whoever_is_asked_has_a_working_time_limit_with_a_reminder(model: Model) -> None:
    for flow, node in nodes(model):
        if node.kind == "approve":
            assert node.limit is not None, (flow.name, node.name)
            assert node.limit.working
            assert node.limit.hours in (8, 24)
            assert node.limit.remind


def test_a_state_that_a_flow_sets_is_taken_back_when_it_is(model: Model) -> None:
    for flow in model.approvals.values():
        written = {
            event: {name for action in automation.actions if action.kind == "update" for name in action.values}
            for event, automation in flow.on.items()
        }
        if written.get("submitted"):
            assert written["submitted"] <= written["rejected"] & written["returned"] & written["recalled"], flow.name
            assert written["submitted"] <= written["approved"], flow.name


def test_fields_that_approvers_may_change_are_shown_to_them(model: Model) -> None:
    for flow, node in nodes(model):
        assert {*node.edit} <= {*flow.shown}, (flow.name, node.name)


def test_the_gates_that_ask_for_flows(model: Model) -> None:
    gates = {
        (pipeline.object, stage.value): stage.approval
        for pipeline in model.pipelines.values()
        for stage in pipeline.stages.values()
        if stage.approval is not None
    }
    assert gates == {
        ("opportunity", "quote"): "opportunity_registration",
        ("opportunity", "bid"): "opportunity_tender",
        ("quote", "sent"): "quote_discount",
        ("contract", "to_sign"): "contract_review",
    }
    assert all(model.approvals[flow].gate for flow in gates.values())
