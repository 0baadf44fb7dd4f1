"""The words that an expression may be completed with, of the draft: fields, links, relations, values, functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify, request

from dougong_metadata.expressions.functions import AGGREGATES, FUNCTIONS
from dougong_metadata.expressions.functions.registry import Function
from dougong_metadata.field_types.registry import registered
from dougong_metadata.model.system_fields import OWNED
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.formulas.routes import blueprint
from dougong_ui_builder.builder.layouts.words import picklist_values
from dougong_ui_builder.builder.vocabulary import FieldWords, ObjectWords, Vocabulary
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page
from dougong_ui_builder.words import gettext

LINKS = ("lookup", "detail", "user", "department")
MOST_VALUES = 100
Word = dict[str, Any]


@blueprint.get("/expression-words")
@page("metadata", ANY_KIND)
def complete(caller: Caller) -> Response:
    """[{text, label, kind, detail, icon, values}] of ?object= behind ?path=; ?saving= adds prior() and changed()."""
    words = Vocabulary(read_draft(caller), caller.locale)
    path = [step for step in request.args.get("path", "").split(".") if step]
    found = at_end(words, request.args.get("object", ""), path)
    made: list[Word] = []
    if found is not None:
        made += [field_word(words, field) for field in found.fields.values() if field.name != "deleted_by"]
        made += [_relation(words, name, one) for name, one in relations_of(words, found.name)]
    if not path:
        made += [{"text": "$user", "label": gettext("Whoever asks"), "kind": "link", "detail": "", "icon": "user"}]
        moments = (("$now", gettext("Now")), ("$today", gettext("Today")))
        made += [
            {"text": text, "label": label, "kind": "field", "detail": "", "icon": "math-function"}
            for text, label in moments
        ]
        every = (*FUNCTIONS.values(), *AGGREGATES.values())
        made += [_function(one) for one in every if not one.saving or request.args.get("saving")]
    return jsonify(made)


def at_end(words: Vocabulary, object: str, path: list[str]) -> ObjectWords | None:
    """The object that a path of links from `object` leads to; a relation's name leads to its records."""
    found = words.objects.get(object)
    for number, step in enumerate(path):
        if found is None:
            return None
        if step == "$user" and number == 0:
            found = words.objects.get("user")
        elif step in found.fields:
            found = words.objects.get(found.fields[step].to or "")
        else:
            found = next((one for name, one in relations_of(words, found.name) if name == step), None)
    return found


def links_to(words: Vocabulary, object: str) -> Iterator[tuple[ObjectWords, FieldWords]]:
    """Every field of another object that points to this one, with its object."""
    for one in words.objects.values():
        for field in one.own_fields:
            if field.to == object and field.type in LINKS and not one.system:
                yield one, field


def relations_of(words: Vocabulary, object: str) -> list[tuple[str, ObjectWords]]:
    """What expressions call the records that point here: a link's `relation`, else its object where that is clear; of
    people also what they own."""
    links = list(links_to(words, object))
    counts = {one.name: sum(other is one for other, _ in links) for one, _ in links}
    named = [(field.body.get("relation") or (one.name if counts[one.name] == 1 else ""), one) for one, field in links]
    if object == "user":
        named += [(f"{OWNED}{one.name}", one) for one in words.objects.values() if _is_owned(one)]
    return [(str(name), one) for name, one in named if name]


def _is_owned(one: ObjectWords) -> bool:
    """Whether its records belong to people, not to a parent."""
    return not one.system and all(field.type != "detail" for field in one.own_fields)


def field_word(words: Vocabulary, field: FieldWords) -> Word:
    """A field as completion shows it."""
    kind = registered().get(field.type)
    return {
        "text": field.name,
        "label": field.label.text(words.locale),
        "kind": "link" if field.to else "field",
        "detail": kind.label[current_locale()] if kind else field.type,
        "icon": field.icon,
        "values": [[value, label] for value, label, _ in picklist_values(words, field)[:MOST_VALUES]],
    }


def _relation(words: Vocabulary, name: str, one: ObjectWords) -> Word:
    label = one.plural.text(words.locale)
    detail = gettext("records: COUNT(%(name)s), SUM(%(name)s.…)", name=name)
    return {"text": name, "label": label, "kind": "relation", "detail": detail, "icon": one.icon}


def _function(one: Function) -> Word:
    summary = one.summary.text(current_locale())
    return {"text": one.name, "label": one.usage, "kind": "function", "detail": summary, "icon": "math-function"}
