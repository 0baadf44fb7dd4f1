"""Submitting the selected records of a list for approval at once: to which flow, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from dougong_metadata.errors import Fault
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.errors import CallerOutdated
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import redirect_to
from dougong_ui_builder.said_faults import fault_said
from dougong_ui_builder.screens.lists.failures import Failure
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.state import ListState
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import ngettext


def ask(caller: Caller, state: ListState, ids: Sequence[str], problem: str = "") -> str:
    """To which of the object's flows, and a note."""
    flows = [(flow.name, label_text(flow)) for flow in caller.model.objects[state.object.name].approvals if flow.active]
    return answer(
        "lists/bulk_submit.html",
        state,
        ids=ids,
        flows=flows,
        chosen=request.form.get("flow", ""),
        note=request.form.get("note", ""),
        problem=problem,
    )


def save(caller: Caller, state: ListState, ids: Sequence[str]) -> Response | str:
    """Submit those that may be; the others are listed with their reasons."""
    object = state.object.name
    note = request.form.get("note", "").strip() or None
    try:
        answers = submit(caller, request.form.get("flow", ""), object, ids, note=note)
    except CallerOutdated:
        raise
    except Fault as fault:
        return ask(caller, state, ids, fault.message(current_locale()))
    names = display_names(caller, object, ids)
    failures = [
        Failure(one.record, names.get(one.record) or one.record[:8], fault_said(one.problem))
        for one in answers
        if one.problem is not None
    ]
    done = len(answers) - len(failures)
    said = ngettext("%(num)d record submitted for approval", "%(num)d records submitted for approval", done)
    if not failures:
        say(said)
        return redirect_to(state.url())
    return answer(
        "lists/bulk_result.html", state, said=said if done else None, failures=failures, undo=None, asked=None
    )
