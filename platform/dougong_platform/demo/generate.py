"""Draws the rows of a pack's `demo.yaml` in the order of the file and hands each batch to a writer. Called by
`load`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dougong_platform.demo.recipe import Draw, Lived, Row

# Writes rows of one object and returns their ids in the same order.
Writer = Callable[[str, Sequence[Row]], Sequence[str]]


def generate(plan: Mapping[str, Any], draw: Draw, write: Writer) -> dict[str, int]:
    """Draw and write every object of `plan["objects"]`; returns the number of rows per object.

    An entry is {object, count | each: object with `only`, fields, past, details: {object: {by, count, fields, past}}}.
    """
    counts: dict[str, int] = {}
    for entry in plan["objects"]:
        parents: Sequence[Row | None] = [None] * entry["count"] if "count" in entry else _parents(entry, draw)
        drawn = [_draw(entry, draw, parent) for parent in parents]
        rows = [row for row, _ in drawn]
        _keep(entry["object"], rows, draw, write, counts, entry.get("past"))
        for name, recipe in entry.get("details", {}).items():
            lines = []
            for row, details in drawn:
                for line in details[name]:
                    line[recipe["by"]] = row["id"]
                    lines.append(line)
            _keep(name, lines, draw, write, counts, recipe.get("past"))
    return counts


def _parents(entry: Mapping[str, Any], draw: Draw) -> list[Row]:
    """The earlier rows for each of which `entry` draws `times` (or one) row, thinned by `only` and `share`."""
    rows = draw.rows.get(entry["each"], [])
    for name, allowed in entry.get("only", {}).items():
        rows = [row for row in rows if row.get(name) in allowed]
    low, high = entry.get("times", (1, 1))
    return [
        row for row in rows if draw.dice.random() < entry.get("share", 1) for _ in range(draw.dice.randint(low, high))
    ]


def _draw(entry: Mapping[str, Any], draw: Draw, parent: Row | None) -> tuple[Row, dict[str, list[Row]]]:
    row: Row = {}
    details: dict[str, list[Row]] = {}
    for name, recipe in entry.get("first", {}).items():
        row[name] = draw.value(recipe, row, details, parent)
    for name, recipe in entry.get("details", {}).items():
        details[name] = _lines(recipe, draw, row)
    for name, recipe in entry["fields"].items():
        row[name] = draw.value(recipe, row, details, parent)
    return {name: value for name, value in row.items() if value is not None}, details


def _lines(recipe: Mapping[str, Any], draw: Draw, parent: Row) -> list[Row]:
    count = draw.dice.randint(*recipe["count"])
    lines = []
    for number in range(1, count + 1):
        line: Row = {}
        for name, part in recipe["fields"].items():
            line[name] = number if part == "$number" else draw.value(part, line, {}, parent)
        lines.append({name: value for name, value in line.items() if value is not None})
    return lines


def _keep(
    name: str,
    rows: list[Row],
    draw: Draw,
    write: Writer,
    counts: dict[str, int],
    past: Mapping[str, Any] | None,
) -> None:
    """Write `rows` without their `_private` fields and remember them with their ids."""
    for row, record in zip(rows, write(name, [_public(row) for row in rows]), strict=True):
        row["id"] = record
        draw.by_id[record] = row
    draw.rows.setdefault(name, []).extend(rows)
    counts[name] = counts.get(name, 0) + len(rows)
    if past is not None and rows:
        draw.lived.append((name, Lived(past, rows)))


def _public(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.startswith("_")}
