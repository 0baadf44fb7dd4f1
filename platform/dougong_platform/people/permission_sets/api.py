"""The HTTP endpoint that compares two permission sets."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.errors import BadRequest, NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.http.endpoint import Parameter, endpoint
from dougong_platform.people.permission_sets.comparing import compare
from dougong_platform.people.permission_sets.schema import ComparisonSchema
from dougong_platform.people.permission_sets.table import as_csv

blueprint = Blueprint("people_permission_sets", __name__)


@blueprint.get("/api/v1/permission-sets/compare")
@endpoint(
    "Compare two permission sets",
    answers=ComparisonSchema,
    parameters=(
        Parameter("a", "The name of a permission set.", required=True, example="reader"),
        Parameter("b", "The name of another.", required=True, example="librarian"),
        Parameter("all", "Also the rights in which they agree.", {"type": "boolean"}),
        Parameter("format", "csv for a table instead of JSON.", {"type": "string", "enum": ["json", "csv"]}),
    ),
    errors=(400, 403, 404),
    content_type="application/json,text/csv",
)
def compare_sets(caller: Caller) -> dict[str, Any] | Response:
    """What each grants in the end, in the caller's language. Needs the system right `metadata` or `people`."""
    if not {"metadata", "people"} & caller.rights.system:
        raise NotAllowed
    caller.require("metadata" if "metadata" in caller.rights.system else "people")
    a, b = request.args.get("a", ""), request.args.get("b", "")
    if not a or not b:
        raise BadRequest(en="Name two permission sets, a and b.", zh="请指定两个权限集 a 与 b。")
    rows = compare(caller.model, a, b, caller.locale)
    differing = [one for one in rows if one.differs]
    wanted = rows if request.args.get("all") == "true" else differing
    if request.args.get("format") == "csv":
        return as_csv(caller.model, a, b, wanted, caller.locale)
    return {
        **{key: _named(caller, name) for key, name in (("a", a), ("b", b))},
        "differences": len(differing),
        "rows": [asdict(one) for one in wanted],
    }


def _named(caller: Caller, name: str) -> dict[str, str]:
    return {"name": name, "label": caller.model.permission_sets[name].label.text(caller.locale)}
