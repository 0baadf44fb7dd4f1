"""What a compiled dashboard is. Made by `compile_dashboard`; its widgets are answered by the engine's `dashboards`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.label import Label

COLUMNS = 12  # of the grid; a row is 44 pixels high


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget stands: cells from the left, from the top, wide, high."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class WidgetModel:
    """`type` is a registered widget (number, chart, table, leaderboard, list, approvals, calendar, text …);
    `settings` are its own loaded keys. `label` None: what it shows says it."""

    name: str
    type: str
    place: Place
    label: Label | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DashboardFilters:
    """What stands in the bar above: each applies to all widgets. `period` and `compare` are the first choice, None =
    not offered."""

    period: str | None = None
    compare: str | None = None
    owner: bool = False
    department: bool = False


@dataclass(frozen=True, slots=True)
class DashboardModel:
    """`for_sets`: permission sets whose holders have it as their home, the lowest `position` first; it is open to them
    alone where `only` is set. `view_as`: e-mail of the user under whose access everybody sees it; None = one's own.
    `beside_as`: e-mail of the user under whose access it is worked out what stands beside one's own numbers (widgets'
    `beside`); None = one's own."""

    name: str
    label: Label
    widgets: tuple[WidgetModel, ...]
    filters: DashboardFilters = DashboardFilters()
    description: Label | None = None
    for_sets: frozenset[str] = frozenset()
    only: bool = False
    position: int = 0
    view_as: str | None = None
    beside_as: str | None = None
