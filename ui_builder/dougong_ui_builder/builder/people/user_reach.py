"""On a user's page: sets granted for a time or with departments, further departments, and who acts for him."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from dougong_metadata.errors import Fault
from dougong_platform.http.caller import Caller
from dougong_platform.http.confirming import confirm
from dougong_platform.people.assistants import acting
from dougong_platform.people.authority import check_place, require_authority
from dougong_platform.people.directory import one_user
from dougong_tenants import people
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.editing import Answer, user_page
from dougong_ui_builder.builder.people.form_values import person
from dougong_ui_builder.builder.people.frame import Errors, errors_of
from dougong_ui_builder.builder.people.granting import grant_posted, moment, renamed
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

BASE = "/builder/people"


@blueprint.post("/people/<id>/grants")
@page("people")
def grant_to_user(caller: Caller, id: str) -> Answer:
    """A set for a time, or with the departments that it means."""
    confirm(caller)
    user = one_user(caller, id)["id"]
    return _tried(caller, user, lambda errors: grant_posted(caller, errors, user=user), "grants")


@blueprint.post("/people/<id>/departments")
@page("people")
def set_departments(caller: Caller, id: str) -> Answer:
    """All departments he is in beside his own."""
    user = one_user(caller, id)
    require_authority(caller, user["id"])
    wanted = [one for one in request.form.getlist("further_departments") if one]

    def act(errors: Errors) -> bool:
        check_place(caller, {"further_departments": wanted}, user["id"])
        people.set_further_departments(caller.database, caller.tenant, user["id"], wanted, by=caller.user)
        toasts.say(gettext("The departments of %(name)s were saved", name=user["name"]))
        return True

    return _tried(caller, user["id"], act, "further")


@blueprint.post("/people/<id>/assistants")
@page("people")
def add_assistant(caller: Caller, id: str) -> Answer:
    """`assistant` acts for the user of the page."""
    confirm(caller)
    user = one_user(caller, id)

    def act(errors: Errors) -> bool:
        other = person(caller, "assistant", errors)
        if other is None and not errors:
            errors["assistant"] = [gettext("Choose somebody.")]
        dates = {"from_at": moment("acts_from", errors), "until_at": moment("acts_until", errors, last=True)}
        if errors:
            return False
        acting.add(caller, {"user": user["id"], "assistant": other, **dates})
        toasts.say(gettext("%(name)s has an assistant", name=user["name"]))
        return True

    return _tried(caller, user["id"], act, "assistants")


@blueprint.post("/people/<id>/assistants/<assistance>")
@page("people")
def change_assistant(caller: Caller, id: str, assistance: str) -> Answer:
    """Other dates."""
    user = one_user(caller, id)["id"]

    def act(errors: Errors) -> bool:
        since, until = moment("acts_from", errors), moment("acts_until", errors, last=True)
        if errors:
            return False
        acting.change(caller, assistance, since, until)
        toasts.say(gettext("The dates were saved"))
        return True

    return _tried(caller, user, act, "assistants")


@blueprint.post("/people/<id>/assistants/<assistance>/remove")
@page("people")
def remove_assistant(caller: Caller, id: str, assistance: str) -> Answer:
    """It ends at once."""
    user = one_user(caller, id)["id"]
    ended = acting.remove(caller, assistance)
    toasts.say(gettext("%(name)s acts for %(other)s no longer", name=ended.assistant_name, other=ended.user_name))
    return redirect_to(f"{BASE}/{user}#assistants")


def _tried(caller: Caller, user: str, act: Callable[[Errors], bool], place: str) -> Answer:
    """Do it, or show the page again with what is wrong."""
    errors: Errors = {}
    try:
        if act(errors):
            return redirect_to(f"{BASE}/{user}#{place}")
    except Fault as fault:
        if fault.status not in (409, 422):
            raise
        errors = renamed(errors_of(fault))
    if place == "assistants":
        errors = {f"acts_{key}" if key in ("from", "until") else key: found for key, found in errors.items()}
    return user_page(caller, user, errors=errors), 422
