"""Who can see a record, and why: the drawer and the page behind "Access" in a record's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request

from dougong_metadata.model.types import ObjectModel
from dougong_platform.explain.audience import audience
from dougong_platform.explain.record_access import explain_access, may_explain
from dougong_platform.http.caller import Caller
from dougong_tenants.organisation import Organisation, organisation_of
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import is_fragment, page
from dougong_ui_builder.screens.record_values.layout import in_words
from dougong_ui_builder.screens.record_values.reading import Found, read
from dougong_ui_builder.screens.records.routes import PAGE, blueprint
from dougong_ui_builder.words import gettext, ngettext

_TONES = {"none": "bad", "mask": "warn", "read": "warn", "edit": "good"}
NAMED = 6  # fields of a level that are named before the rest is counted


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the person may do, in one sentence, and what decides it."""

    tone: str
    title: str
    decides: str


@blueprint.get(f"{PAGE}/access")
@page()
def access(caller: Caller, object: str, id: UUID) -> str:
    """?user= whose access it is about (an id, or a name in user:text); the reader's own without."""
    found = read(caller, object, str(id))
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    others = may_explain(caller, object)
    user = _asked(organisation) if others else None
    told = explain_access(caller, object, str(id), user)
    return render_template(
        "records/access_drawer.html" if is_fragment() else "records/access_page.html",
        found=found,
        object=found.object,
        told=told,
        person=organisation.people[told["user"]],
        place=_place(organisation, told["user"]),
        verdict=_verdict(told),
        checked=[_said(caller, one) for one in told["checked"]],
        fields=[_level(caller, found.object, one) for one in told["fields"]],
        others=others,
        unknown=request.args.get("user:text", "") if others and user is None and request.args.get("user:text") else "",
        may_see_rules=caller.rights.may_shape("sharing"),
        may_preview=caller.rights.is_admin and told["user"] != caller.user,
    )


@blueprint.get(f"{PAGE}/audience")
@page()
def who(caller: Caller, object: str, id: UUID) -> str:
    """Everybody who may read the record, with what opens it to them."""
    found: Found = read(caller, object, str(id))
    told = audience(caller, object, str(id), 500)
    return render_template(
        "records/audience_drawer.html" if is_fragment() else "records/audience_page.html",
        found=found,
        object=found.object,
        told=told,
        kinds=_kinds(),
        actions=_actions(),
    )


def _asked(organisation: Organisation) -> str | None:
    """The user named by the query, by id or, without JavaScript, by the words of his name."""
    known, words = request.args.get("user", "").strip().lower(), request.args.get("user:text", "").strip()
    if known in organisation.people:
        return known
    named = [one.id for one in organisation.people.values() if words and words in (one.name, one.email)]
    return named[0] if named else None


def _place(organisation: Organisation, user: str) -> str:
    """ "Sales representative · East 1": position and departments."""
    person = organisation.people[user]
    departments = [organisation.departments[d].name for d in organisation.departments_of(user)]
    return " · ".join(part for part in (person.title, *departments) if part)


def _verdict(told: dict[str, Any]) -> Verdict:
    may = {action: told[action]["allowed"] for action in ("read", "update", "delete")}
    if not may["read"]:
        return Verdict("bad", gettext("Cannot see it"), "")
    whole = all(one["level"] == "edit" for one in told["fields"])
    parts = [gettext("Can see it")]
    if may["update"]:
        parts.append(gettext("can change it") if whole else gettext("can change some fields"))
    else:
        parts.append(gettext("cannot change it"))
    parts.append(gettext("can delete it") if may["delete"] else gettext("cannot delete it"))
    return Verdict("good", gettext(", ").join(parts), _decides(told))


def _decides(told: dict[str, Any]) -> str:
    """The way that allows the most, in the words of the list below it."""
    ways = sorted(told["checked"], key=lambda one: -len(one["grants"]))
    if told["read"]["because"][0]["kind"] == "administrator":
        return gettext("Decided by: administrator")
    if not ways or not ways[0]["grants"]:
        return ""
    title = ways[0]["sentence"]["title"][current_locale()]
    return gettext("Decided by: %(what)s", what=title.partition(" → ")[0])


def _said(caller: Caller, one: dict[str, Any]) -> dict[str, Any]:
    locale = current_locale()
    detail = one["sentence"]["detail"][locale]
    if one["kind"] == "rule":
        rule = next(r for rules in caller.model.sharing.values() for r in rules if r.name == one["name"])
        if rule.when is not None and detail:
            detail = in_words(caller, caller.model.objects[rule.object], rule.when) or detail
    return {
        "grants": one["grants"],
        "title": one["sentence"]["title"][locale],
        "detail": detail,
        "rule": one["name"] if one["kind"] == "rule" else None,
    }


def _level(caller: Caller, object: ObjectModel, one: dict[str, Any]) -> dict[str, Any]:
    level, names = one["level"], one["fields"]
    labels = [label_text(object.fields[name]) for name in names]
    rest = len(labels) - NAMED
    shown = gettext(", ").join(labels[:NAMED])
    if rest > 0:
        shown = ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", rest, names=shown)
    sets = [caller.model.permission_sets[name] for name, _ in one["sets"] if name in caller.model.permission_sets]
    by = gettext(", ").join(label_text(one) for one in sets)
    return {"tone": _TONES[level], "level": _levels()[level], "names": shown, "all": ", ".join(labels), "by": by}


def _levels() -> dict[str, str]:
    return {
        "none": gettext("Hidden"),
        "mask": gettext("Masked"),
        "read": gettext("Read only"),
        "edit": gettext("Editable"),
    }


def _actions() -> dict[str, str]:
    return {"read": gettext("See"), "update": gettext("Change"), "delete": gettext("Delete")}


def _kinds() -> dict[str, str]:
    """What opens a record, in a word or two."""
    return {
        "administrator": gettext("Administrator"),
        "permission_set": gettext("All records"),
        "default_access": gettext("Object default"),
        "owner": gettext("Owner"),
        "assistant": gettext("Assistant of the owner"),
        "queue": gettext("Queue"),
        "scope": gettext("Department and line"),
        "rule": gettext("Sharing rule"),
        "share": gettext("Shared singly"),
        "team": gettext("Record team"),
        "none": gettext("Other"),
    }
