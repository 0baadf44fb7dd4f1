"""Guesses the field of each column from its header, in either language, and the key. Called when a file was chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from dougong_metadata.errors import FieldValueError
from dougong_metadata.model.types import FieldModel, ObjectModel
from dougong_platform.http.caller import Caller

SURE, LIKELY = 92.0, 78.0
NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """For one column: the field or None, and how sure: high, medium, none."""

    header: str
    field: str | None
    confidence: str
    by: str | None = None


def suggest(
    caller: Caller, object: ObjectModel, header: Sequence[str], samples: Sequence[Sequence[str]]
) -> list[Suggestion]:
    """One suggestion per column; no field twice. `samples` are the first rows: their texts have to fit the field."""
    scores = [
        (score, position, field)
        for position, name in enumerate(header)
        for field in open_fields(caller, object)
        if (score := _score(name, field)) >= LIKELY and _fits([row[position] for row in samples], field)
    ]
    taken: dict[int, tuple[float, FieldModel]] = {}
    used: set[str] = set()
    for score, position, field in sorted(scores, key=lambda found: (-found[0], found[1], found[2].position)):
        if position not in taken and field.name not in used:
            taken[position] = (score, field)
            used.add(field.name)
    result = []
    for position, name in enumerate(header):
        score, found = taken.get(position, (0.0, None))
        by = _by(caller, found, [row[position] for row in samples]) if found is not None and found.to else None
        result.append(
            Suggestion(
                name, found.name if found else None, "high" if score >= SURE else "medium" if found else "none", by
            )
        )
    return result


def suggest_key(object: ObjectModel, suggestions: Sequence[Suggestion]) -> str | None:
    """The external key or unique field that a column fills surely, or None."""
    for one in suggestions:
        field = object.fields.get(one.field or "")
        if field is not None and one.confidence == "high" and field.type.name == "external_key":
            return field.name
    return None


def as_mapping(object: ObjectModel, suggestions: Sequence[Suggestion]) -> dict[str, Any]:
    """The suggestions in the form of a mapping."""
    columns: dict[str, Mapping[str, Any]] = {
        s.header: {"field": s.field, **({"by": s.by} if s.by else {})} for s in suggestions if s.field
    }
    return {"columns": columns, "key": suggest_key(object, suggestions), "defaults": {}}


def open_fields(caller: Caller, object: ObjectModel) -> list[FieldModel]:
    """The fields that a file may fill: editable ones, and the owner."""
    return [
        field
        for name, field in object.fields.items()
        if caller.rights.field(object.name, name) == "edit"
        and not field.read_only
        and field.type.name != "auto_number"
        and (not field.system or name in ("owner", "record_type"))
    ]


def _score(header: str, field: FieldModel) -> float:
    wanted = _plain(header)
    names = {_plain(field.name), _plain(field.label.en), _plain(field.label.zh)}
    if wanted in names:
        return 100.0 - (0 if wanted == _plain(field.name) else 1)
    best = max(fuzz.ratio(wanted, name) for name in names)
    contained = any(len(name) >= 2 and (name in wanted or wanted in name) for name in names) and len(wanted) >= 2
    return max(best, 80.0 if contained else 0.0)


def _plain(text: str) -> str:
    """Letters and digits only; what stands in brackets (units, remarks) is left out."""
    return NOT_LETTERS.sub("", re.sub(r"[(（\[【].*?[)）\]】]", "", text)).casefold()


def _fits(texts: Sequence[str], field: FieldModel) -> bool:
    """Whether at least half of the filled samples can be read as this field (choices and lookups can be mapped
    later)."""
    filled = [text for text in texts if text.strip()]
    if not filled or field.to or field.picklist:
        return True
    return sum(1 for text in filled if _readable(text, field)) * 2 >= len(filled)


def _readable(text: str, field: FieldModel) -> bool:
    try:
        value = field.type.read_text(text, field)
        if value is not None:
            field.type.load(value, field)
    except FieldValueError:
        return False
    return True


def _by(caller: Caller, field: FieldModel, texts: Sequence[str]) -> str | None:
    """People are found by e-mail where the texts are addresses, else by name."""
    other = caller.model.objects[field.to or ""]
    if other.name == "user":
        return "email" if any("@" in text for text in texts) else "name"
    return other.name_field
