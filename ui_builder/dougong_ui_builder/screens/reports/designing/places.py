"""Items of a body by their addresses: rows.0, values.total, cross.1, fields.2, steps.signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_ui_builder.screens.reports.designing.body import (
    GROUPED,
    Body,
    cross_of,
    fields_of_body,
    groups_of,
    part,
    steps_of,
    values_of,
)


def items_of(body: Mapping[str, Any], zone: str) -> list[Any]:
    """A zone's items in order; of values and steps (name, item)."""
    if zone in GROUPED:
        return groups_of(body, zone)
    if zone in ("values", "steps"):
        return list((values_of(body) if zone == "values" else steps_of(body)).items())
    return fields_of_body(body) if zone == "fields" else cross_of(body) if zone == "cross" else []


def with_items(body: Mapping[str, Any], zone: str, items: list[Any]) -> Body:
    """The body with other items in a zone."""
    if zone == "values":
        return {**body, zone: dict(items)}
    if zone == "steps":
        return {**body, "funnel": {**part(body, "funnel"), "steps": dict(items)}}
    return {**body, zone: items}


def place_of(body: Mapping[str, Any], address: str) -> tuple[str, int]:
    """(zone, number of the item) at an address; ("", -1) where there is none."""
    zone, _, key = address.partition(".")
    items = items_of(body, zone)
    if zone in ("values", "steps"):
        at = next((number for number, (name, _) in enumerate(items) if name == key), -1)
    else:
        at = int(key) if key.isdigit() and int(key) < len(items) else -1
    return (zone, at) if at >= 0 else ("", -1)
