"""HTTP endpoints of the audit log, for who holds the system right audit."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from dougong_platform.audit.asking import MOST_ENTRIES, answer, question
from dougong_platform.audit.export import csv_chunks
from dougong_platform.audit.schema import EntriesSchema, PolicyChangeSchema, PolicySchema
from dougong_platform.errors import BadRequest
from dougong_platform.exports.columns import now_in
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_tenants.audit.reading import Question
from dougong_tenants.audit.retention import retention, set_retention

blueprint = Blueprint("audit", __name__)

_CSV = "text/csv; charset=utf-8"
_USUAL = 50  # entries of a page
_ID = {"type": "string", "format": "uuid"}
_NARROWED = (
    Parameter(
        "action", "Actions or groups of actions (sign_in, access, people, metadata, data, policy), comma-separated."
    ),
    Parameter("actor", "Who acted, by id.", _ID),
    Parameter("person", "Who acted or was acted upon, by id.", _ID),
    Parameter("target", "What was acted upon: an id, a name or a number."),
    Parameter("from", "The first day in the caller's time zone, or a moment.", example="2026-01-01"),
    Parameter("to", "The last day, included; or a moment, excluded.", example="2026-01-31"),
    Parameter("q", "Words that must stand in an entry or in the name of a person in it."),
)
_NAMES = tuple(parameter.name for parameter in _NARROWED)


@blueprint.get("/api/v1/audit")
@endpoint(
    "The audit log",
    answers=EntriesSchema,
    errors=(400, 403),
    system="audit",
    parameters=(
        *_NARROWED,
        Parameter("limit", "Entries per page.", {"type": "integer", "minimum": 1, "maximum": MOST_ENTRIES}),
        Parameter("cursor", "`next` of the page before."),
    ),
)
def entries(caller: Caller) -> dict[str, Any]:
    """{"entries": […], "next"}, newest first."""
    given = Arguments(request, (*_NAMES, "limit", "cursor"))
    limit = given.whole("limit", _USUAL)
    if not 1 <= limit <= MOST_ENTRIES:
        raise BadRequest(en=f"“limit” must be 1 to {MOST_ENTRIES}.", zh=f"limit 须为 1 至 {MOST_ENTRIES}。")
    page = answer(caller, _question(caller, given), limit=limit, cursor=given.text("cursor"))
    wording = page.wording
    return {
        "entries": [
            asdict(entry) | {"actor_name": wording.actor(entry), "sentence": wording.text(entry)}
            for entry in page.entries
        ],
        "next": page.next,
    }


@blueprint.get("/api/v1/audit/export")
@endpoint(
    "Export the audit log",
    answers="file",
    errors=(400, 403),
    system="audit",
    content_type="text/csv",
    parameters=_NARROWED,
)
def export(caller: Caller) -> Response:
    """All entries that fit, as CSV."""
    chunks = csv_chunks(caller, _question(caller, Arguments(request, _NAMES)))
    name = f"{'审计日志' if caller.locale.startswith('zh') else 'Audit'} {now_in(caller.timezone):%Y-%m-%d %H%M}.csv"
    response = Response(chunks, content_type=_CSV)
    both = f"filename=\"audit.csv\"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Disposition"] = f"attachment; {both}"
    return response


@blueprint.get("/api/v1/audit/policy")
@endpoint("How long the audit log is kept", answers=PolicySchema, errors=(403,), system="audit")
def policy(caller: Caller) -> dict[str, Any]:
    """{"days", "changed_at", "changed_by"}; days null = for ever."""
    return asdict(retention(caller.database, caller.tenant))


@blueprint.put("/api/v1/audit/policy")
@endpoint(
    "Choose how long the audit log is kept",
    body=PolicyChangeSchema,
    answers=PolicySchema,
    errors=(400, 403, 422),
    system="audit",
)
def change_policy(caller: Caller) -> dict[str, Any]:
    """The policy from now on; what it no longer keeps goes with the next daily sweep."""
    days = load_body(request, PolicyChangeSchema, caller.locale)["days"]
    set_retention(caller.database, caller.tenant, days, by=caller.user)
    return asdict(retention(caller.database, caller.tenant))


def _question(caller: Caller, given: Arguments) -> Question:
    return question(
        caller,
        actions=given.names("action") or (),
        actor=given.text("actor"),
        person=given.text("person"),
        target=given.text("target"),
        since=given.text("from"),
        until=given.text("to"),
        text=given.text("q"),
    )
