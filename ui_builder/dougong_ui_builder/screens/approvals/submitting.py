"""Submitting a record: which flow, the way ahead as it is now, whom the submitter names; and several from a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.approvals.moves.eligible import Offer, offers
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people.approvers import choosable
from dougong_platform.approvals.reading.shown_route import shown_route
from dougong_platform.errors import CallerOutdated
from dougong_platform.http.caller import Caller
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.said_faults import fault_said
from dougong_ui_builder.screens.approvals.course import Line, route_lines
from dougong_ui_builder.screens.approvals.routes import blueprint
from dougong_ui_builder.screens.approvals.said import outcome_said
from dougong_ui_builder.screens.record_values.reading import read

if TYPE_CHECKING:
    from dougong_metadata.model.approval_types import Approvers
    from dougong_ui_builder.screens.record_values.reading import Found

HERE = "/o/<object>/<uuid:id>/submit"
CHOICE = "choice."  # before the node's name, in the form


@blueprint.get(HERE)
@page()
def ask_submit(caller: Caller, object: str, id: UUID) -> Any:
    """The flows that this record may be submitted to, and the way of the one that is chosen."""
    return _form(caller, read(caller, object, str(id)))


@blueprint.post(HERE)
@page()
def send_in(caller: Caller, object: str, id: UUID) -> Any:
    """Submit it; what is wrong is said in place (422)."""
    found = read(caller, object, str(id))
    flow = request.form.get("flow", "")
    if "look" in request.form:  # the way once more, for other people or another flow
        return _form(caller, found)
    note = request.form.get("note", "").replace("\r\n", "\n").strip() or None
    try:
        (answer,) = submit(caller, flow, object, [found.id], note=note, choices=chosen(request.form), stage=_stage())
    except CallerOutdated:
        raise
    except Fault as fault:
        if fault.status not in (400, 404, 409, 422):
            raise
        return _form(caller, found, fault.message(current_locale())), 422
    if answer.problem is not None:
        return _form(caller, found, fault_said(answer.problem)), 422
    toasts.say(outcome_said(answer))
    return redirect_to(f"/o/{object}/{found.id}")


def chosen(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The people that the submitter named, by node."""
    getlist = getattr(given, "getlist", None)
    found: dict[str, list[str]] = {}
    for name in given:
        if name.startswith(CHOICE) and getlist is not None:
            found[name.removeprefix(CHOICE)] = [one for one in getlist(name) if one]
    return found


def _stage() -> dict[str, Any] | None:
    pipeline, stage = request.form.get("pipeline"), request.form.get("stage")
    return {"pipeline": pipeline, "stage": stage, "move": True} if pipeline and stage else None


def _form(caller: Caller, found: Found, problem: str = "") -> str:
    offered = offers(caller, found.object.name, found.id)
    ready = [one for one in offered if one.may]
    wanted = request.values.get("flow", "")
    flow = next((one for one in offered if one.flow == wanted), ready[0] if ready else offered[0] if offered else None)
    chosen_people = chosen(request.values)
    lines, wrong = _route(caller, found, flow, chosen_people) if flow is not None and flow.may else ([], "")
    context = {
        "found": found,
        "object": found.object,
        "offered": offered,
        "ready": ready,
        "flow": flow,
        "model": caller.model.approvals.get(flow.flow) if flow is not None else None,
        "lines": lines,
        "choices": {line.node: _offered_people(caller, line.choices) for line in lines if line.choices},
        "counts": {line.node: _numbers(line.choices) for line in lines if line.choices},
        "chosen": chosen_people,
        "problem": problem or wrong,
        "note": request.values.get("note", ""),
        "carried": [(name, request.values[name]) for name in ("pipeline", "stage") if request.values.get(name)],
        "here": f"/o/{found.object.name}/{found.id}",
    }
    return render_template("approvals/submit_drawer.html" if is_fragment() else "approvals/submit_page.html", **context)


def _route(caller: Caller, found: Found, flow: Offer, people: Mapping[str, Sequence[str]]) -> tuple[list[Line], str]:
    """The way ahead, or why it cannot be told."""
    try:
        steps = shown_route(caller, flow.flow, found.object.name, found.id, people)
    except CallerOutdated:
        raise
    except Fault as fault:
        return [], fault.message(current_locale())
    return route_lines(caller, caller.model.approvals.get(flow.flow), steps, names_of_people(caller)), ""


def names_of_people(caller: Caller) -> Mapping[str, str]:
    """Names by id. Who is asked is told to whoever takes part, whatever else he may see of people."""
    return {id: one.name for id, one in organisation_of(caller.database, caller.tenant, caller.stamp).people.items()}


def _offered_people(caller: Caller, rules: Sequence[Approvers]) -> list[tuple[str, str]]:
    """(id, name) of those among whom the submitter chooses."""
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    now = dt.datetime.now(dt.UTC)
    ids = dict.fromkeys(user for rule in rules for user in choosable(organisation, now, rule))
    return [(id, organisation.people[id].name) for id in ids]


def _numbers(rules: Sequence[Approvers]) -> tuple[int, int]:
    return sum(rule.least for rule in rules), sum(rule.most for rule in rules)


def flow_label(caller: Caller, name: str) -> str:
    """What a flow is called."""
    flow = caller.model.approvals.get(name)
    return label_text(flow) if flow is not None else name
