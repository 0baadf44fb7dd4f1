"""/builder/audit: who did what, when and from where; and for how long it is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from dougong_platform.audit.asking import answer
from dougong_platform.errors import BadCursor
from dougong_platform.http.caller import Caller
from dougong_tenants.audit.reading import MOST_COUNTED, Question, count_by_action, count_entries, names_of
from dougong_tenants.audit.retention import retention, set_retention
from dougong_tenants.errors import PolicyInvalid
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.audit.asked import EXPORT, PAGE, Asked, action_name, action_options, read_asked
from dougong_ui_builder.builder.audit.keeping import keeping_options, older_than, posted_days
from dougong_ui_builder.builder.audit.shown import by_day, summary
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

blueprint = Blueprint("builder_audit", __name__, url_prefix="/builder")

_SHOWN = 50  # entries of a page
_LATELY = 7  # days of the summary


@blueprint.get("/audit")
@page("audit")
def show_log(caller: Caller) -> str:
    """?q= words, ?action= one or a group, ?person=, ?target=, ?from=, ?to= days, ?cursor= of the page before."""
    return _page(caller)


@blueprint.post("/audit/keep")
@page("audit")
def keep(caller: Caller) -> Response | tuple[str, int]:
    """How long entries are kept. A shorter time is asked about first: what it lets go does not come back."""
    days = posted_days(request.form.get("days", ""))
    before = retention(caller.database, caller.tenant).days
    if days is not None and (before is None or days < before) and "sure" not in request.form:
        losing = count_entries(caller.database, caller.tenant, Question(until=older_than(days)))
        if losing:
            return _page(caller, asking={"days": days, "losing": losing, "capped": losing > MOST_COUNTED}), 200
    try:
        set_retention(caller.database, caller.tenant, days, by=caller.user)
    except PolicyInvalid as wrong:
        return _page(caller, problem=wrong.message(caller.locale)), 422
    toasts.say(gettext("Saved"))
    return redirect_to(PAGE)


def _page(caller: Caller, **more: Any) -> str:
    asked, wanted = read_asked(caller) if request.method == "GET" else (Asked(), Question())
    cursor = request.args.get("cursor") or None
    try:
        found = answer(caller, wanted, limit=_SHOWN, cursor=cursor)
    except BadCursor:  # of an older address: begin anew
        cursor, found = None, answer(caller, wanted, limit=_SHOWN)
    days = by_day(caller, found)
    kept = retention(caller.database, caller.tenant)
    names = names_of(caller.database, caller.tenant, (asked.person, kept.changed_by))
    return draw(
        caller,
        "audit/audit.html",
        asked=asked,
        days=days,
        count=count_entries(caller.database, caller.tenant, wanted) if cursor is None else None,
        most_counted=MOST_COUNTED,
        shown_already=request.args.get("after", ""),
        older=asked.address(cursor=found.next, after=days[-1][0] if days else "") if found.next else None,
        newest=asked.address() if cursor else None,
        export=asked.address(EXPORT),
        actions=action_options(caller.locale),
        action_name=action_name(asked.action, caller.locale) if asked.action else "",
        person_name=names.get(asked.person, asked.person),
        lately=summary(count_by_action(caller.database, caller.tenant, _LATELY), caller.locale),
        kept=kept,
        kept_by=names.get(kept.changed_by or "", ""),
        keeping=keeping_options(kept.days),
        **{"asking": None, "problem": None, **more},
    )
