"""HTTP endpoints of how flows go and why: statistics and the approvals behind them, versions, try-outs and
explanations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request

from dougong_platform.approvals.answers import refused
from dougong_platform.approvals.insight.schema import (
    BehindList,
    ExplanationShape,
    MoveBody,
    MovedList,
    StatisticsShape,
    TriedFlow,
    TryOutBody,
    VersionList,
)
from dougong_platform.approvals.reading.explanation import StepExplained, explanation
from dougong_platform.approvals.running.versions import KIND
from dougong_platform.approvals.state import Text
from dougong_platform.approvals.statistics import figures
from dougong_platform.approvals.statistics.statements import BEHIND
from dougong_platform.approvals.try_out import Line, try_out
from dougong_platform.approvals.versions.moving import fits, move_version, versions_of
from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.query import display_names
from dougong_platform.releases.draft import get as draft_of

blueprint = Blueprint("approval_insight", __name__)
_FLOW = "/api/v1/approval-flows/<name>"
_USUAL = 30  # days
_PERIOD = (
    Parameter("from", "The first day (YYYY-MM-DD); 30 days ago without it.", {"type": "string", "format": "date"}),
    Parameter("to", "The last day; today without it.", {"type": "string", "format": "date"}),
)


@blueprint.get(f"{_FLOW}/statistics")
@endpoint("How a flow goes", answers=StatisticsShape, errors=(400, 403, 404), parameters=_PERIOD)
def show_statistics(caller: Caller, name: str) -> dict[str, Any]:
    """Days, outcomes, nodes and people of a period."""
    given = Arguments(request, ("from", "to"))
    since, until = _period(caller, given)
    found = figures.statistics(caller, name, since, until)
    said = asdict(found)
    days = [{**asdict(day), "finished": day.finished} for day in found.days]
    return {**said, "from": said.pop("since"), "to": said.pop("until"), "days": days}


@blueprint.get(f"{_FLOW}/approvals")
@endpoint(
    "The approvals behind a figure",
    answers=BehindList,
    errors=(400, 403, 404),
    parameters=(
        Parameter("figure", "Which one.", {"type": "string", "enum": list(BEHIND)}),
        Parameter("value", "Of a node its name, of a person the id of the user; of counts by day, a day."),
        *_PERIOD,
    ),
)
def list_behind(caller: Caller, name: str) -> dict[str, Any]:
    """{"figure", "approvals": […]}, at most 200, the newest first."""
    given = Arguments(request, ("figure", "value", "from", "to"))
    since, until = _period(caller, given)
    figure = given.text("figure") or "submitted"
    found = figures.approvals_behind(caller, name, since, until, figure, given.text("value"))
    return {"figure": figure, "approvals": [asdict(one) for one in found]}


@blueprint.get(f"{_FLOW}/versions")
@endpoint(
    "The versions of a flow, and what runs under others than the present one", answers=VersionList, errors=(403, 404)
)
def list_versions(caller: Caller, name: str) -> dict[str, Any]:
    """{"versions": […], "others": […]}."""
    versions = [{**asdict(one), "broken": _said(caller, one.broken)} for one in versions_of(caller, name)]
    others = fits(caller, name) if name in caller.model.approvals else []
    return {"versions": versions, "others": [{**asdict(one), "misfit": _said(caller, one.misfit)} for one in others]}


@blueprint.post(f"{_FLOW}/versions/move")
@endpoint(
    "Move approvals to the present version of their flow", body=MoveBody, answers=MovedList, errors=(400, 403, 404, 422)
)
def move_versions(caller: Caller, name: str) -> dict[str, Any]:
    """{"moved": [{"approval", "problem"}]}: each for itself."""
    given = load_body(request, MoveBody, caller.locale)
    ids = [str(one) for one in given["ids"]] if "ids" in given else None
    answered = move_version(caller, name, ids)
    return {"moved": [{"approval": id, "problem": refused(caller, fault)} for id, fault in answered]}


@blueprint.post(f"{_FLOW}/try-out")
@endpoint(
    "What a flow would have done with the records of a period",
    body=TryOutBody,
    answers=TriedFlow,
    errors=(400, 403, 404, 409, 422),
    reads=True,
)
def try_flow(caller: Caller, name: str) -> dict[str, Any]:
    """Nothing is written."""
    given = load_body(request, TryOutBody, caller.locale)
    if sum((bool(given.get("draft")), "version" in given, "document" in given)) > 1:
        raise BadRequest(
            en="Give one of `draft`, `version` and `document`.", zh="draft、version、document 只能指定其一。"
        )
    if given["until"] <= given["since"]:
        raise BadRequest(en="`to` has to be after `from`.", zh="to 须晚于 from。")
    document: Mapping[str, Any] | None = given.get("document")
    if given.get("draft"):
        caller.require("metadata", KIND)
        document = draft_of(caller.database, caller.tenant, KIND, name)[0].json()
    period = {"since": given["since"], "until": given["until"], "over": given["over"]}
    tried = try_out(caller, name, document=document, version=given.get("version"), **period)
    lines = [line for line in tried.lines if given.get("change") in (None, line.change)][: given["limit"]]
    names = display_names(caller, tried.flow.object, {line.record for line in lines})
    return {
        "flow": tried.flow.name,
        "over": tried.over,
        "from": tried.since,
        "to": tried.until,
        "records": len(tried.lines),
        "gone": tried.gone,
        "more": tried.more,
        "changes": tried.changes,
        "ends": dict(tried.ends),
        "shares": [asdict(share) for share in tried.shares],
        "lines": [_line(line, names) for line in lines],
        "notices": [_said(caller, notice) for notice in tried.notices],
    }


@blueprint.get("/api/v1/approvals/<id>/explanation")
@endpoint("Why an approval went as it did", answers=ExplanationShape, errors=(404,))
def explain(caller: Caller, id: str) -> dict[str, Any]:
    """For each step the rule, the people and the branches, as far as the caller may know."""
    found = explanation(caller, id)
    said = {key: getattr(found, key) for key in ("approval", "flow", "version", "entry", "broken")}
    return {**said, "flow.label": found.flow_label, "steps": [_step(one) for one in found.steps]}


def _step(one: StepExplained) -> dict[str, Any]:
    said = asdict(one)
    shown = said.pop("shown")
    named = {"branch.label": shown.pop("branch_label"), "agree": said.pop("need")}
    return {**said, **shown, **named, "due_at": one.due_at}


def _line(line: Line, names: Mapping[str, str | None]) -> dict[str, Any]:
    return {**asdict(line), "name": names.get(line.record)}


def _period(caller: Caller, given: Arguments) -> tuple[dt.date, dt.date]:
    today = dt.datetime.now(ZoneInfo(caller.tenant.timezone)).date()
    until = _day(given.text("to")) or today
    return _day(given.text("from")) or until - dt.timedelta(days=_USUAL), until


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadRequest(en="A day is written YYYY-MM-DD.", zh="日期格式为 YYYY-MM-DD。") from None


def _said(caller: Caller, text: Text | None) -> str | None:
    return None if text is None else text["zh" if caller.locale.startswith("zh") else "en"]
