"""The first two steps of a hand-over: what and to whom, then what that means, in words."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform.hand_overs import Preview, preview, start
from dougong_platform.hand_overs.plan import PARTS
from dougong_platform.http.caller import Caller
from dougong_platform.people.directory import one_user
from dougong_ui_builder.builder.hand_overs.form import (
    MOST_INPUTS,
    Form,
    Person,
    choices,
    first_form,
    placed,
    read_form,
    sent_again,
)
from dougong_ui_builder.builder.hand_overs.routes import blueprint
from dougong_ui_builder.builder.people.frame import draw, errors_of
from dougong_ui_builder.page import page, redirect_to

Answer = str | Response | tuple[str, int]


@blueprint.get("/people/<id>/hand-over")
@page("people")
def choose_hand_over(caller: Caller, id: str) -> str:
    """Step 1."""
    return step_one(caller, one_user(caller, id), first_form(caller))


@blueprint.post("/people/<id>/hand-over")
@page("people")
def go_on_with_hand_over(caller: Caller, id: str) -> Answer:
    """`do`: more (another receiver), edit (back to step 1), preview (step 2), start (step 3)."""
    user, form, do = one_user(caller, id), read_form(caller), request.form.get("do", "preview")
    if do == "more":
        form.receivers = [*form.receivers, Person()][:MOST_INPUTS]
    if do not in ("preview", "start"):
        form.errors = {name: said for name, said in form.errors.items() if not name.startswith("receiver")}
        return step_one(caller, user, form)
    if form.errors:
        return step_one(caller, user, form), 422
    plan = form.plan(caller, user["id"])
    try:
        if do == "start":
            made = start(caller, plan)
            return redirect_to(f"/builder/people/hand-overs/{made.id}")
        return _step_two(caller, user, preview(caller, plan, complete=True))
    except Fault as fault:
        if fault.status != 422:
            raise
        form.errors = placed(errors_of(fault), form)
        return step_one(caller, user, form), 422


@blueprint.post("/people/<id>/hand-over/counts")
@page("people")
def count_hand_over(caller: Caller, id: str) -> str:
    """How many records the form means now, as pieces that take their places on the page."""
    user, form = one_user(caller, id), read_form(caller)
    seen = preview(caller, form.counted(caller, user["id"]))
    return render_template("hand_overs/counts.html", seen=seen, form=form, user=user)


def step_one(caller: Caller, user: dict[str, Any], form: Form) -> str:
    """What and to whom; also where somebody comes with records chosen in a list."""
    seen = preview(caller, form.counted(caller, user["id"]))
    return draw(
        caller,
        "hand_overs/choose.html",
        "people",
        user=user,
        form=form,
        seen=seen,
        objects=caller.model.objects,
        which={
            line.object: choices(caller, caller.model.objects[line.object], form.row(line.object))
            for line in seen.lines
        },
        errors=form.errors,
        most=MOST_INPUTS,
    )


def _step_two(caller: Caller, user: dict[str, Any], seen: Preview) -> str:
    return draw(
        caller,
        "hand_overs/preview.html",
        "people",
        user=user,
        seen=seen,
        going=[line for line in seen.lines if line.records],
        staying=sum(line.owned - line.records for line in seen.lines),
        in_bin=sum(line.in_bin for line in seen.lines),
        parts=[part for part in PARTS if part in seen.plan.people and seen.parts[part]],
        objects=caller.model.objects,
        kept=sent_again(),
    )
