"""What is wrong with a dashboard that its document alone shows: where widgets stand, and for whom it is. Called by
`compile_dashboard`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.model.dashboard_types import COLUMNS, Place
from dougong_metadata.problems import Path, Problems


def check_places(document: Document, body: Mapping[str, Any], problems: Problems) -> None:
    """Records what is wrong with a loaded body."""
    placed: list[tuple[str, Place]] = []
    for name, widget in (body.get("widgets") or {}).items():
        at = widget.get("at") if isinstance(widget, Mapping) else None
        if not isinstance(at, list) or len(at) != 4 or not all(isinstance(cell, int) for cell in at):
            continue  # told by the schema
        place, path = Place(*at), ("widgets", name, "at")
        if _check_place(document, path, place, problems):
            over = next((other for other, taken in placed if overlap(place, taken)), None)
            if over is not None:
                text = f"“{name}” stands over “{over}”."
                problems.add(document, path, "overlapping", text, f"「{name}」与「{over}」重叠。")
            placed.append((name, place))
    if body.get("only") and not document.body.get("for"):
        text = "“only” needs “for”: those to whom it is open."
        problems.add(document, ("only",), "needs_for", text, "「only」须与「for」一起使用：指定可打开的权限集。")


def overlap(one: Place, other: Place) -> bool:
    """Whether two widgets share a cell."""
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _check_place(document: Document, path: Path, place: Place, problems: Problems) -> bool:
    if place.width < 1 or place.height < 1:
        text = "A widget is at least one cell wide and high."
        problems.add(document, path, "no_place", text, "组件的宽和高至少为 1 格。")
        return False
    if place.x + place.width > COLUMNS:
        text = f"The grid has {COLUMNS} columns; this widget ends at {place.x + place.width}."
        problems.add(document, path, "outside", text, f"网格共 {COLUMNS} 列；此组件到达第 {place.x + place.width} 列。")
        return False
    return True
