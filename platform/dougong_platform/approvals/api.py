"""HTTP endpoints of approvals: submitting, the boxes, one approval, everything that moves it, and delegations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema

from dougong_platform.approvals import answers, schema, shapes
from dougong_platform.approvals.moves import asking, deciding, governing
from dougong_platform.approvals.moves.eligible import offers
from dougong_platform.approvals.moves.once import once
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.people import delegations
from dougong_platform.approvals.reading import inbox as boxes
from dougong_platform.approvals.reading.inbox_statements import BOXES
from dougong_platform.approvals.reading.opening import open_file
from dougong_platform.approvals.reading.progress import progress
from dougong_platform.approvals.reading.shown_route import shown_route
from dougong_platform.approvals.sight.seeing import require_sight
from dougong_platform.approvals.state import Approval
from dougong_platform.errors import BadRequest
from dougong_platform.files.api import sent, store
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, Parameter, endpoint
from dougong_platform.query.single import addressed
from dougong_tenants.organisation import organisation_of

blueprint = Blueprint("approvals", __name__)
_ALL = "/api/v1/approvals"
_ONE = f"{_ALL}/<id>"
_DELEGATIONS = f"{_ALL}/delegations"
_KEY = Parameter(
    "Idempotency-Key", "A text of your own; the same request with the same key has its effect once.", place="header"
)
_WRONG = (400, 403, 404, 409, 422)
Move = Callable[..., Approval]


@blueprint.post(_ALL)
@endpoint(
    "Submit records for approval",
    body=schema.SubmitBody,
    answers=shapes.SubmittedList,
    status=201,
    errors=_WRONG,
    parameters=(_KEY,),
)
def submit_records(caller: Caller) -> Response:
    """{"submitted": [{"record", "approval", "state", "problem"}]}; of one `id` that alone, or its problem."""
    given = load_body(request, schema.SubmitBody, caller.locale)
    if ("id" in given) == ("ids" in given):
        raise BadRequest(en="Give either `id` or `ids`.", zh="请在 id 与 ids 中指定其一。")
    ids = [given["id"]] if "id" in given else given["ids"]

    def work() -> tuple[int, Any]:
        chosen = {name: given.get(name) for name in ("note", "choices", "stage")}
        found = submit(caller, given["flow"], given["object"], ids, **chosen)
        if "ids" in given:
            return 201, {"submitted": [answers.submitted(caller, one) for one in found]}
        if found[0].problem is not None:
            raise found[0].problem
        return 201, answers.submitted(caller, found[0])

    return once(caller, request, work)


@blueprint.post(f"{_ALL}/route")
@endpoint(
    "The way that a record would take",
    body=schema.RouteBody,
    answers=shapes.RouteShape,
    errors=(400, 403, 404, 422),
    reads=True,
)
def show_route(caller: Caller) -> dict[str, Any]:
    """Who would be asked as things are now, and why. Nothing is submitted."""
    given = load_body(request, schema.RouteBody, caller.locale)
    steps = shown_route(caller, **given)
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    names = {id: person.name for id, person in organisation.people.items()}
    return {"route": answers.route(caller, steps, names, organisation)}


@blueprint.get(_ALL)
@endpoint(
    "A box of approvals",
    answers=shapes.InboxShape,
    errors=(400,),
    parameters=(
        Parameter("box", "Which one; todo without.", {"type": "string", "enum": list(BOXES)}),
        Parameter("flow", "Only those of this flow."),
        Parameter("search", "Words in the title."),
        Parameter("limit", "Approvals per page.", {"type": "integer", "minimum": 1, "maximum": boxes.MOST}),
        Parameter("cursor", "`next` of the page before."),
    ),
)
def list_box(caller: Caller) -> dict[str, Any]:
    """{"approvals": […], "next", "counts"}, newest first."""
    given = Arguments(request, ("box", "flow", "search", "limit", "cursor"))
    page = boxes.inbox(
        caller,
        given.text("box") or "todo",
        limit=given.whole("limit", 50),
        cursor=given.text("cursor"),
        flow=given.text("flow"),
        search=given.text("search"),
    )
    return {"approvals": [answers.row(one) for one in page.rows], "next": page.next, "counts": boxes.counts(caller)}


@blueprint.get(f"{_ALL}/counts")
@endpoint("How many approvals wait", answers=shapes.CountsShape)
def show_counts(caller: Caller) -> dict[str, int]:
    """{"todo", "submitted", "cc"}."""
    Arguments(request, ())
    return boxes.counts(caller)


@blueprint.get(_ONE)
@endpoint("How an approval stands", answers=shapes.ApprovalShape, errors=(404,))
def show(caller: Caller, id: str) -> dict[str, Any]:
    """As the caller may see it: steps, history, what is ahead, the record's fields, and what he may do."""
    Arguments(request, ())
    return answers.approval(caller, progress(caller, id))


