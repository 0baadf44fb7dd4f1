"""Which charts suit a body, the best first, and a chart that follows the shape as long as nobody has chosen one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dougong_ui_builder.screens.reports.designing.body import Body, chart_of, groups_of, part, type_of, values_of

OF_TYPES: dict[str, tuple[str, ...]] = {
    "list": (),
    "funnel": ("funnel", "bar"),
    "cohort": ("heat", "line"),
    "trend": ("area", "line", "column"),
    "win_loss": ("column", "bar", "pie"),
}
SPREAD = frozenset({"day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"})


def suggested(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Chart types that suit, the best first; () for a list."""
    kind = type_of(body)
    if kind in OF_TYPES:
        return OF_TYPES[kind]
    rows, columns = groups_of(body, "rows"), groups_of(body, "columns")
    shown = [name for name, one in values_of(body).items() if not one.get("hidden")]
    if not rows and not columns:
        return ("number", "gauge")
    first = next(iter((*rows, *columns)))
    dated = first.get("every") in SPREAD
    if len(rows) + len(columns) > 1:
        return ("column", "area", "line", "heat") if dated else ("bar", "column", "heat")
    if dated:
        return ("column", "line", "area", "bar")
    fitting = ("bar", "column", "pie", "map")
    return (*fitting[:2], "scatter", *fitting[2:]) if len(shown) > 1 else fitting


def sketched(before: Mapping[str, Any], after: Body) -> Body:
    """`after` with the chart that suits it best, if the one before was that too, or there was none to choose."""
    chosen, best = chart_of(before), suggested(before)[:1]
    if chosen and chosen not in best and chosen in suggested(after):
        return after
    now = suggested(after)[:1]
    if chosen and chosen not in best and type_of(before) == type_of(after):
        return after  # somebody's own choice
    if not chosen and best and before.get("rows"):
        return after  # somebody wants none
    if not now:
        return {key: value for key, value in after.items() if key != "chart"}
    if now[0] in ("number", "gauge"):
        return {key: value for key, value in after.items() if key != "chart"}
    kept = {key: value for key, value in part(after, "chart").items() if key != "type"}
    stacked = {"stacked": True} if now[0] in ("column", "bar", "area") and _groups(after) > 1 else {}
    return {**after, "chart": {**kept, **stacked, "type": now[0]}}


def _groups(body: Mapping[str, Any]) -> int:
    return len(groups_of(body, "rows")) + len(groups_of(body, "columns"))
