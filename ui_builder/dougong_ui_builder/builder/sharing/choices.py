"""What the designer of sharing rules offers: fields for conditions, and the people, departments, teams and sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.frame import document_label
from dougong_ui_builder.builder.layouts.words import known_field
from dougong_ui_builder.builder.vocabulary import Vocabulary

MOST_PEOPLE = 500
Option = tuple[str, str]


def condition_fields(words: Vocabulary, object: str) -> list[dict[str, Any]]:
    """The fields of an object and, through each of its links, those behind it, as the condition builder knows them."""
    found = words.objects.get(object)
    if found is None:
        return []
    hidden = ("id", "deleted_at", "deleted_by", "version")
    own = [known_field(words, field) for field in found.fields.values() if field.name not in hidden]
    through = []
    for link in found.own_fields:
        above = words.objects.get(link.to or "")
        if above is None or link.type not in ("lookup", "detail", "user", "department"):
            continue
        for field in above.own_fields:
            named = replace(field, name=f"{link.name}.{field.name}")
            label = f"{link.label.text(words.locale)} › {field.label.text(words.locale)}"
            through.append(known_field(words, named) | {"label": label})
    return own + through


def recipients_offered(words: Vocabulary, known: Organisation, body: Mapping[str, Any]) -> dict[str, list[Option]]:
    """By key of `with`: (value, text). What the rule names and nobody has is offered too, so that it is seen."""
    given = body.get("with")
    said = given if isinstance(given, Mapping) else {}
    departments = list(_tree(known))
    people = sorted(
        (one for one in known.people.values() if one.active and one.kind == "person" and one.email),
        key=lambda one: one.name,
    )
    offered: dict[str, list[Option]] = {
        "departments_below": departments,
        "departments": departments,
        "teams": [(name, name) for name in sorted(known.teams.values())],
        "permission_sets": [(d.name, document_label(d)) for d in words.view.of_kind("permission_set")],
        "users": [(str(one.email), f"{one.name} · {one.email}") for one in people[:MOST_PEOPLE]],
    }
    return {key: [*options, *_missing(options, said.get(key))] for key, options in offered.items()}


def _missing(options: Iterable[Option], chosen: Any) -> list[Option]:
    there = {value for value, _ in options}
    names = chosen if isinstance(chosen, (list, tuple)) else ()
    return [(str(name), f"{name} ⚠") for name in names if str(name) not in there]


def _tree(known: Organisation) -> Iterable[Option]:
    """Each name once, where it first stands in the tree, indented."""
    below: dict[str | None, list[str]] = {}
    for id, one in known.departments.items():
        below.setdefault(one.parent if one.parent in known.departments else None, []).append(id)
    seen: set[str] = set()
    waiting = [(id, 0) for id in sorted(below.get(None, []), key=lambda id: known.departments[id].name, reverse=True)]
    while waiting:
        id, depth = waiting.pop()
        name = known.departments[id].name
        if name not in seen:
            seen.add(name)
            yield name, "\u3000" * depth + name
        children = sorted(below.get(id, []), key=lambda one: known.departments[one].name, reverse=True)
        waiting.extend((child, depth + 1) for child in children)
