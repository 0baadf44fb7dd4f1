"""Table: a report's rows, or the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.keys import Body, Number, Reference, about
from dougong_metadata.widgets.base import Widget

if TYPE_CHECKING:
    from dougong_metadata.model.given_widget import GivenWidget


class TableWidgetKeys(Body):
    report = Reference("report", required=True, metadata=about("Report", "报表", widget="report"))
    limit = Number(1, 100, load_default=10, metadata=about("Rows", "行数"))


class TableWidget(Widget):
    name = "table"
    label = {"en": "Table", "zh": "表格"}
    help = {"en": "The rows of a report.", "zh": "以表格展示报表。"}
    icon = "table"
    size, least = (6, 7), (3, 3)
    options = TableWidgetKeys

    def compile(self, given: GivenWidget) -> Mapping[str, Any]:
        given.report()
        return given.settings()
