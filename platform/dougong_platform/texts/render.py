"""Renders compiled texts for many records with one statement per text. Called by automations and by previews of
templates.

What was written from fields stays marked with what was read (see notifications.texts), because what a receiver may
read is decided when he reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.model.flow_types import TemplateText, TextPiece
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.evaluation import evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.texts.writing import Place, written
from dougong_tenants import TenantTransaction

LOCALES = ("en", "zh")
Side = list[str | dict[str, Any]]


def render(
    caller: Caller,
    text: TemplateText,
    object: str | None,
    ids: Sequence[str],
    tx: TenantTransaction,
    *,
    versions: Sequence[int] | None = None,
    op: str = "update",
) -> list[dict[str, Side]]:
    """{"en": pieces, "zh": pieces} for each id, in their order ([""] without an object); see notifications.texts.

    A record that is gone has texts without values. `versions` and `op` as for `evaluate`.
    """
    asked = list(dict.fromkeys(p.value for locale in LOCALES for p in text.pieces(locale) if p.value is not None))
    steps = [] if object is None else _steps(caller.model, object, asked)
    expressions = [*asked, *(checked for _, _, checked in steps)]
    found = evaluate(caller, object, expressions, ids, tx, versions=versions, op=op) if asked else {}
    place = {one: number for number, one in enumerate(asked)}
    marks = {one: _marks(one) for one in asked}
    fields = {one: field_of(caller.model, object, one) for one in asked}
    made = []
    for id in ids:
        values = found.get(id)
        reached = {path: [of, values[len(asked) + n]] for n, (path, of, _) in enumerate(steps)} if values else {}
        sides: dict[str, Side] = {}
        for locale in LOCALES:
            here = Place(locale, caller.timezone, caller.tenant.currency)
            sides[locale] = [_piece(p, values, place, fields, marks, reached, here) for p in text.pieces(locale)]
        made.append(sides)
    return made


def plain(side: Sequence[str | Mapping[str, Any]]) -> str:
    """A rendered side as one string, for readers outside the company and subjects."""
    return "".join(piece if isinstance(piece, str) else str(piece["text"]) for piece in side)


def _piece(
    piece: TextPiece,
    values: Sequence[Any] | None,
    place: Mapping[Checked, int],
    fields: Mapping[Checked, FieldModel | None],
    marks: Mapping[Checked, Mapping[str, Any]],
    reached: Mapping[tuple[str, ...], list[Any]],
    here: Place,
) -> str | dict[str, Any]:
    if piece.value is None:
        return piece.text
    value = values[place[piece.value]] if values is not None else None
    text = written(value, piece.value.type, fields[piece.value], piece.format, here)
    marked = dict(marks[piece.value])
    at = [reached[step] for step in _prefixes(piece.value) if step in reached and reached[step][1] is not None]
    if at:
        marked["at"] = at
    return {"text": text, **marked} if marked and text else text


def field_of(model: Model, object: str | None, checked: Checked) -> FieldModel | None:
    """The field that an expression is nothing but the path of."""
    if object is None or len(checked.paths) != 1 or ".".join(checked.paths[0]) != checked.text.replace(" ", ""):
        return None
    at, field = object, None
    for step in checked.paths[0]:
        field = model.objects[at].fields[step]
        at = field.to or ""
    return field


def _prefixes(checked: Checked) -> list[tuple[str, ...]]:
    """The lookups that an expression walks through: of `shelf.room.name` `shelf` and `shelf.room`."""
    found = {path[:length]: None for path in checked.paths for length in range(1, len(path))}
    return list(found)


def _steps(model: Model, object: str, asked: Sequence[Checked]) -> list[tuple[tuple[str, ...], str, Checked]]:
    """(path of lookups, object it leads to, expression for its id) for all that the expressions walk through."""
    made = []
    for path in dict.fromkeys(step for one in asked for step in _prefixes(one)):
        at = object
        for name in path:
            at = model.objects[at].fields[name].to or ""
        made.append((path, at, check(".".join(path), Scope.of(model, object, "value"))))
    return made


def _marks(checked: Checked) -> Mapping[str, Any]:
    reads = sorted(f"{of}.{name}" for of, name in checked.fields)
    beyond = sorted({of for of, _ in checked.relations})
    return {name: found for name, found in (("reads", reads), ("beyond", beyond)) if found}
