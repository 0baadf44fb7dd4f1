"""HTTP endpoints over people. Lists are read as records of the objects user, department and team."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.bodies import load_body
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import endpoint
from dougong_platform.people.access_tokens import issue_token, revoke_token, visible_tokens
from dougong_platform.people.authority import changeable, check_move, check_place, check_sets
from dougong_platform.people.held_sets import held_sets, permanent_sets
from dougong_platform.people.schema import (
    CreatedSchema,
    DepartmentChangeSchema,
    DepartmentSchema,
    DepartmentsSchema,
    HeldSetsSchema,
    MembersSchema,
    PasswordSchema,
    PermissionSetsSchema,
    TeamSchema,
    TokenSchema,
    UserChangeSchema,
    UserSchema,
    VersionSchema,
)
from dougong_platform.query.single import addressed
from dougong_tenants import people, sign_in

blueprint = Blueprint("people", __name__)

_WRONG = (400, 403, 404, 409, 422)


@blueprint.post("/api/v1/users")
@endpoint("Create a user", body=UserSchema, answers=CreatedSchema, status=201, errors=_WRONG, system="people")
def create_user(caller: Caller) -> dict[str, Any]:
    """{"id", "keeps_password"}: the latter where the e-mail belonged to a person already."""
    given = load_body(request, UserSchema, caller.locale)
    sets, password = given.pop("permission_sets", []), given.pop("password", None)
    check_sets(caller, sets, ())
    check_place(caller, given)
    created = people.create_user(
        caller.database, caller.tenant, given, password=password, permission_sets=sets, by=caller.user
    )
    return {"id": created.id, "keeps_password": created.keeps_password}


@blueprint.patch("/api/v1/users/<id>")
@endpoint("Change a user", body=UserChangeSchema, answers=VersionSchema, errors=_WRONG, system="people")
def change_user(caller: Caller, id: str) -> dict[str, Any]:
    """The user's new version."""
    given = load_body(request, UserChangeSchema, caller.locale)
    user = changeable(caller, id)
    check_place(caller, given, user)
    version = given.pop("version", None)
    new = people.update_user(caller.database, caller.tenant, user, given, by=caller.user, version=version)
    return {"id": user, "version": new}


@blueprint.post("/api/v1/users/<id>/deactivate")
@endpoint("Lock a user out", status=204, errors=_WRONG, system="people")
def deactivate_user(caller: Caller, id: str) -> Response:
    """His sessions and tokens end; his records stay his."""
    people.deactivate_user(caller.database, caller.tenant, changeable(caller, id), by=caller.user)
    return Response(status=204)


@blueprint.post("/api/v1/users/<id>/activate")
@endpoint("Let a user in again", status=204, errors=_WRONG, system="people")
def activate_user(caller: Caller, id: str) -> Response:
    """He signs in anew; what ended stays ended."""
    people.activate_user(caller.database, caller.tenant, changeable(caller, id), by=caller.user)
    return Response(status=204)


@blueprint.get("/api/v1/users/<id>/permission-sets")
@endpoint("A user's permission sets", answers=HeldSetsSchema, errors=(403, 404), system="people")
def permission_sets(caller: Caller, id: str) -> dict[str, Any]:
    """`permission_sets`: those he holds himself without an end, as PUT replaces them; `effective`: all that reach him
    now, also by department, by position or for a time. Names, sorted."""
    user = addressed(id)
    effective = held_sets(caller, user)
    return {"permission_sets": list(permanent_sets(caller, user)), "effective": list(effective)}


@blueprint.put("/api/v1/users/<id>/permission-sets")
@endpoint(
    "Replace a user's permission sets",
    body=PermissionSetsSchema,
    answers=PermissionSetsSchema,
    errors=_WRONG,
    system="people",
)
def set_permission_sets(caller: Caller, id: str) -> dict[str, Any]:
    """Those he holds himself without an end; grants for a time, by department and by position stay as they are."""
    user = addressed(id)
    wanted = load_body(request, PermissionSetsSchema, caller.locale)["permission_sets"]
    check_sets(caller, wanted, permanent_sets(caller, user))
    people.set_permission_sets(caller.database, caller.tenant, user, wanted, by=caller.user)
    return {"permission_sets": sorted(set(wanted))}


@blueprint.put("/api/v1/users/<id>/departments")
@endpoint(
    "Replace a user's further departments",
    body=DepartmentsSchema,
    answers=DepartmentsSchema,
    errors=_WRONG,
    system="people",
)
def set_further_departments(caller: Caller, id: str) -> dict[str, Any]:
    """Those he is in beside his own one, which is left out."""
    wanted = load_body(request, DepartmentsSchema, caller.locale)["departments"]
    user = changeable(caller, id)
    check_place(caller, {"further_departments": wanted}, user)
    people.set_further_departments(caller.database, caller.tenant, user, wanted, by=caller.user)
    return {"departments": sorted(set(wanted))}


@blueprint.put("/api/v1/users/<id>/password")
@endpoint("Set a user's password", body=PasswordSchema, status=204, errors=_WRONG, system="people")
def set_password(caller: Caller, id: str) -> Response:
    """For a user who has no other company to enter with it."""
    given = load_body(request, PasswordSchema, caller.locale)
    people.set_password(caller.database, caller.tenant, changeable(caller, id), given["password"])
    return Response(status=204)


