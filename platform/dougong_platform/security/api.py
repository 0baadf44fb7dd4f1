"""HTTP endpoints over sign-in security. One's own sessions are listed and ended one by one in `people`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.client_address import client_address
from dougong_platform.http.confirming import confirm
from dougong_platform.http.endpoint import endpoint
from dougong_platform.people.authority import changeable
from dougong_platform.people.held_sets import held_sets
from dougong_platform.query.single import addressed
from dougong_platform.security.changing import change_policy
from dougong_platform.security.schema import EndedSchema, PolicySchema, PresentPolicySchema, SessionsSchema
from dougong_tenants import sign_in
from dougong_tenants.security import policy_of_tenant, policy_values
from dougong_tenants.sign_in import own_second_factor

blueprint = Blueprint("security", __name__)


@blueprint.get("/api/v1/security/policy")
@endpoint("The sign-in security policy", answers=PresentPolicySchema, errors=(403,), system="people")
def show_policy(caller: Caller) -> dict[str, Any]:
    """With the address that this request came from."""
    policy = policy_of_tenant(caller.database, caller.tenant)
    return {**policy_values(policy), "your_address": client_address()}


@blueprint.put("/api/v1/security/policy")
@endpoint(
    "Change the sign-in security policy",
    body=PolicySchema,
    answers=PresentPolicySchema,
    errors=(400, 403, 422),
    system="people",
)
def put_policy(caller: Caller) -> dict[str, Any]:
    """Effective at once. Refused if it would lock out who sets it."""
    policy = change_policy(caller, load_body(request, PolicySchema, caller.locale))
    return {**policy_values(policy), "your_address": client_address()}


@blueprint.delete("/api/v1/sessions")
@endpoint("Sign out everywhere else", answers=EndedSchema)
def end_own_sessions(caller: Caller) -> dict[str, Any]:
    """All of the caller's sessions end, but for the one that asks."""
    confirm(caller)
    principal = caller.principal
    keep = principal.id if principal is not None and principal.via == "session" else None
    return {"ended": sign_in.end_other_sessions(caller.database, caller.tenant, caller.user, keep)}


@blueprint.get("/api/v1/users/<id>/sessions")
@endpoint("Where a user is signed in", answers=SessionsSchema, errors=(403, 404), system="people")
def list_user_sessions(caller: Caller, id: str) -> dict[str, Any]:
    """{"sessions": […]}, the one used last first."""
    user = addressed(id)
    held_sets(caller, user)  # a 404 for who is not there
    return {"sessions": [asdict(s) for s in sign_in.list_sessions(caller.database, caller.tenant, user)]}


@blueprint.delete("/api/v1/users/<id>/sessions")
@endpoint("End a user's sessions", answers=EndedSchema, errors=(403, 404), system="people")
def end_user_sessions(caller: Caller, id: str) -> dict[str, Any]:
    """On all devices, but for the one that asks."""
    user = changeable(caller, id)
    principal = caller.principal
    own = principal is not None and principal.via == "session" and user == caller.user
    keep = principal.id if own and principal is not None else None
    return {"ended": sign_in.end_other_sessions(caller.database, caller.tenant, user, keep)}


@blueprint.delete("/api/v1/users/<id>/sessions/<session>")
@endpoint("End one session of a user", status=204, errors=(403, 404), system="people")
def end_user_session(caller: Caller, id: str, session: str) -> Response:
    """It stops working at once."""
    user = changeable(caller, id)
    if not sign_in.end_session(caller.database, caller.tenant, user, addressed(session)):
        raise NotFound
    return Response(status=204)


@blueprint.delete("/api/v1/users/<id>/second-factor")
@endpoint("Reset a user's second factor", status=204, errors=(403, 404, 422), system="people")
def reset_second_factor(caller: Caller, id: str) -> Response:
    """For who has lost it: his sessions end, and he signs in without one or enrols anew. 404 if he has none."""
    user = changeable(caller, id)
    if not own_second_factor.reset(caller.database, caller.tenant, user, by=caller.user):
        raise NotFound
    return Response(status=204)
