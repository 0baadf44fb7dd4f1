"""HTTP endpoints that tell a caller who he is, what there is for him, and why."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from dougong_platform.errors import BadRequest
from dougong_platform.explain.audience import MOST, audience
from dougong_platform.explain.effects import effects
from dougong_platform.explain.objects import full, label, visible
from dougong_platform.explain.record_access import explain_access
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.query.fields import require_readable
from dougong_platform.query.visible import visible_objects

blueprint = Blueprint("explain", __name__)

_ME = """
select u.id, u.name, u.email, u.title, u.department, u.manager from "user" u where u.id = %(user)s::uuid
"""


@blueprint.get("/api/v1/me")
@endpoint("Who I am", answers="me")
def me(caller: Caller) -> dict[str, Any]:
    """The caller's user, tenant, rights and language."""
    entry, rows = caller.database.read(caller.tenant, _ME, {"user": caller.user}, custom_plan=False)
    caller.verify(entry)
    names = ("id", "name", "email", "title", "department", "manager")
    tenant, rights = caller.tenant, caller.rights
    return {
        "user": dict(zip(names, rows[0], strict=True)) if rows else {"id": caller.user},
        "tenant": {"name": tenant.name, "label": label(tenant.label), "currency": tenant.currency},
        "permission_sets": list(caller.principal.permission_sets) if caller.principal is not None else [],
        "administrator": rights.is_admin,
        "system": sorted(rights.system),
        "apps": list(rights.apps),
        "scopes": sorted(caller.principal.scopes) if caller.principal is not None else [],
        "locale": caller.locale,
        "timezone": caller.timezone,
        "release": caller.release.number,
    }


@blueprint.get("/api/v1/objects")
@endpoint("The objects I may read", answers="objects")
def objects(caller: Caller) -> dict[str, Any]:
    """{"objects": […]} in the model's order."""
    _confirm(caller)
    return {"objects": visible(caller)}


@blueprint.get("/api/v1/objects/<object>")
@endpoint("One object with its fields", answers="object", errors=(403, 404))
def one_object(caller: Caller, object: str) -> dict[str, Any]:
    """Fields that may not be read are absent."""
    _confirm(caller)
    require_readable(caller.rights, object)
    return full(caller, visible_objects(caller.rights)[object])


@blueprint.get("/api/v1/records/<object>/<id>/access")
@endpoint(
    "Why a user may reach a record",
    answers="access",
    errors=(400, 403, 404),
    parameters=(
        Parameter(
            "user",
            "Another user's id; needs the system right people or audit, or the right to share.",
            {"type": "string", "format": "uuid"},
        ),
    ),
)
def access(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """For each action whether it is allowed, and the grant that decides."""
    given = Arguments(request, ("user",))
    return explain_access(caller, object, id, given.text("user"))


@blueprint.get("/api/v1/records/<object>/<id>/audience")
@endpoint(
    "Who may reach a record",
    answers="audience",
    errors=(400, 403, 404),
    parameters=(
        Parameter(
            "limit", "People named, at most.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 100}
        ),
    ),
)
def who(caller: Caller, object: str, id: str) -> dict[str, Any]:
    """How many people may read it, by what, and the first of them. For whoever may share it, or keeps the people."""
    given = Arguments(request, ("limit",))
    limit = given.whole("limit", 100)
    if not 1 <= limit <= MOST:
        raise BadRequest(en=f"The limit must be from 1 to {MOST}.", zh=f"limit 须在 1 到 {MOST} 之间。")
    return audience(caller, object, id, limit)


@blueprint.get("/api/v1/metadata/effects")
@endpoint("Who would gain or lose which records by publishing the draft", errors=(422,), system="metadata")
def show_effects(caller: Caller) -> dict[str, Any]:
    """{rows: [{user, name, object, read: [gained, lost], update: [gained, lost]}], uncounted: […]}."""
    Arguments(request, ())
    return effects(caller)


def _confirm(caller: Caller) -> None:
    """What is answered from memory is confirmed by the tenant's present release and stamp."""
    entry, _ = caller.database.read(caller.tenant, "select 1", custom_plan=False)
    caller.verify(entry)