@blueprint.get("/api/v1/records/<object>/<id>/approvals")
@endpoint("The approvals of a record", answers=shapes.OfRecordShape, errors=(403, 404))
def list_of_record(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """{"approvals": […], "flows": […]}: those that were or are, newest first, and those that could be."""
    Arguments(request, ())
    found = boxes.of_record(caller, object, id)
    return {
        "approvals": [answers.row(one) for one in found],
        "flows": [answers.offer(caller, one) for one in offers(caller, object, id)],
    }


@blueprint.get(f"{_ONE}/files/<file>")
@endpoint(
    "Fetch a file of an approval",
    answers={"type": "string", "format": "binary"},
    errors=(404,),
    parameters=(Parameter("thumbnail", "A small picture of an image.", {"type": "boolean"}),),
)
def fetch_file(caller: Caller, id: str, file: str) -> Response:
    """One that stands with a decision or a comment, or in a field that the approval shows."""
    thumbnail = Arguments(request, ("thumbnail",)).truth("thumbnail")
    return sent(open_file(caller, store(), id, file, thumbnail=thumbnail))


@blueprint.post(f"{_ALL}/decisions")
@endpoint(
    "Approve or reject many",
    body=schema.DecisionsBody,
    answers=shapes.DecidedList,
    errors=(400, 422),
    parameters=(_KEY,),
)
def decide_many(caller: Caller) -> Response:
    """{"decided": [{"approval", "problem"}]}: each for itself."""
    given = load_body(request, schema.DecisionsBody, caller.locale)

    def work() -> tuple[int, Any]:
        found = deciding.decide_all(caller, given["ids"], given["verdict"], given.get("comment"))
        return 200, {"decided": [{"approval": one, "problem": answers.refused(caller, why)} for one, why in found]}

    return once(caller, request, work)


def _moves(path: str, summary: str, body: type[Schema] | None, move: Move) -> None:
    """The endpoint of one way to move an approval: what its body names is what `move` takes."""

    @endpoint(summary, body=body, answers=shapes.StandingShape, errors=_WRONG, parameters=(_KEY,))
    def view(caller: Caller, id: str) -> Response:
        given = load_body(request, body, caller.locale) if body is not None else {}
        one = addressed(id)
        return once(caller, request, lambda: (200, answers.standing(move(caller, one, **given))))

    blueprint.add_url_rule(f"{_ONE}/{path}", move.__name__, view, methods=["POST"])


_moves("decision", "Approve, reject or return", schema.DecisionBody, deciding.decide)
_moves("transfer", "Have somebody else asked in one's place", schema.TransferBody, asking.transfer)
_moves("signers", "Ask others to agree first", schema.SignersBody, asking.add_before)
_moves("consultations", "Ask for opinions", schema.ConsultationBody, asking.consult)
_moves("opinion", "Give one's opinion", schema.OpinionBody, asking.opine)
_moves("comments", "Say something", schema.SayingBody, asking.comment)
_moves("urge", "Remind those who are asked", None, asking.urge)
_moves("recall", "Take back what one submitted", schema.RecallBody, governing.recall)
_moves("resubmission", "Submit again what was returned", schema.ResubmissionBody, governing.resubmit)
_moves("reassignment", "Have somebody else asked, as an administrator", schema.ReassignmentBody, governing.reassign)
_moves("jump", "Move it to a node, as an administrator", schema.JumpBody, governing.jump)
_moves("end", "End it, as an administrator", schema.EndBody, governing.end)


@blueprint.post(f"{_ONE}/seen")
@endpoint("Mark a copy as seen", answers=shapes.SeenShape, errors=(404,))
def mark_seen(caller: Caller, id: str) -> dict[str, Any]:
    """{"changed"}: false where it was seen before, or no copy came to the caller."""
    require_sight(caller, id)
    return {"changed": boxes.mark_seen(caller, id)}


@blueprint.get(_DELEGATIONS)
@endpoint(
    "Who decides for whom",
    answers=shapes.DelegationList,
    errors=(403,),
    parameters=(Parameter("everybody", "All of the company; takes the right people.", {"type": "boolean"}),),
)
def list_delegations(caller: Caller) -> dict[str, Any]:
    """{"delegations": […]}: one's own and those to oneself."""
    everybody = Arguments(request, ("everybody",)).truth("everybody")
    found = delegations.delegations(caller, everybody=everybody)
    return {"delegations": [answers.delegation(caller, one) for one in found]}


@blueprint.post(_DELEGATIONS)
@endpoint(
    "Let somebody decide for one",
    body=schema.DelegationBody,
    answers=shapes.DelegationShape,
    status=201,
    errors=_WRONG,
    parameters=(_KEY,),
)
def add_delegation(caller: Caller) -> Response:
    """The new one; for others than oneself it takes the system right `people`."""
    given = load_body(request, schema.DelegationBody, caller.locale)
    given["flows"] = given.get("flows") or ()
    return once(caller, request, lambda: (201, answers.delegation(caller, delegations.create(caller, **given))))


@blueprint.delete(f"{_DELEGATIONS}/<id>")
@endpoint("End a delegation", status=204, errors=(403, 404))
def end_delegation(caller: Caller, id: str) -> Response:
    """It ends now; one that has not begun is gone."""
    delegations.end(caller, id)
    return Response(status=204)
