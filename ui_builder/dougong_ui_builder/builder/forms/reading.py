"""From a posted form to a document's body, by the kind's schema: the inverse of `showing`.

What does not look like its type is kept as typed, so that the compiler names the problem and the input shows it.
Keys that are blank or as they would be anyway are left out, unless the document had them before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_ui_builder.builder.forms.shapes import VARIANTS, Schema, part_of, shape_of, short_key
from dougong_ui_builder.builder.forms.tree import KEY, LISTED, items, last

MISSING: Any = object()
_NAMING = ("value", "name", "object", "by", "field")  # keys by which the rows of a list are known again


def read_body(schema: Schema, tree: Mapping[str, Any], old: Mapping[str, Any], *, keep: bool = False) -> dict[str, Any]:
    """The body with the keys that the form holds; keys it does not hold stay as in `old`, and in their order.

    `keep`: blank rows stay, for showing the form again.
    """
    found = _Reader(keep).part(schema, tree, old)
    made = {
        key: found.pop(key) if key in found else value for key, value in old.items() if key in found or key not in tree
    }
    return {**made, **found}


def read_value(schema: Schema, given: Any, old: Any = MISSING, *, keep: bool = False) -> Any:
    """One value of the form by its schema; MISSING where it is blank."""
    return _Reader(keep).value(schema, given, old)


class _Reader:
    def __init__(self, keep: bool) -> None:
        self.keep = keep

    def part(self, schema: Schema, tree: Any, old: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        before = old if isinstance(old, Mapping) else {}
        for key, inner in schema["properties"].items():
            if not isinstance(tree, Mapping) or key not in tree or "const" in inner:
                continue
            value = self.value(inner, tree[key], before.get(key, MISSING))
            usual = inner.get(
                "default", [] if shape_of(inner) == "list" else {} if shape_of(inner) == "mapping" else None
            )
            if value is MISSING or (key not in before and value == usual and key not in schema.get("required", ())):
                continue
            made[key] = value
        return {key: made[key] for key in [*(k for k in before if k in made), *(k for k in made if k not in before)]}

    def value(self, schema: Schema, given: Any, old: Any) -> Any:
        match shape_of(schema):
            case "label":
                return _label(given, old)
            case "flag":
                return last(given) == "true"
            case "number":
                return _number(last(given))
            case "list":
                return self._list(schema, given, old)
            case "mapping":
                return self._mapping(schema, given, old)
            case "part":
                return self._short(schema, given, old)
            case "union":
                return self._union(schema, given, old)
        text = last(given).replace("\r\n", "\n").strip()
        return text or MISSING

    def _short(self, schema: Schema, given: Any, old: Any) -> Any:
        part = part_of(schema)
        assert part is not None
        short = short_key(schema)
        before = {short: old} if short and isinstance(old, str) else old
        made = self.part(part, given, before)
        if short and set(made) == {short} and not isinstance(old, Mapping):
            return made[short]
        return made or (made if self.keep else MISSING)

    def _union(self, schema: Schema, given: Any, old: Any) -> Any:
        """{type: …} with the keys of that type; what only another type has is left out."""
        name = last(given.get("type")).strip() if isinstance(given, Mapping) else ""
        variant = schema[VARIANTS].get(name)
        if variant is None:
            return {"type": name} if name else MISSING
        made = {"type": name, **self.part(variant, given, old)}
        before = old if isinstance(old, Mapping) else {}
        return {key: made[key] for key in [*(k for k in before if k in made), *(k for k in made if k not in before)]}

    def _list(self, schema: Schema, given: Any, old: Any) -> Any:
        before = old if isinstance(old, (list, tuple)) else ()
        known = {_identity(item): item for item in before}
        made = []
        for _, row in items(given):
            inner = schema["items"]
            value = self.value(inner, row, known.get(_row_identity(row), MISSING))
            if value is not MISSING:
                made.append(value)
            elif self.keep:
                made.append({} if shape_of(inner) == "part" else "")
        return made if made or old is not MISSING or (isinstance(given, dict) and LISTED in given) else MISSING

    def _mapping(self, schema: Schema, given: Any, old: Any) -> Any:
        before = old if isinstance(old, Mapping) else {}
        made: dict[str, Any] = {}
        for index, row in items(given):
            key = last(row.get(KEY)).strip() if isinstance(row, dict) else ""
            inner = schema["additionalProperties"]
            value = self.value(inner, row.get("v", {}) if isinstance(row, dict) else {}, before.get(key, MISSING))
            if value is MISSING:
                value = _empty(inner)
            if key:
                made[key if key not in made else f"{key} "] = value  # twice: the space makes it a bad name, and seen
            elif self.keep or value not in ({}, [], ""):
                made[f" {index}" if self.keep else ""] = value
        return made if made or old is not MISSING or (isinstance(given, dict) and LISTED in given) else MISSING


def _empty(schema: Schema) -> Any:
    return {"list": [], "part": {}, "mapping": {}, "union": {}}.get(shape_of(schema), "")


def _label(given: Any, old: Any) -> Any:
    texts = {k: t for k in ("en", "zh") if isinstance(given, dict) and (t := last(given.get(k)).strip())}
    if not texts:
        return MISSING
    if isinstance(old, str) and texts in ({"en": old}, {"en": old, "zh": old}):
        return old
    return texts


def _number(text: str) -> Any:
    plain = text.strip().replace(",", "").replace("−", "-")
    if not plain:
        return MISSING
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return text.strip()


def _identity(item: Any) -> Any:
    if isinstance(item, Mapping):
        only = next(iter(item.items())) if len(item) == 1 else None
        named = next((item[key] for key in _NAMING if item.get(key)), None)
        return str(named or (only and f"{only[0]}={only[1]}") or "")
    return item


def _row_identity(row: Any) -> str:
    if not isinstance(row, dict):
        return last(row).strip()
    named = next((text for key in _NAMING if (text := last(row.get(key)).strip())), "")
    only = next(iter(row.items())) if len(row) == 1 else None
    return named or (f"{only[0]}={last(only[1]).strip()}" if only else "")
