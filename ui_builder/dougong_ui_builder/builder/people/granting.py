"""Permission sets granted on the pages of people, departments and sets: one form, one list, one way to revoke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Response, request

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.people.authority import may_grant
from dougong_platform.people.grants.giving import give, state, take
from dougong_platform.query.single import uuid_text
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.people import GivenSet
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.people.form_values import person
from dougong_ui_builder.builder.people.frame import Errors
from dougong_ui_builder.builder.people.routes import blueprint
from dougong_ui_builder.builder.people.sentences import set_choices, set_label
from dougong_ui_builder.formats import as_moment, day
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

# What the form's field errors are called by the tenants package and by check_sets.
FIELDS = {"permission_sets": "permission_set"}


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A grant as the lists show it. `since`, `until`: the first and the last day, as people write them; `departments`:
    names; `locked`: the caller may not end it."""

    id: str
    name: str
    label: str
    to: str
    url: str
    kind: str  # user | department | position
    below: bool
    since: str
    until: str
    state: str  # coming | now | over
    departments: tuple[str, ...]
    locked: bool


def line(caller: Caller, one: GivenSet, names: Mapping[str, str]) -> GrantLine:
    """`names`: of departments by id."""
    kind = "user" if one.user else "department" if one.department else "position"
    return GrantLine(
        one.id,
        one.permission_set,
        set_label(caller.model, one.permission_set),
        one.user_name or one.department_name or one.title or "",
        place_of(one),
        kind,
        one.below,
        day(one.from_at) if one.from_at else "",
        day(last_day(one.until_at)) if one.until_at else "",
        state(one.from_at, one.until_at),
        tuple(names.get(id, gettext("a deleted department")) for id in one.departments),
        not may_grant(caller, one.permission_set),
    )


def place_of(one: GivenSet) -> str:
    """The page on which a grant is looked after."""
    if one.user:
        return f"/builder/people/{one.user}#grants"
    if one.department:
        return f"/builder/people/departments?id={one.department}"
    return f"/builder/permission_sets/{one.permission_set}/holders"


def set_options(caller: Caller) -> list[tuple[str, str]]:
    """The sets that the caller may grant, as choices."""
    return [(one.name, one.label) for one in set_choices(caller, ()) if not one.locked]


def chosen_scope(caller: Caller, name: str) -> bool:
    """Whether a set means the departments that are named where it is granted."""
    found = caller.model.permission_sets.get(name)
    if found is None or name == ADMINISTRATOR:
        return False
    rights = [*found.objects.values(), *([found.all_objects] if found.all_objects else [])]
    return any("departments" in (right.read, right.update, right.delete) for right in rights)


def posted_grant(caller: Caller, errors: Errors, **aim: Any) -> dict[str, Any]:
    """What the form asks for, for `give`; `aim` names user, department or title where the page does."""
    given = {
        "permission_set": request.form.get("permission_set", "").strip(),
        "departments": [one for one in request.form.getlist("departments") if one],
        "from_at": moment("from", errors),
        "until_at": moment("until", errors, last=True),
        **aim,
    }
    if not given["permission_set"]:
        errors["permission_set"] = [gettext("Choose a permission set.")]
    if not aim:
        given |= _posted_aim(caller, errors)
    return given


def grant_posted(caller: Caller, errors: Errors, **aim: Any) -> bool:
    """Grant what the form asks for; False with what is wrong in `errors`. Raises NotAllowed."""
    given = posted_grant(caller, errors, **aim)
    if errors:
        return False
    give(caller, given)
    toasts.say(gettext("“%(name)s” was granted", name=set_label(caller.model, given["permission_set"])))
    return True


def typed_grant() -> dict[str, Any]:
    """What the form of grants was sent with, to show it again; {} where it was not sent."""
    if request.method != "POST" or "until" not in request.form:
        return {}
    texts = {key: request.form.get(key, "") for key in ("permission_set", "from", "until", "title", "department", "to")}
    return {
        **texts,
        "departments": request.form.getlist("departments"),
        "below": "true" in request.form.getlist("below"),
        "user": request.form.get("user:text", ""),
    }


def renamed(errors: Errors) -> Errors:
    """Errors under the names of the form's inputs."""
    names = {**FIELDS, "from_at": "from", "until_at": "until", "title": "title"}
    return {names.get(field, field): sentences for field, sentences in errors.items()}


def moment(field: str, errors: Errors, *, last: bool = False) -> datetime | None:
    """The first moment of the day of an input, where the caller is; `last`: the moment after that day. None if blank,
    and for a first day that has begun."""
    text = request.form.get(field, "").strip()
    if not text:
        return None
    try:
        given = date.fromisoformat(text)
        found = datetime.combine(given + timedelta(days=1) if last else given, time(), current_timezone())
    except (ValueError, OverflowError):
        errors[field] = [gettext("This is not a day.")]
        return None
    return None if not last and found <= datetime.now(UTC) else found


def last_day(until_at: str | None) -> str | None:
    """The last day of a period that ends at a moment, as YYYY-MM-DD, where the caller is."""
    found = as_moment(until_at)
    return None if found is None else str((found - timedelta(seconds=1)).astimezone(current_timezone()).date())


def first_day(from_at: str | None) -> str | None:
    """Its first day."""
    found = as_moment(from_at)
    return None if found is None else str(found.astimezone(current_timezone()).date())


@blueprint.post("/people/grants/<id>/revoke")
@page("people")
def revoke_grant(caller: Caller, id: str) -> Response:
    """It ends at once; back to where it was shown."""
    known = uuid_text(id)
    if known is None:
        raise NotFound
    ended = take(caller, known)
    toasts.say(gettext("“%(name)s” was taken back", name=set_label(caller.model, ended.permission_set)))
    if request.form.get("back") == "set":
        return redirect_to(f"/builder/permission_sets/{ended.permission_set}/holders")
    return redirect_to(place_of(ended))


def _posted_aim(caller: Caller, errors: Errors) -> dict[str, Any]:
    match request.form.get("to"):
        case "department":
            if not request.form.get("department"):
                errors["department"] = [gettext("Choose a department.")]
            return {"department": request.form.get("department"), "below": "true" in request.form.getlist("below")}
        case "position":
            title = request.form.get("title", "").strip()
            if not title:
                errors["title"] = [gettext("Name a position.")]
            return {"title": title}
    user = person(caller, "user", errors)
    if user is None and "user" not in errors:
        errors["user"] = [gettext("Choose somebody.")]
    return {"user": user}
