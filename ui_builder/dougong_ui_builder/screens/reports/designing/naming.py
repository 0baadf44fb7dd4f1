"""Names and labels of values: made for people who never think of names, and followed by formulas when they change."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.report_words import SPANS
from dougong_ui_builder.screens.reports.designing.body import Body, is_name, part, values_of
from dougong_ui_builder.screens.reports.designing.value_text import FUNCTIONS

if TYPE_CHECKING:
    from dougong_ui_builder.screens.reports.designing.known import Found

_FUNCTIONS = {
    "COUNT": ("{0}, number", "{0}数"),
    "COUNT_DISTINCT": ("{0}, different ones", "{0}去重数"),
    "SUM": ("{0}, sum", "{0}合计"),
    "AVG": ("{0}, average", "{0}平均值"),
    "MIN": ("{0}, least", "{0}最小值"),
    "MAX": ("{0}, greatest", "{0}最大值"),
    "MEDIAN": ("{0}, median", "{0}中位数"),
    "PERCENTILE": ("{0}, percentile", "{0}百分位数"),
}
_OF_DATES = {"MIN": ("{0}, first", "最早{0}"), "MAX": ("{0}, last", "最近{0}")}
_TOKENS = re.compile(r'"[^"]*"?|[A-Za-z_$][\w.$]*|\s+|.', re.DOTALL)
_LONGEST = 36  # characters of a name, so that a number fits behind it


def value_label(function: str, found: Found | None) -> dict[str, str]:
    """What an aggregate is called in both languages: "Order lines: Amount, sum"."""
    if found is None:
        return {"en": "Number of records", "zh": "记录数"}
    words = (_OF_DATES if found.kind == "date" else {}).get(function) or _FUNCTIONS[function]
    steps = found.steps[-2:] if found.many else found.steps[-1:]
    en = ": ".join(step.en for step in steps)
    zh = "：".join(step.zh for step in steps)
    return {"en": words[0].format(en), "zh": words[1].format(zh)}


def free_name(wanted: str, taken: Collection[str]) -> str:
    """A name like the wanted one that is not taken."""
    base = wanted[:_LONGEST].strip("_") if is_name(wanted[:_LONGEST].strip("_")) else "value"
    name, number = base, 2
    while name in taken or name in SPANS:
        name, number = f"{base}_{number}", number + 1
    return name


def renamed(body: Mapping[str, Any], before: str, after: str) -> tuple[Body, str]:
    """The body with a value called otherwise; where that is no free name nothing changes."""
    values = values_of(body)
    if before == after or not is_name(after) or after in values or before not in values:
        return dict(body), f"values.{before}"

    def said(text: str) -> str:
        return _outside_aggregates(text, before, after)

    made: Body = dict(body)
    made["values"] = {
        (after if name == before else name): {**one, "value": said(str(one["value"]))} for name, one in values.items()
    }
    if isinstance(body.get("having"), str):
        made["having"] = said(body["having"])
    sorts = body.get("sort")
    if isinstance(sorts, list):
        made["sort"] = [_key(str(one), before, after) for one in sorts]
    for zone in ("rows", "columns"):
        groups = body.get(zone)
        if isinstance(groups, list):
            made[zone] = [_sorted_by(one, before, after) for one in groups]
    chart = part(body, "chart")
    if before in chart.get("values", ()):
        made["chart"] = {**chart, "values": [after if one == before else one for one in chart["values"]]}
    return made, f"values.{after}"


def without_name(body: Mapping[str, Any], gone: str) -> Body:
    """The body after a value is gone: nothing is sorted or drawn by it. Formulas that name it say so themselves."""
    made: Body = dict(body)
    sorts = body.get("sort")
    if isinstance(sorts, list):
        made["sort"] = [one for one in sorts if _named(one) != gone]
    for zone in ("rows", "columns"):
        groups = body.get(zone)
        if isinstance(groups, list):
            made[zone] = [_unsorted(one, gone) for one in groups]
    chart = part(body, "chart")
    if chart:
        made["chart"] = {**chart, "values": [one for one in chart.get("values", ()) if one != gone]}
    return made


def _named(text: Any) -> str:
    """The value that a sort key names: "total" of '-total@change@["x"]'."""
    return str(text).lstrip("-").partition("@")[0]


def _unsorted(group: Any, gone: str) -> Any:
    if not isinstance(group, dict) or _named(group.get("sort", "")) != gone:
        return group
    return {key: value for key, value in group.items() if key != "sort"}


def _sorted_by(group: Any, before: str, after: str) -> Any:
    if not isinstance(group, dict) or "sort" not in group:
        return group
    return {**group, "sort": _key(str(group["sort"]), before, after)}


def _key(text: str, before: str, after: str) -> str:
    return text.replace(before, after, 1) if _named(text) == before else text


def _outside_aggregates(text: str, before: str, after: str) -> str:
    """Names inside an aggregate are fields; outside of them they are values."""
    made, calls, called = [], [], ""
    for piece in _TOKENS.findall(text):
        if piece == "(":
            calls.append(called)
        elif piece == ")" and calls:
            calls.pop()
        inside = any(name.upper() in FUNCTIONS for name in calls)
        made.append(after if piece == before and not inside else piece)
        called = piece if piece[0].isalpha() else called if piece.isspace() else ""
    return "".join(made)
