"""Calendar: records by a date of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Expression, Reference, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class CalendarWidgetKeys(Body):
    object = Reference("object", required=True, metadata=about("Object", "对象", widget="object"))
    field = Reference(
        "path",
        required=True,
        metadata=about("Date", "日期字段", "Where each record stands.", "记录所在的日期。", "field"),
    )
    where = Expression("filter", metadata=about("Filter", "筛选", "Of which records.", "显示哪些记录。"))


class CalendarWidget(Widget):
    name = "calendar"
    label = {"en": "Calendar", "zh": "日历"}
    help = {"en": "Records by a date of theirs.", "zh": "按日期展示记录。"}
    icon = "calendar-event"
    size, least = (4, 7), (3, 5)
    options = CalendarWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        given.date("field", given.said.get("object"))
        given.condition("where", given.said.get("object"))
        return given.settings()
