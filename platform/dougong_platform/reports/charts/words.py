"""What a chart says in words: its kinds' names, the sentence for whoever cannot see it, and its notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, tuple[str, str]] = {
    "bar": ("Bar chart", "条形图"),
    "column": ("Column chart", "柱形图"),
    "line": ("Line chart", "折线图"),
    "area": ("Area chart", "面积图"),
    "pie": ("Ring chart", "环形图"),
    "funnel": ("Funnel", "漏斗图"),
    "gauge": ("Gauge", "目标进度"),
    "scatter": ("Scatter chart", "散点图"),
    "heat": ("Heat map", "热力图"),
    "map": ("Map", "地图"),
    "number": ("Number", "数字"),
}
OTHER = ("Other", "其他")
BLANK = ("(blank)", "（空）")
EARLIER = ("earlier period", "对比期")
LAST = ("Only the last {shown} of {all} are drawn.", "图中只画了最后 {shown} 项，共 {all} 项。")
LARGEST = ("Only the {shown} largest of {all} are drawn.", "图中只画了最大的 {shown} 项，共 {all} 项。")
SUMMED = (
    "The {shown} largest of {all} are drawn; all others are summed up as “Other”.",
    "图中画了 {all} 项中最大的 {shown} 项，其余合计为「其他」。",
)
NEGATIVE = ("Values below zero are not drawn.", "负数未画出。")
OUTSIDE = ("Not on the map: {names}.", "地图上没有：{names}。")
POINTS = (" points", " 个百分点")
_RANGE = (
    "{kind}: {title}. {count} values, the highest {top} ({most}), the lowest {bottom} ({least}).",
    "{kind}：{title}。共 {count} 项，最高 {top}（{most}），最低 {bottom}（{least}）。",
)
_ONE = ("{kind}: {title}. {most}.", "{kind}：{title}。{most}。")
_NONE = ("{kind}: {title}. No data.", "{kind}：{title}。没有数据。")


def chosen(words: tuple[str, str], locale: str, **values: Any) -> str:
    """The words in the reader's language, their places filled."""
    return words[locale.startswith("zh")].format(**values)


def sentence(data: Mapping[str, Any]) -> str:
    """Chart data in one sentence: what kind, of what, from where to where."""
    locale = data["locale"]
    named = {"kind": chosen(KINDS[data["type"]], locale), "title": data["title"]}
    points = [
        (number, text, _named(category["label"], series["name"], len(data["series"])))
        for series in data["series"]
        if not series["before"]
        for category, number, text in zip(data["categories"], series["data"], series["full"], strict=True)
        if number is not None
    ]
    if data.get("number"):
        return chosen(_ONE, locale, **named, most=data["number"]["full"])
    if not points:
        return chosen(_NONE, locale, **named)
    if len(points) == 1:
        return chosen(_ONE, locale, **named, most=points[0][1])
    top, bottom = max(points), min(points)
    found = {"top": top[2], "most": top[1], "bottom": bottom[2], "least": bottom[1]}
    return chosen(_RANGE, locale, **named, count=len(points), **found)


def _named(category: str, series: str, several: int) -> str:
    return f"{category} · {series}" if several > 1 and category else category or series
