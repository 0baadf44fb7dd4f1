"""Who is told, as rows of a kind and a value: the inputs of `to`, and what may be chosen in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.forms.tree import items, last
from dougong_ui_builder.builder.vocabulary import Option, Vocabulary
from dougong_ui_builder.words import gettext, lazy_gettext

KINDS = {
    "field": lazy_gettext("Somebody in a field"),
    "permission_set": lazy_gettext("Whoever holds a permission set"),
    "user": lazy_gettext("A person"),
    "department": lazy_gettext("A department"),
    "department_head": lazy_gettext("The head of a department"),
    "team": lazy_gettext("A team"),
    "role": lazy_gettext("A role in the record's team"),
    "email": lazy_gettext("An e-mail address"),
}
MOST_PEOPLE = 500


def take_recipients(body: Any) -> None:
    """Put what a row's own inputs say (@kind, @field …) where a recipient has it."""
    if not isinstance(body, dict):
        return
    for _, row in items(body.get("to")):
        if isinstance(row, dict) and "@kind" in row:
            kind = last(row["@kind"])
            value = row.get(f"@{kind}", [""])
            row.clear()
            row[kind] = value


def as_before(body: Any, was: Any) -> Any:
    """A step's body whose recipients are written as short as they were: `owner` for {field: owner}."""
    before = was.get("to") if isinstance(was, Mapping) else None
    if not isinstance(body, dict) or not isinstance(body.get("to"), list) or not isinstance(before, (list, tuple)):
        return body
    short = {one for one in before if isinstance(one, str)}
    body["to"] = [one["field"] if _is_field(one) and one["field"] in short else one for one in body["to"]]
    return body


def _is_field(one: Any) -> bool:
    return isinstance(one, Mapping) and set(one) == {"field"}


def said_of(row: Any) -> tuple[str, str]:
    """(kind, value) of a recipient in a document."""
    if isinstance(row, str):
        return "field", row
    if isinstance(row, Mapping):
        return next(((str(kind), str(value)) for kind, value in row.items() if kind in KINDS), ("field", ""))
    return "field", ""


def told(words: Vocabulary, known: Organisation, object: str | None) -> dict[str, Any]:
    """What templates/automations/steps.html needs for recipients: {offered, kinds, of}."""
    kinds = [(key, str(text)) for key, text in KINDS.items()]
    return {"offered": offered(words, known, object), "kinds": kinds, "of": said_of}


def offered(words: Vocabulary, known: Organisation, object: str | None) -> dict[str, list[Option]]:
    """By kind: what may be chosen; a role and an e-mail address are typed."""
    people = sorted(
        (one for one in known.people.values() if one.active and one.kind == "person" and one.email),
        key=lambda one: one.name,
    )
    departments = sorted({one.name for one in known.departments.values()})
    return {
        "field": user_paths(words, object),
        "permission_set": words.options("permission_set", None) or [],
        "user": [(str(one.email), f"{one.name} · {one.email}") for one in people[:MOST_PEOPLE]],
        "department": [(name, name) for name in departments],
        "department_head": [*user_paths(words, object, departments=True), *((name, name) for name in departments)],
        "team": [(name, name) for name in sorted(known.teams.values())],
    }


def user_paths(words: Vocabulary, object: str | None, *, departments: bool = False) -> list[Option]:
    """Paths from the record to a person ("owner", "owner.manager", "shelf.keeper"), or to a person or department."""
    found = words.objects.get(object or "")
    if found is None:
        return []
    wanted = ("user", "department") if departments else ("user",)
    made: list[Option] = []
    for field in found.fields.values():
        label = field.label.text(words.locale)
        if field.name in ("deleted_by", "updated_by"):
            continue
        if field.to in wanted:
            made.append((field.name, label))
        if field.to == "user" and not departments:
            made.append((f"{field.name}.manager", gettext("%(who)s's manager", who=label)))
        target = words.objects.get(field.to or "")
        if target is not None and not target.system:
            owner = target.fields.get("owner")
            people = [f for f in (*target.own_fields, *([owner] if owner else [])) if f.to in wanted]
            made += [(f"{field.name}.{f.name}", f"{label} › {f.label.text(words.locale)}") for f in people]
    return made
