"""Chart: a report, drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Part, Reference, about
from dougong_metadata.report_words import ChartKeys
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class ChartWidgetKeys(Body):
    report = Reference("report", required=True, metadata=about("Report", "报表", widget="report"))
    chart = Part(
        ChartKeys,
        short="type",
        metadata=about("Chart", "图表", "The report's own when absent.", "缺省为报表自身的图表。"),
    )


class ChartWidget(Widget):
    name = "chart"
    label = {"en": "Chart", "zh": "图表"}
    help = {"en": "A report, drawn.", "zh": "以图表展示报表。"}
    icon = "chart-bar"
    size, least = (6, 7), (3, 4)
    options = ChartWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        given.chart("chart", given.report())
        return given.settings()
