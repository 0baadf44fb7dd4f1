"""Objects by actions: a permission set's rights as the lines of its table, and back from the posted table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from dougong_metadata.kinds.permission_set import SCOPES
from dougong_ui_builder.builder.permission_sets.page_of import SetPage
from dougong_ui_builder.builder.vocabulary import ObjectWords
from dougong_ui_builder.languages import current_locale

SCOPED = ("read", "update", "delete")
TICKED = ("create", "import", "export", "merge", "share", "view_all", "modify_all")
OTHERS = "*"
Right = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One object, or `*` for all that have no line. `own`: the set says something of it itself; `parent`: the object
    whose records own these, "" for none; `types`: (record type, label, ticked)."""

    name: str
    label: str
    icon: str
    parent: str
    own: bool
    right: Right
    types: tuple[tuple[str, str, bool], ...]

    @property
    def some_types(self) -> int:
        """How many record types are ticked; 0 where all may be chosen."""
        return sum(ticked for _, _, ticked in self.types)


def lines(made: SetPage, body: Mapping[str, Any]) -> list[Line]:
    """`*` first, then each object by its label's order in the draft."""
    said = _objects(body)
    others = said.get(OTHERS)
    found = [Line(OTHERS, "", "asterisk", "", others is not None, others or {}, ())]
    for one in made.objects:
        right = said.get(one.name)
        shown = right if right is not None else others or {}
        found.append(_line(made, one, right is not None, shown))
    return found


def scope_options() -> list[tuple[str, str]]:
    """(value, words), from nothing to everything: what is wider stands further below."""
    zh = current_locale() == "zh"
    return [(value, words[zh]) for value, words in reversed(SCOPES.items())]


def posted_objects(made: SetPage) -> dict[str, Right]:
    """The document's objects with the posted table in them; a line that is as it would be without one is left out."""
    said = _objects(made.document.body)
    before = dict(said)
    others_before = normal(said[OTHERS]) if OTHERS in said else {}
    given = {name: right for name in (OTHERS, *(o.name for o in made.objects)) if (right := posted(name)) is not None}
    others_stay = bool(given.get(OTHERS, others_before))
    for name, right in given.items():
        own = before.get(name)
        if own is None and right == ({} if name == OTHERS else others_before):
            continue
        if own is not None and right == normal(own):
            continue
        if right or (name != OTHERS and others_stay):
            said[name] = right
        else:
            said.pop(name, None)
    return said


def without(body: Mapping[str, Any], object: str) -> dict[str, Right]:
    """The objects when one of them has no line of its own any more: it follows `*`."""
    return {name: right for name, right in _objects(body).items() if name != object}


def posted(name: str) -> Right | None:
    """What the form says of one object; None where it holds no line for it."""
    if f"o/{name}/read" not in request.form:
        return None
    right: Right = {}
    for key in ("create", *SCOPED, "import", "export", "merge", "share", "view_all", "modify_all"):
        value = request.form.get(f"o/{name}/{key}", "")
        if key in TICKED and value == "true":
            right[key] = True
        elif key in SCOPED and value in SCOPES and value != "none":
            right[key] = value
    types, known = request.form.getlist(f"o/{name}/record_types"), request.form.getlist(f"o/{name}/types")
    if types and set(types) != set(known):
        right["record_types"] = types
    return right


def normal(right: Mapping[str, Any]) -> Right:
    """A right without the keys that grant nothing, to be compared."""
    return {key: value for key, value in right.items() if value not in (False, "none", [], ())}


def _objects(body: Mapping[str, Any]) -> dict[str, Right]:
    objects = body.get("objects")
    return {name: _plain(right) for name, right in (objects.items() if isinstance(objects, Mapping) else ())}


def _plain(right: Any) -> Right:
    found = dict(right) if isinstance(right, Mapping) else {}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}


def _line(made: SetPage, one: ObjectWords, own: bool, right: Right) -> Line:
    parent = next((f.to for f in one.own_fields if f.type == "detail" and f.to), None)
    above = made.words.objects.get(parent or "")
    chosen = right.get("record_types") or ()
    locale = current_locale()
    return Line(
        one.name,
        one.label.text(locale),
        one.icon,
        above.label.text(locale) if above else "",
        own,
        right,
        tuple((name, label.text(locale), name in chosen) for name, label in one.record_types.items()),
    )
