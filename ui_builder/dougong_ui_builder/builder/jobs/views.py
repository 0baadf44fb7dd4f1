"""/builder/jobs: what waits in the outbox and what failed, in words; run again, one or all; deleted for good."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import acting, board
from dougong_platform.jobs.wording import label_of, summary
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.formats import day
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext, ngettext

blueprint = Blueprint("builder_jobs", __name__, url_prefix="/builder")

PAGE = "/builder/jobs"
_SHOWN = 50
_ICONS = {
    "records": "database",
    "automation": "bolt",
    "wakeup": "clock",
    "webhook": "webhook",
    "email": "mail",
    "robot": "message",
    "publish": "versions",
    "release": "search",
    "import": "file-import",
    "hand_over": "transfer",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One job as the page shows it."""

    job: board.Job
    icon: str
    topic: str
    about: str
    payload: str


@blueprint.get("/jobs")
@page("jobs")
def show_jobs(caller: Caller) -> str:
    """?state= dead, failing or waiting, ?topic=, ?before= an id; ?ask= an id whose deletion is asked about."""
    state = request.args.get("state", "dead")
    state = state if state in board.STATES else "dead"
    topic, before = request.args.get("topic") or None, _number(request.args.get("before", ""))
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        counts = board.topics(tx)
        found = board.jobs(tx, state=state, topic=topic, before=before or None, limit=_SHOWN + 1)
    lines = [_line(caller, one) for one in found[:_SHOWN]]
    asking = _number(request.args.get("ask", ""))
    return draw(
        caller,
        "jobs/jobs.html",
        state=state,
        topic=topic,
        topic_label=label_of(topic).text(current_locale()) if topic else "",
        counts=[(one, label_of(one.topic).text(current_locale()), _ICONS.get(one.topic, "settings")) for one in counts],
        due=sum(one.due + one.failing for one in counts),
        dead=sum(one.dead for one in counts if topic in (None, one.topic)),
        oldest=max((one.oldest for one in counts), default=0.0),
        days=_by_day(lines),
        older=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        asking=next((line for line in lines if line.job.id == asking), None),
    )


@blueprint.post("/jobs/<id>/again")
@page("jobs")
def run_again(caller: Caller, id: str) -> Response:
    """One that failed, at once."""
    acting.run_again(caller.database, caller.tenant, _there(id))
    toasts.say(gettext("It is tried again now"))
    return redirect_to(_back())


@blueprint.post("/jobs/again")
@page("jobs")
def run_all_again(caller: Caller) -> Response:
    """All that were given up, or those of one topic."""
    count = acting.run_all_again(caller.database, caller.tenant, request.form.get("topic") or None)
    toasts.say(ngettext("%(num)d job is tried again now", "%(num)d jobs are tried again now", count))
    return redirect_to(PAGE)


@blueprint.post("/jobs/<id>/delete")
@page("jobs")
def delete(caller: Caller, id: str) -> Response:
    """For good."""
    acting.delete(caller.database, caller.tenant, _there(id))
    toasts.say(gettext("Deleted"))
    return redirect_to(_back())


def _back() -> str:
    """The list that the form stood in."""
    state = request.form.get("state", "")
    return f"{PAGE}?state={state}" if state in board.STATES else PAGE


def _line(caller: Caller, job: board.Job) -> Line:
    locale = current_locale()
    return Line(
        job,
        _ICONS.get(job.kind, "settings"),
        label_of(job.kind).text(locale),
        summary(job.kind, job.payload, caller.model, locale),
        orjson.dumps(job.payload, option=orjson.OPT_INDENT_2).decode()[:20_000],
    )


def _by_day(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    days: dict[str, list[Line]] = {}
    for line in lines:
        days.setdefault(day(line.job.at), []).append(line)
    return list(days.items())


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _there(text: str) -> int:
    found = _number(text)
    if not found:
        raise NotFound
    return found
