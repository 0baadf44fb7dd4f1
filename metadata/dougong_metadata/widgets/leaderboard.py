"""Leaderboard: who comes first by a value of a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Name, Number, Reference, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class LeaderboardWidgetKeys(Body):
    report = Reference("report", required=True, metadata=about("Report", "报表", widget="report"))
    value = Name(
        metadata=about(
            "Value", "数值", "Of the report; its first when absent.", "报表的数值；缺省为第一个。", "report_value"
        )
    )
    limit = Number(1, 50, load_default=5, metadata=about("Places", "名次数"))


class LeaderboardWidget(Widget):
    name = "leaderboard"
    label = {"en": "Leaderboard", "zh": "排行榜"}
    help = {"en": "The first groups of a report by one of its values.", "zh": "按报表的某个数值排出前几名。"}
    icon = "trophy"
    size, least = (4, 6), (2, 3)
    options = LeaderboardWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        found = given.report()
        given.grouped(found)
        given.report_value("value", found)
        return given.settings()
