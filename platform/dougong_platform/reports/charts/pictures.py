"""Charts as pictures for mails and documents. What draws them hangs itself on by the entry points `dougong.pictures`
(`png` and `svg`), since the drawing is a screen's and the engine knows none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any

WIDTH = 640  # CSS pixels


def draw(charts: Sequence[Mapping[str, Any]], width: int = WIDTH) -> list[bytes | None]:
    """Chart data (see charting) as PNG, twice as many pixels wide; None for each where nothing can draw it."""
    return list(_drawn("png", charts, width))


def svg(charts: Sequence[Mapping[str, Any]], width: int = WIDTH) -> list[str | None]:
    """Chart data as SVG texts; None for each where nothing can draw it."""
    return list(_drawn("svg", charts, width))


def _drawn(kind: str, charts: Sequence[Mapping[str, Any]], width: int) -> Sequence[Any]:
    if not charts:
        return []
    for point in entry_points(group="dougong.pictures", name=kind):
        drawn: Sequence[Any] = point.load()(charts, width)
        return drawn
    return [None] * len(charts)
