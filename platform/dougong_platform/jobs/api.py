"""Jobs over HTTP: what waits, what failed, and what is done about it. All need the system right jobs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.jobs import acting, board
from dougong_platform.jobs.schema import AgainSchema, CountSchema, JobSchema, JobsSchema
from dougong_platform.jobs.wording import label_of, summary

blueprint = Blueprint("jobs", __name__)
_MOST = 200


@blueprint.get("/api/v1/jobs")
@endpoint(
    "What waits in the outbox and what failed",
    answers=JobsSchema,
    errors=(400, 403),
    system="jobs",
    parameters=[
        Parameter("state", "Of this state only", {"type": "string", "enum": list(board.STATES)}),
        Parameter("topic", "Of this topic only"),
        Parameter("before", "`next` of the page before", {"type": "integer"}),
        Parameter("limit", f"1 to {_MOST}, 50 unless given", {"type": "integer"}),
    ],
)
def index(caller: Caller) -> dict[str, Any]:
    """Counts by topic, and the rows, newest first."""
    given = Arguments(request, ("state", "topic", "before", "limit"))
    state, limit, before = given.text("state"), given.whole("limit", 50), given.whole("before", 0)
    if state is not None and state not in board.STATES:
        states = ", ".join(board.STATES)
        raise BadRequest(en=f"`state` is one of {states}.", zh=f"state 须为 {states} 之一。")
    if not 1 <= limit <= _MOST or not 0 <= before <= acting.LONGEST_ID:
        raise BadRequest(en=f"`limit` lies between 1 and {_MOST}.", zh=f"limit 须在 1 到 {_MOST} 之间。")
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        counts = board.topics(tx)
        found = board.jobs(tx, state=state, topic=given.text("topic"), before=before or None, limit=limit + 1)
    return {
        "topics": [_topic(one, caller) for one in counts],
        "jobs": [_shown(one, caller) for one in found[:limit]],
        "next": found[limit - 1].id if len(found) > limit else None,
    }


@blueprint.get("/api/v1/jobs/<id>")
@endpoint("One job", answers=JobSchema, errors=(403, 404), system="jobs")
def show(caller: Caller, id: str) -> dict[str, Any]:
    """With what it is to do."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        found = board.job(tx, number(id))
    if found is None:
        raise NotFound
    return _shown(found, caller)


@blueprint.post("/api/v1/jobs/<id>/again")
@endpoint("Run a failed job again", status=204, errors=(403, 404), system="jobs")
def run_again(caller: Caller, id: str) -> Response:
    """At once, with all its attempts."""
    acting.run_again(caller.database, caller.tenant, number(id))
    return Response(status=204)


@blueprint.post("/api/v1/jobs/again")
@endpoint(
    "Run all again that were given up", body=AgainSchema, answers=CountSchema, errors=(400, 403, 422), system="jobs"
)
def run_all_again(caller: Caller) -> dict[str, Any]:
    """Or those of one topic."""
    given = load_body(request, AgainSchema, caller.locale)
    return {"count": acting.run_all_again(caller.database, caller.tenant, given.get("topic"))}


@blueprint.delete("/api/v1/jobs/<id>")
@endpoint("Delete a failed job", status=204, errors=(403, 404), system="jobs")
def delete(caller: Caller, id: str) -> Response:
    """It will never be done; the audit log keeps what it was."""
    acting.delete(caller.database, caller.tenant, number(id))
    return Response(status=204)


def number(text: str) -> int:
    """An id in an address. Raises NotFound."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound
    return int(text)


def _topic(one: board.Topic, caller: Caller) -> dict[str, Any]:
    label = label_of(one.topic).text(caller.locale)
    counts = {"due": one.due, "later": one.later, "failing": one.failing, "dead": one.dead}
    return {"topic": one.topic, "label": label, **counts, "oldest_seconds": one.oldest}


def _shown(one: board.Job, caller: Caller) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.kind,
        "summary": summary(one.kind, one.payload, caller.model, caller.locale),
        "payload": one.payload,
        "state": one.state,
        "at": one.at,
        "due": one.due,
        "attempts": one.attempts,
        "failed": one.failed,
    }
