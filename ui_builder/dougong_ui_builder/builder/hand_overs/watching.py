"""Past hand-overs, and the third step of one: how far it is, what came of it, and its undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.hand_overs import HandOver, read, read_all, undo
from dougong_platform.hand_overs.reasons import told
from dougong_platform.hand_overs.store import left_of
from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import user_names
from dougong_platform.query.single import display_names
from dougong_ui_builder.builder.hand_overs.routes import blueprint
from dougong_ui_builder.builder.people.frame import draw
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to

SHOWN = 100  # records that stayed
BASE = "/builder/people/hand-overs"


@blueprint.get("/people/hand-overs")
@page("people")
def show_hand_overs(caller: Caller) -> str:
    """The newest hundred."""
    return draw(caller, "hand_overs/list.html", "hand-overs", jobs=read_all(caller), names=user_names(caller))


@blueprint.get("/people/hand-overs/<uuid:job>")
@page("people")
def show_hand_over(caller: Caller, job: UUID) -> str:
    """?ask=undo opens the question without JavaScript."""
    return _page(caller, read(caller, str(job)))


@blueprint.get("/people/hand-overs/<uuid:job>/progress")
@page("people")
def show_progress(caller: Caller, job: UUID) -> Any:
    """The fragment that asks for itself every second; loads the page at the end."""
    found = read(caller, str(job))
    if not found.under_way:
        return redirect_to(f"{BASE}/{found.id}")
    return render_template("hand_overs/progress.html", job=found)


@blueprint.post("/people/hand-overs/<uuid:job>/undo")
@page("people")
def take_back(caller: Caller, job: UUID) -> Response | tuple[str, int]:
    """Gives back what nobody changed since."""
    try:
        undo(caller, str(job))
    except Fault as fault:
        if fault.status != 409:
            raise
        return _page(caller, read(caller, str(job)), fault.message(current_locale())), 409
    return redirect_to(f"{BASE}/{job}")


def _page(caller: Caller, job: HandOver, problem: str = "") -> str:
    locale = current_locale()
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        left = left_of(tx, job.id, "undo" if job.state == "undone" else "run", SHOWN)
    return draw(
        caller,
        "hand_overs/result.html",
        "hand-overs",
        job=job,
        left=[told(one, locale) for one in left],
        titles=_titles(caller, left),
        names=user_names(caller),
        objects=caller.model.objects,
        problem=problem or (job.problem or {}).get("zh" if locale == "zh" else "en", ""),
        ask=request.args.get("ask", ""),
    )


def _titles(caller: Caller, left: list[dict[str, Any]]) -> dict[str, str | None]:
    """What the records are called, as far as the caller may read them."""
    found: dict[str, str | None] = {}
    for object in {one["object"] for one in left} & set(caller.model.objects):
        found |= display_names(caller, object, [one["record"] for one in left if one["object"] == object])
    return found
