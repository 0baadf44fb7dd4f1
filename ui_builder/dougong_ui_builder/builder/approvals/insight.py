"""How a flow goes: days, outcomes, nodes and people of a period, with the approvals behind every figure. Also for those
who read all records of the object and build nothing: they see it in the frame of the application."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from dougong_platform.approvals.statistics.figures import Day, Statistics, approvals_behind, require_reader, statistics
from dougong_platform.approvals.statistics.statements import BEHIND
from dougong_platform.errors import BadRequest, NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query import display_names
from dougong_ui_builder.approval_states import state_said
from dougong_ui_builder.builder.approvals.page_of import KIND, flow_page
from dougong_ui_builder.builder.approvals.periods import Period, period_of
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

MOST_BARS = 92  # days; above that a bar is a week


@blueprint.get("/<name>/statistics")
@page()
def show_statistics(caller: Caller, name: str) -> str:
    """?since= and ?until= are days."""
    days = period_of(caller)
    wrong, found = "", None
    try:
        found = statistics(caller, name, days.since, days.until)
    except BadRequest as fault:
        wrong = fault.message(caller.locale)
    except NotFound:
        flow_page(caller, name)  # of the draft alone: nothing was ever submitted
    context = {"found": found, "bars": _bars(found) if found else [], "wrong": wrong, "length": length_said}
    return _draw(caller, name, days, "statistics", **context)


@blueprint.get("/<name>/statistics/list")
@page()
def show_behind(caller: Caller, name: str) -> str:
    """?figure= with ?value= names the figure."""
    days = period_of(caller)
    figure, value = request.args.get("figure", ""), request.args.get("value") or None
    if figure not in BEHIND:
        raise NotFound
    rows = approvals_behind(caller, name, days.since, days.until, figure, value)
    said = _figure_said(caller, name, figure, value)
    return _draw(caller, name, days, "behind", rows=rows, figure_said=said, state_said=state_said)


def _draw(caller: Caller, name: str, days: Period, body: str, **context: Any) -> str:
    """In the builder's frame for those who shape flows, else in that of the application."""
    given = {"days": days, "part": body, "figures": f"/builder/approvals/{name}/statistics", **context}
    try:
        caller.require("metadata", KIND)
    except NotAllowed:
        object = require_reader(caller, name)
        model = caller.model.approvals.get(name)
        label = model.label.text(caller.locale) if model is not None else name
        of = caller.model.objects.get(object)
        return render_template("approval_flows/insight_plain.html", title=label, object=of, **given)
    return flow_page(caller, name).draw("approval_flows/insight.html", "statistics", **given)


def length_said(seconds: float | None) -> str:
    """ "22 min", "5.2 h", "3.4 d"; "" where it is not known."""
    if seconds is None:
        return ""
    if seconds < 3_570:
        return gettext("%(rest)s min", rest=f"{seconds / 60:.0f}")
    if seconds < 2 * 86_400:
        return gettext("%(hours)s h", hours=f"{seconds / 3_600:.1f}")
    return gettext("%(days)s d", days=f"{seconds / 86_400:.1f}")


def _bars(found: Statistics) -> list[dict[str, Any]]:
    """(day, submitted, finished) of each day, or of each week in a long period."""
    size = 1 if len(found.days) <= MOST_BARS else 7
    groups: list[list[Day]] = [list(found.days[at : at + size]) for at in range(0, len(found.days), size)]
    most = max((sum(max(day.submitted, 0) for day in group) for group in groups), default=0)
    most = max(most, max((sum(day.finished for day in group) for group in groups), default=0), 1)
    return [
        {
            "first": group[0].day,
            "last": group[-1].day,
            "submitted": (submitted := sum(day.submitted for day in group)),
            "finished": (finished := sum(day.finished for day in group)),
            "rejected": sum(day.outcomes["rejected"] for day in group),
            "tall": round(40 * submitted / most, 2),
            "done": round(40 * finished / most, 2),
            "week": size > 1,
        }
        for group in groups
    ]


def _figure_said(caller: Caller, name: str, figure: str, value: str | None) -> str:
    words = {
        "submitted": gettext("Submitted"),
        "finished": gettext("Finished"),
        "approved": gettext("Approved"),
        "rejected": gettext("Rejected"),
        "recalled": gettext("Recalled"),
        "ended": gettext("Ended by an administrator"),
        "sent_back": gettext("Sent back at least once"),
        "running": gettext("Running now"),
        "returned": gettext("With the submitter now"),
        "overdue": gettext("Late at some node"),
        "node": gettext("Decided at"),
        "node_rejected": gettext("Rejected at"),
        "node_returned": gettext("Sent back at"),
        "node_overdue": gettext("Late at"),
        "node_open": gettext("Waiting at"),
        "person": gettext("Answered by"),
        "person_open": gettext("Waiting for"),
    }
    if value is None:
        return words[figure]
    shown: str | None = value
    if figure.startswith("node"):
        model = caller.model.approvals.get(name)
        node = model.nodes.get(value) if model is not None else None
        shown = node.label.text(caller.locale) if node is not None else value
    elif figure.startswith("person"):
        shown = display_names(caller, "user", {value}).get(value)
    return f"{words[figure]}{gettext(': ')}{shown or '—'}"
