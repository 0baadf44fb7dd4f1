"""The chart of a letter as a PNG, where there is one and it can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_platform.reports.subscriptions.sources import Picture


def picture_of(data: Mapping[str, Any] | None) -> Picture | None:
    """None where there is no chart."""
    if data is None:
        return None
    try:
        from dougong_platform.reports.pictures import draw
    except ImportError:
        return None
    png = draw(data)
    return None if png is None else Picture(png, str(data.get("sentence") or data.get("title") or ""))
