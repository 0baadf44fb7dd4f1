"""The body of a report while somebody works on it: the document's own form, read leniently and written tidily. Pure;
every change of it is in `changing`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dougong_metadata.model.report_types import CHARTS, TYPES

Body = dict[str, Any]

GROUPED = ("rows", "columns")  # zones whose items are groups
LISTED = ("rows", "columns", "fields", "cross")  # zones that are lists in the body; values and steps are mappings
# What a report of a type is made of, in the order of the panel.
ZONES: dict[str, tuple[str, ...]] = {
    "list": ("fields",),
    "summary": ("rows", "values"),
    "matrix": ("rows", "columns", "values"),
    "funnel": ("funnel", "rows", "values"),
    "cohort": ("cohort",),
    "trend": ("trend",),
    "win_loss": ("win_loss", "rows", "columns", "values"),
}
# What of a body only reports of some types say; the rest is for all.
_GROUPED_SAY = frozenset({"rows", "values", "having", "sort", "limit", "compare", "chart"})
_SAID_BY: dict[str, frozenset[str]] = {
    "list": frozenset({"fields", "sort", "limit"}),
    "summary": _GROUPED_SAY,
    "matrix": _GROUPED_SAY | {"columns"},
    "funnel": frozenset({"funnel", "rows", "values", "chart", "compare"}),
    "cohort": frozenset({"cohort", "chart"}),
    "trend": frozenset({"trend", "chart"}),
    "win_loss": _GROUPED_SAY | {"columns", "funnel", "trend"},
}
_ONLY_SOME = frozenset().union(*_SAID_BY.values())
KEYS = frozenset(
    (
        *("label", "description", "folder", "position", "for", "object", "type", "where", "cross", "period", "owner"),
        *("fields", "rows", "columns", "values", "having", "sort", "limit", "compare", "totals", "chart", "funnel"),
        *("cohort", "trend", "labels"),
    )
)
_SHORT = {"chart": "type", "period": "field", "funnel": "field", "trend": "field"}  # parts that a text alone may be
LONGEST = 200_000  # characters of a body in a form
MOST = 50  # items of one zone
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_body(text: str | None) -> Body:
    """What a form carries; {} for what is no body."""
    if not text or len(text) > LONGEST:
        return {}
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return {key: value for key, value in given.items() if key in KEYS} if isinstance(given, dict) else {}


def type_of(body: Mapping[str, Any]) -> str:
    """The report's type; a summary where none is said."""
    return str(body["type"]) if body.get("type") in TYPES else "summary"


def groups_of(body: Mapping[str, Any], zone: str) -> list[dict[str, Any]]:
    """Rows or columns, each with its `by`."""
    return [
        dict(one) if isinstance(one, Mapping) else {"by": str(one)}
        for one in _listed(body, zone)
        if isinstance(one, (str, Mapping)) and (not isinstance(one, Mapping) or isinstance(one.get("by"), str))
    ]


def fields_of_body(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The columns of a list, each with its `field`."""
    return [
        dict(one) if isinstance(one, Mapping) else {"field": str(one)}
        for one in _listed(body, "fields")
        if isinstance(one, str) or (isinstance(one, Mapping) and isinstance(one.get("field"), str))
    ]


def cross_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The filters by related records."""
    given = [{"of": one} if isinstance(one, str) else one for one in _listed(body, "cross")]
    return [dict(one) for one in given if isinstance(one, Mapping) and isinstance(one.get("of"), str)]


def values_of(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by name, each with its `value` text, in order."""
    given = body.get("values")
    found = {}
    for name, one in given.items() if isinstance(given, Mapping) else ():
        if isinstance(one, str):
            found[str(name)] = {"value": one}
        elif isinstance(one, Mapping):
            found[str(name)] = {"value": "", **one}
    return found


def steps_of(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The steps of a funnel that is made of conditions."""
    steps = part(body, "funnel").get("steps")
    found = steps.items() if isinstance(steps, Mapping) else ()
    return {
        str(name): {"where": one} if isinstance(one, str) else {"where": "", **one}
        for name, one in found
        if isinstance(one, (str, Mapping))
    }


def part(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A mapping inside the body (period, chart, funnel, cohort, trend); {} where there is none."""
    found = body.get(key)
    if isinstance(found, str) and key in _SHORT:
        return {_SHORT[key]: found}
    return dict(found) if isinstance(found, Mapping) else {}


def sort_of(body: Mapping[str, Any]) -> str:
    """The first sort key, "" without one."""
    given = body.get("sort")
    first = given if isinstance(given, str) else next(iter(given), "") if isinstance(given, list) else ""
    return str(first)


def chart_of(body: Mapping[str, Any]) -> str:
    """The chart's type, "" where none is drawn."""
    found = part(body, "chart").get("type")
    return str(found) if found in CHARTS else ""


def tidied(body: Mapping[str, Any]) -> Body:
    """The body as a document says it: short forms where they say it all, nothing that says nothing."""
    made: Body = {key: value for key, value in body.items() if key in KEYS}
    for zone in GROUPED:
        made[zone] = [_short(group, "by") for group in groups_of(body, zone)]
    made["values"] = {name: _short(value, "value") for name, value in values_of(body).items()}
    made["cross"] = [_short(one, "of") for one in cross_of(body)]
    made["fields"] = [_short(one, "field") for one in fields_of_body(body)]
    for key in ("period", "chart", "funnel", "cohort", "trend"):
        made[key] = _said(part(body, key))
    if steps_of(body):
        made["funnel"]["steps"] = {name: _said(one) for name, one in steps_of(body).items()}
    if not made["period"]:
        made.pop("period")
        made.pop("compare", None)
    if not made["chart"].get("type"):
        made.pop("chart")
    made["type"] = type_of(body)
    return {key: value for key, value in made.items() if value not in ("", None, [], {}) or key == "label"}


def for_type(body: Mapping[str, Any]) -> Body:
    """The tidied body with nothing that a report of its type has no use for: what is run and kept."""
    made = tidied(body)
    other = _ONLY_SOME - _SAID_BY[type_of(body)]
    return {key: value for key, value in made.items() if key not in other}


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two bodies say the same, the order of values included."""
    return json.dumps(_ordered(for_type(one)), sort_keys=True) == json.dumps(_ordered(for_type(other)), sort_keys=True)


def is_name(text: str) -> bool:
    """Whether it may be a value's or a step's name."""
    return _NAME.fullmatch(text) is not None and not text.endswith("_")


def _ordered(body: Body) -> Body:
    return {**body, "values": [*body.get("values", {}).items()]}


def _listed(body: Mapping[str, Any], zone: str) -> Iterator[Any]:
    given = body.get(zone)
    return iter(given[:MOST] if isinstance(given, list) else ())


def _said(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing. `other` is true where nothing is said, so its false says something."""
    return {
        key: value
        for key, value in thing.items()
        if (value is not False and value not in ("", None, [], {})) or key == "other"
    }


def _short(thing: Mapping[str, Any], key: str) -> Any:
    """A mapping that only says its key is written as that alone. `other` is true unless it says otherwise."""
    said = _said(thing)
    if said.get("other") is True or "top" not in said:
        said.pop("other", None)
    return said[key] if set(said) == {key} else said