@blueprint.post("/api/v1/departments")
@endpoint(
    "Create a department", body=DepartmentSchema, answers=CreatedSchema, status=201, errors=_WRONG, system="people"
)
def create_department(caller: Caller) -> dict[str, Any]:
    """{"id"}."""
    given = load_body(request, DepartmentSchema, caller.locale)
    return {"id": people.create_department(caller.database, caller.tenant, given, by=caller.user)}


@blueprint.patch("/api/v1/departments/<id>")
@endpoint("Change a department", body=DepartmentChangeSchema, answers=VersionSchema, errors=_WRONG, system="people")
def change_department(caller: Caller, id: str) -> dict[str, Any]:
    """A new parent moves it with all below."""
    given = load_body(request, DepartmentChangeSchema, caller.locale)
    if "parent" in given:
        check_move(caller, addressed(id), given["parent"])
    version = given.pop("version", None)
    new = people.update_department(
        caller.database, caller.tenant, addressed(id), given, by=caller.user, version=version
    )
    return {"id": addressed(id), "version": new}


@blueprint.delete("/api/v1/departments/<id>")
@endpoint("Delete an empty department", status=204, errors=_WRONG, system="people")
def delete_department(caller: Caller, id: str) -> Response:
    """Refused while people or departments are in it."""
    people.delete_department(caller.database, caller.tenant, addressed(id), by=caller.user)
    return Response(status=204)


@blueprint.post("/api/v1/teams")
@endpoint("Create a team", body=TeamSchema, answers=CreatedSchema, status=201, errors=_WRONG, system="people")
def create_team(caller: Caller) -> dict[str, Any]:
    """{"id"}."""
    given = load_body(request, TeamSchema, caller.locale)
    return {"id": people.create_team(caller.database, caller.tenant, given["name"], by=caller.user)}


@blueprint.patch("/api/v1/teams/<id>")
@endpoint("Rename a team", body=TeamSchema, answers=VersionSchema, errors=_WRONG, system="people")
def rename_team(caller: Caller, id: str) -> dict[str, Any]:
    """Its new version."""
    given = load_body(request, TeamSchema, caller.locale)
    team = addressed(id)
    return {
        "id": team,
        "version": people.rename_team(caller.database, caller.tenant, team, given["name"], by=caller.user),
    }


@blueprint.delete("/api/v1/teams/<id>")
@endpoint("Delete a team", status=204, errors=_WRONG, system="people")
def delete_team(caller: Caller, id: str) -> Response:
    """Its memberships end with it."""
    people.delete_team(caller.database, caller.tenant, addressed(id), by=caller.user)
    return Response(status=204)


@blueprint.put("/api/v1/teams/<id>/members")
@endpoint("Replace a team's members", body=MembersSchema, status=204, errors=_WRONG, system="people")
def set_members(caller: Caller, id: str) -> Response:
    """Each member once, with a role."""
    given = load_body(request, MembersSchema, caller.locale)
    members = {member["user"]: member.get("role") for member in given["members"]}
    people.set_members(caller.database, caller.tenant, addressed(id), members, by=caller.user)
    return Response(status=204)


@blueprint.get("/api/v1/tokens")
@endpoint("The tokens I may see", answers="tokens", errors=(403,), system="tokens")
def list_tokens(caller: Caller) -> dict[str, Any]:
    """{"tokens": […]}, newest first; never the tokens themselves."""
    return {"tokens": visible_tokens(caller)}


@blueprint.post("/api/v1/tokens")
@endpoint("Issue a token", body=TokenSchema, answers="token", status=201, errors=_WRONG, system="tokens")
def create_token(caller: Caller) -> dict[str, Any]:
    """{"id", "token", "prefix"}: the token is told this once."""
    given = load_body(request, TokenSchema, caller.locale)
    user = given.get("user")
    return issue_token(
        caller,
        given["name"],
        given.get("scopes") or ("read", "write"),
        given.get("expires_at"),
        None if user is None else addressed(user),
    )


@blueprint.delete("/api/v1/tokens/<id>")
@endpoint("Revoke a token", status=204, errors=(403, 404), system="tokens")
def delete_token(caller: Caller, id: str) -> Response:
    """It stops working at once."""
    revoke_token(caller, addressed(id))
    return Response(status=204)


@blueprint.get("/api/v1/sessions")
@endpoint("Where I am signed in", answers="sessions")
def list_sessions(caller: Caller) -> dict[str, Any]:
    """{"sessions": […]}, the one used last first."""
    return {"sessions": [asdict(s) for s in sign_in.list_sessions(caller.database, caller.tenant, caller.user)]}


@blueprint.delete("/api/v1/sessions/<id>")
@endpoint("Sign out elsewhere", status=204, errors=(404,))
def end_session(caller: Caller, id: str) -> Response:
    """Ends one of the caller's own sessions."""
    if not sign_in.end_session(caller.database, caller.tenant, caller.user, addressed(id)):
        raise NotFound
    return Response(status=204)
