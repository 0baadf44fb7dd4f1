"""Approvals as JSON, in the reader's language. Used by the HTTP API alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dougong_metadata.errors import Fault
from dougong_platform.approvals.moves.eligible import Offer
from dougong_platform.approvals.moves.submit import Submitted
from dougong_platform.approvals.people.approvers import choosable
from dougong_platform.approvals.people.delegations import Delegation, may_end
from dougong_platform.approvals.reading.inbox import InboxRow
from dougong_platform.approvals.reading.progress import Progress
from dougong_platform.approvals.reading.shown_fields import ShownField
from dougong_platform.approvals.running.route import RouteStep
from dougong_platform.approvals.state import Approval, Text
from dougong_platform.http.caller import Caller
from dougong_platform.http.problem import problem
from dougong_tenants.organisation import Organisation

_LABELLED = {
    "flow_label": "flow.label",
    "node_label": "node.label",
    "branch_label": "branch.label",
    "submitter_name": "submitter.name",
    "user_name": "user.name",
    "delegate_name": "delegate.name",
    "created_by_name": "created_by.name",
}


def row(one: InboxRow) -> dict[str, Any]:
    """A line of a box."""
    return _named(asdict(one))


def offer(caller: Caller, one: Offer) -> dict[str, Any]:
    """A flow that a record could be submitted to."""
    why = one.why_not.text(caller.locale) if one.why_not is not None else None
    return {"flow": one.flow, "label": one.label.text(caller.locale), "may": one.may, "why_not": why}


def standing(one: Approval) -> dict[str, Any]:
    """How an approval stands after it was moved."""
    return {"id": one.id, "state": one.state, "turn": one.turn, "ended_at": one.ended_at}


def submitted(caller: Caller, one: Submitted) -> dict[str, Any]:
    """What became of one record."""
    return {
        "record": one.record,
        "approval": one.approval,
        "state": one.state,
        "problem": refused(caller, one.problem),
    }


def refused(caller: Caller, fault: Fault | None) -> dict[str, Any] | None:
    """Why it was not done, as problem+json; None where it was."""
    return problem(fault, caller.locale) if fault is not None else None


def delegation(caller: Caller, one: Delegation) -> dict[str, Any]:
    """Who decides for whom."""
    return {**_named(asdict(one)), "flows": list(one.flows), "may_end": may_end(caller, one)}


def route(
    caller: Caller,
    steps: Sequence[RouteStep],
    names: Mapping[str, str],
    organisation: Organisation | None = None,
) -> list[dict[str, Any]]:
    """The way; with the organisation, the people among whom the submitter chooses, too."""
    now = dt.datetime.now(dt.UTC)

    def said(text: Text | None) -> str | None:
        return text["zh" if caller.locale.startswith("zh") else "en"] or None if text is not None else None

    def choices(step: RouteStep) -> list[dict[str, Any]]:
        if organisation is None:
            return []
        return [
            {
                "least": rule.least,
                "most": rule.most,
                "people": [
                    {"id": user, "name": organisation.people[user].name}
                    for user in choosable(organisation, now, rule)
                    if user in organisation.people
                ],
            }
            for rule in step.choices
        ]

    return [
        {
            "node": step.node,
            "kind": step.kind,
            "label": step.label.text(caller.locale),
            "depth": step.depth,
            "state": step.state,
            "need": step.need,
            "branch": step.branch.text(caller.locale) if step.branch is not None else None,
            "why": said(step.why),
            "people": [
                {
                    "id": one.user,
                    "name": names.get(one.user),
                    "why": said(one.why),
                    "automatic": one.user in step.automatic,
                }
                for one in step.people
            ],
            "choices": choices(step),
        }
        for step in steps
    ]


def approval(caller: Caller, one: Progress) -> dict[str, Any]:
    """An approval as the caller sees it."""
    plain = {
        name: getattr(one, name)
        for name in (
            "id",
            "state",
            "turn",
            "ended_at",
            "flow",
            "flow_label",
            "version",
            "object",
            "record",
            "readable",
            "title",
            "submitted_at",
            "note",
            "urged_at",
            "urge_again_at",
            "comment",
            "broken",
        )
    }
    return {
        **_named(plain),
        "submitter": asdict(one.submitter) if one.submitter is not None else None,
        "steps": [_named(asdict(step)) for step in one.steps],
        "events": [_named(asdict(event)) for event in one.events],
        "ahead": route(caller, one.ahead, one.names),
        "fields": [_field(field) for field in one.fields],
        "files": [asdict(file) for file in one.files.values()],
        "tasks": [{"task": task, "behalf": behalf} for task, behalf in one.tasks],
        "may": sorted(one.may),
        "return_targets": [{"to": to, "label": label} for to, label in one.return_targets],
    }


def _field(one: ShownField) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label,
        "type": one.field.type.name,
        "value": one.value,
        "called": one.called,
        "unit": one.unit,
        "masked": one.masked,
        "editable": one.editable,
    }


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """With the API's names for what things are called."""
    return {_LABELLED.get(name, name): value for name, value in values.items()}
