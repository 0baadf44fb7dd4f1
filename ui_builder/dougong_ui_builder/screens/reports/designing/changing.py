"""What the builder's buttons, drops and keys do to a body: `act(body, command, known)`. Pure; every change a new body.

A command is words with ":" between them: add:rows:shelf.room · add:values:price:0 · remove:rows.0 · up:values.total ·
move:rows.0:columns:1 · type:matrix · chart:line · formula · step · object:book. An item's address is its zone and
place: rows.0, values.total, cross.1, fields.2, steps.signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dougong_metadata.model.report_types import CHARTS, TYPES
from dougong_ui_builder.screens.reports.designing.body import (
    GROUPED,
    MOST,
    Body,
    cross_of,
    fields_of_body,
    groups_of,
    part,
    sort_of,
    steps_of,
    tidied,
    type_of,
    values_of,
)
from dougong_ui_builder.screens.reports.designing.known import Found, Known, usual_span
from dougong_ui_builder.screens.reports.designing.naming import free_name, renamed, value_label, without_name
from dougong_ui_builder.screens.reports.designing.places import items_of, place_of, with_items
from dougong_ui_builder.screens.reports.designing.suggesting import sketched
from dougong_ui_builder.screens.reports.designing.value_text import Aggregate, aggregate_of, text_of

COUNT_NAME = "n"


def act(body: Mapping[str, Any], command: str, known: Known) -> tuple[Body, str]:
    """(the body after a command, the address of the item that it is about or ""). An unknown one changes nothing."""
    verb, *words = command.split(":")
    change = _COMMANDS.get(verb)
    if change is None:
        return tidied(body), ""
    made, address = change(tidied(body), words, known)
    return tidied(made), address


def started(object: str, known: Known) -> Body:
    """The first body of a new report: how many there are."""
    return {"object": object, "type": "summary", "values": {COUNT_NAME: count_value()}}


def count_value() -> dict[str, Any]:
    """The number of records."""
    return {"value": "COUNT()", "label": {"en": "Number of records", "zh": "记录数"}}


Change = Callable[[Body, list[str], Known], tuple[Body, str]]


def _add(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    zone, path = words[0] if words else "", words[1] if len(words) > 1 else ""
    at = int(words[2]) if len(words) > 2 and words[2].isdigit() else None
    if path == "*":  # the records themselves
        return _put_value(body, COUNT_NAME, count_value(), at)
    found = known.find(path) if path else None
    if found is None:
        return body, ""
    if zone == "auto":
        zone = likely(body, found)
    if zone not in found.zones and not (zone == "fields" and not found.many):
        zone = likely(body, found)
    if zone in GROUPED:
        return _add_group(body, zone, found, at)
    if zone == "values":
        return _add_value(body, found, at)
    if zone == "fields":
        return _put(body, zone, fields_of_body(body), {"field": path}, at)
    if zone == "cross":
        return _put(body, zone, cross_of(body), {"of": path}, at)
    if zone == "period":
        return {**body, "period": {**part(body, "period"), "field": path, "range": "this_year"}}, "period"
    return body, ""  # filters are lines of the form


def likely(body: Mapping[str, Any], found: Found) -> str:
    """Where a field goes that is added without saying where."""
    shape = type_of(body)
    if shape == "list" and not found.many:
        return "fields"
    if found.zones[0] == "rows" and shape == "matrix" and groups_of(body, "rows") and not groups_of(body, "columns"):
        return "columns"
    return found.zones[0]


def _add_group(body: Body, zone: str, found: Found, at: int | None) -> tuple[Body, str]:
    group: dict[str, Any] = {"by": found.path}
    if span := usual_span(found):
        group["every"] = span
    if found.kind == "number":
        group["step"] = 100
    named = values_of(body)
    if found.path in named:  # a value may not be called as a group is
        body, _ = renamed(body, found.path, free_name(f"{found.path}_value", named))
    made, address = _put(body, zone, groups_of(body, zone), group, at)
    if zone == "columns" and type_of(body) == "summary":
        made["type"] = "matrix"
    return sketched(body, made), address


def _add_value(body: Body, found: Found, at: int | None) -> tuple[Body, str]:
    function = {"number": "SUM", "relation": "COUNT", "date": "MAX"}.get(found.kind, "COUNT_DISTINCT")
    text = text_of(Aggregate(function, found.path))
    value = {"value": text, "label": value_label(function, found)}
    made, address = _put_value(body, found.path.rsplit(".", 1)[-1], value, at)
    return sketched(body, made), address


def _put_value(body: Body, wanted: str, value: dict[str, Any], at: int | None) -> tuple[Body, str]:
    values = values_of(body)
    if len(values) >= MOST:
        return body, ""
    name = free_name(wanted, {*values, *(group["by"] for zone in GROUPED for group in groups_of(body, zone))})
    pairs = list(values.items())
    pairs.insert(len(pairs) if at is None else min(at, len(pairs)), (name, value))
    return {**body, "values": dict(pairs)}, f"values.{name}"


def _put(body: Body, zone: str, items: list[dict[str, Any]], item: dict[str, Any], at: int | None) -> tuple[Body, str]:
    if len(items) >= MOST:
        return body, ""
    at = len(items) if at is None else min(at, len(items))
    return {**body, zone: [*items[:at], item, *items[at:]]}, f"{zone}.{at}"


def _remove(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    if words[:1] == ["period"]:
        return {key: value for key, value in body.items() if key not in ("period", "compare")}, ""
    zone, at = place_of(body, words[0] if words else "")
    if at < 0:
        return body, ""
    items = items_of(body, zone)
    gone = items.pop(at)
    made = with_items(body, zone, items)
    if zone == "values":
        made = without_name(made, gone[0])
    return sketched(body, made), ""


def _step(by: int) -> Change:
    def moved(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
        address = words[0] if words else ""
        zone, at = place_of(body, address)
        items = items_of(body, zone)
        to = at + by
        if at < 0 or not 0 <= to < len(items):
            return body, address
        items[at], items[to] = items[to], items[at]
        return with_items(body, zone, items), address if zone in ("values", "steps") else f"{zone}.{to}"

    return moved


def _move(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    """move:<address>:<zone>[:<place>]: within a zone, or as what it can be in another."""
    if len(words) < 2:
        return body, ""
    zone, at = place_of(body, words[0])
    if at < 0:
        return body, ""
    to_zone, to = words[1], int(words[2]) if len(words) > 2 and words[2].isdigit() else None
    items = items_of(body, zone)
    item = items.pop(at)
    if to_zone == zone or (zone in GROUPED and to_zone in GROUPED):
        taken = with_items(body, zone, items)
        others = items if to_zone == zone else items_of(taken, to_zone)
        to = len(others) if to is None else min(to, len(others))
        made = with_items(taken, to_zone, [*others[:to], item, *others[to:]])
        if to_zone == "columns" and type_of(body) == "summary":
            made["type"] = "matrix"
        address = f"{zone}.{item[0]}" if zone in ("values", "steps") else f"{to_zone}.{to}"
        return (made if to_zone == zone else sketched(body, made)), address
    path = _path_in(zone, item)
    removed, _ = _remove(body, words[:1], known)
    made, address = _add(removed, [to_zone, path, *(words[2:3])], known) if path else (body, "")
    return (made, address) if address else (body, words[0])


def _path_in(zone: str, item: Any) -> str:
    """The field that an item is about, "" where it is about none."""
    if zone == "values":
        found = aggregate_of(item[1]["value"])
        return found.path if found is not None else ""
    key = {"fields": "field", "cross": "of"}.get(zone, "by")
    return str(item.get(key, "")) if isinstance(item, Mapping) else ""


def _type(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    kind = words[0] if words and words[0] in TYPES else type_of(body)
    made: Body = {**body, "type": kind}
    if kind == "list" and not fields_of_body(body):
        made["fields"] = [{"field": path} for path in _columns(body, known)]
    if kind == "win_loss" and not part(body, "funnel"):
        made.pop("funnel", None)
    if kind == "matrix" and not groups_of(body, "columns") and len(groups_of(body, "rows")) > 1:
        *rows, last = groups_of(body, "rows")
        made |= {"rows": rows, "columns": [last]}
    if kind == "summary" and not groups_of(body, "rows") and groups_of(body, "columns"):
        made |= {"rows": groups_of(body, "columns"), "columns": []}
    staged = next((one.path for one in known.pipeline_fields()), None)
    born = next((one.path for one in known.dates() if one.path == "created_at"), None)
    if kind in ("funnel", "trend") and not part(body, kind) and staged:
        made[kind] = {"field": staged}
    if kind == "cohort" and not part(body, "cohort") and born:
        event = next((one.path for one in known.dates() if one.path != born and "." not in one.path), born)
        made["cohort"] = {"born": born, "event": event, "every": "month"}
    if kind in ("summary", "matrix", "funnel") and not values_of(body):
        made["values"] = {COUNT_NAME: count_value()}
    if kind == "win_loss" and list(values_of(body).values()) == [count_value()]:
        made["values"] = {}  # those that it makes by itself say more
    return sketched(body, made), ""


def _columns(body: Body, known: Known) -> list[str]:
    at = known.model.objects.get(known.object)
    wanted = [at.name_field] if at is not None else []
    wanted += [one["by"] for zone in GROUPED for one in groups_of(body, zone)]
    values = [aggregate_of(one["value"]) for one in values_of(body).values()]
    wanted += [one.path for one in values if one is not None and one.path]
    return [p for p in dict.fromkeys(wanted) if (found := known.find(p)) is not None and not found.many]


def _chart(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    kind = words[0] if words else ""
    if kind not in CHARTS:
        return {key: value for key, value in body.items() if key != "chart"}, ""
    return {**body, "chart": {**part(body, "chart"), "type": kind}}, ""


def _formula(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    """A formula over the values that there are: the last by the first, to be written over."""
    names = list(values_of(body))
    text = f"{names[-1]} / {names[0]}" if len(names) > 1 else f"{names[0]} / 1" if names else "COUNT()"
    label = {"en": "Formula", "zh": "公式"}
    return _put_value(body, "formula", {"value": text, "label": label}, None)


def _funnel_step(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    steps = steps_of(body)
    if len(steps) >= MOST:
        return body, ""
    name = free_name(f"step_{len(steps) + 1}", steps)
    number = len(steps) + 1
    label = {"en": f"Step {number}", "zh": f"步骤 {number}"}
    return {**body, "funnel": {"steps": {**steps, name: {"label": label, "where": ""}}}}, f"steps.{name}"


def _sort(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    """sort:<key>: by it, descending first; again turns it round."""
    key = words[0] if words else ""
    present = sort_of(body)
    return {**body, "sort": [key if present == f"-{key}" else f"-{key}"] if key else []}, ""


def _rename(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    """rename:values.total:<name>: where it is free; formulas, sorts and charts follow."""
    zone, at = place_of(body, words[0] if words else "")
    if zone != "values" or len(words) < 2:
        return body, words[0] if words else ""
    before = items_of(body, zone)[at][0]
    return renamed(body, before, words[1])


def _object(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    """Another object: nothing of what was there means anything any more."""
    if not words or words[0] == body.get("object"):
        return body, ""
    kept = {key: body[key] for key in ("label", "description", "folder", "for", "position") if key in body}
    return kept | started(words[0], known), ""


def _same(body: Body, words: list[str], known: Known) -> tuple[Body, str]:
    return body, ""


_COMMANDS: dict[str, Change] = {
    "add": _add,
    "remove": _remove,
    "up": _step(-1),
    "down": _step(1),
    "move": _move,
    "type": _type,
    "chart": _chart,
    "formula": _formula,
    "step": _funnel_step,
    "sort": _sort,
    "rename": _rename,
    "object": _object,
    "draw": _same,
}
