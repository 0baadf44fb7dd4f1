"""Charts of letters as PNG, where there are any and something is there that draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_platform.reports.charts.pictures import draw
from dougong_platform.reports.subscriptions.sources import Picture


def pictures_of(charts: Sequence[Mapping[str, Any] | None]) -> tuple[Picture, ...]:
    """Those that could be drawn, in one go."""
    wanted = [data for data in charts if data is not None]
    drawn = zip(wanted, draw(wanted), strict=True)
    return tuple(
        Picture(png, str(data.get("sentence") or data.get("title") or "")) for data, png in drawn if png is not None
    )
