"""Which charts suit a body, the best first, and a chart that follows the shape as long as nobody has chosen one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.kinds.report_checks import DRAWN_BY
from dougong_ui_builder.screens.reports.designing.body import Body, chart_of, groups_of, part, type_of, values_of

OF_TYPES: dict[str, tuple[str, ...]] = {
    "list": (),
    "funnel": ("funnel", "bar"),
    "cohort": ("heat", "line"),
    "trend": ("area", "line", "column"),
}
ALONE = ("number", "gauge")
SPREAD = frozenset({"day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"})


def suggested(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Chart types that suit, the best first; () for a list."""
    kind = type_of(body)
    if kind in OF_TYPES:
        return OF_TYPES[kind]
    rows, columns = groups_of(body, "rows"), groups_of(body, "columns") if kind != "summary" else []
    shown = [name for name, one in values_of(body).items() if not one.get("hidden")]
    if not rows and not columns:
        return ALONE
    first, second = (*rows, *columns, {})[:2]
    dated = first.get("every") in SPREAD
    if second:
        fitting = ("column", "area", "line", "heat") if dated else _of_two(second)
        return tuple(one for one in fitting if one in drawable(body))
    if dated:
        return ("column", "line", "area", "bar")
    straight = ("column", "bar") if first.get("every") else ("bar", "column")  # hours go from left to right
    fitting = (*straight, *(("scatter",) if len(shown) > 1 else ()), "pie", "map")
    return tuple(one for one in fitting if one in drawable(body))


def _of_two(second: Mapping[str, Any]) -> tuple[str, ...]:
    """By a group that is no time, and another one: many months are no colours, but run from left to right."""
    return ("heat", "bar", "column") if second.get("every") else ("bar", "column", "heat")


def drawable(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Chart types that can draw it at all."""
    kind, groups = type_of(body), _groups(body)
    known = DRAWN_BY.get(kind, ())
    if kind in ("summary", "win_loss") and not groups:
        return tuple(one for one in known if one in ALONE)
    return tuple(one for one in known if one != "heat" or kind != "summary" or groups == 2)


def sketched(before: Mapping[str, Any], after: Body) -> Body:
    """`after` with the chart that suits it best, as long as nobody has chosen: neither another one, nor none. A chart
    that cannot draw it any more goes."""
    chosen, now = chart_of(before), suggested(after)
    by_itself = chosen in suggested(before)[:1] if chosen else drawn_alone(suggested(before))
    if chosen and chosen in drawable(after) and not by_itself:
        return after
    if not now or drawn_alone(now) or not by_itself:
        return {key: value for key, value in after.items() if key != "chart"}
    kept = {key: value for key, value in part(after, "chart").items() if key not in ("type", "stacked")}
    stacked = {"stacked": True} if now[0] in ("column", "bar", "area") and _groups(after) > 1 else {}
    return {**after, "chart": {**kept, **stacked, "type": now[0]}}


def drawn_alone(kinds: Sequence[str]) -> bool:
    """Whether only a single number could be drawn, which nobody needs beside a table of one line; or nothing."""
    return not kinds or kinds[0] in ALONE


def _groups(body: Mapping[str, Any]) -> int:
    """Those that the report's type uses."""
    columns = groups_of(body, "columns") if type_of(body) != "summary" else []
    return len(groups_of(body, "rows")) + len(columns)
