"""The table of users: searched, filtered by department and by whether they may sign in."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request

from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import PAGE, users
from dougong_tenants.people import access_of
from dougong_ui_builder.builder.people.form_values import department_options
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page

STATES = {"active": True, "inactive": False}


@blueprint.get("/people")
@page("people")
def show_people(caller: Caller) -> str:
    """?q= words, ?department=, ?state= active or inactive, ?from= how many are left out before."""
    asked = {key: request.args.get(key, "").strip() for key in ("q", "department", "state")}
    start = request.args.get("from", "0")
    offset = int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 0
    found, count = users(caller, asked["q"], asked["department"] or None, STATES.get(asked["state"]), offset)
    return draw(
        caller,
        "people/people.html",
        "people",
        users=found,
        count=count,
        asked=asked,
        filtered=any(asked.values()),
        access=access_of(caller.database, caller.tenant, [user.id for user in found]),
        departments=department_options(caller, keep=asked["department"]),
        before=_url(asked, offset - PAGE) if offset else None,
        after=_url(asked, offset + PAGE) if offset + len(found) < count else None,
        first=offset + 1,
    )


def _url(asked: dict[str, str], offset: int) -> str:
    given = {key: value for key, value in asked.items() if value}
    return "/builder/people?" + urlencode({**given, **({"from": offset} if offset > 0 else {})})
