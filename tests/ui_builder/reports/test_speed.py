"""What a report page costs the server beside its query: a hundred rows with a dozen columns within 50 ms of its
time."""

from __future__ import annotations

import statistics
import time

from flask import g

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ChartModel, ReportGroup, ReportModel, ReportPeriod, ReportValue
from dougong_platform.http.engine import Engine
from dougong_platform.reports.answer import Answer, GroupHead, Head, Row, ValueHead
from dougong_platform.reports.finding import Found
from dougong_ui_builder.screens.reports.views import answered, rendered
from dougong_ui_builder.screens.reports.visit import Visit
from shelving import Shelving

REPORT = ReportModel(
    "wide",
    Label("Worth by title and month", "各书每月价值"),
    "book",
    "matrix",
    rows=(ReportGroup("title"),),
    columns=(ReportGroup("due", "month"),),
    values=(ReportValue("worth", Label("Worth", "价值"), "SUM(price)"),),
    period=ReportPeriod("due", "this_year"),
    chart=ChartModel("heat"),
)


def wide() -> Answer:
    """A hundred rows, a dozen months, one number."""
    months = tuple(Head((f"2026-{month:02}-01",), (f"2026-{month:02}",)) for month in range(1, 13))
    cells = tuple((f"{month * 1234567}.25",) for month in range(12))
    rows = tuple(Row((f"Book {n}",), (f"Book {n}",), ("814814220.00",), cells) for n in range(100))
    by = (GroupHead("title", "Title", "text"),)
    across = (GroupHead("due.month", "Due", "date", "month"),)
    total = Row((), ("Total",), ("81481422000.00",), cells)
    return Answer(by, across, (ValueHead("worth", "Worth", "money", currency="CNY"),), rows, months, total)


def test_a_page_takes_little_beside_its_query(counted: Shelving, counted_app: Engine) -> None:
    answer, found, visit = wide(), Found("wide", REPORT, own=False, editable=True), Visit("wide")
    taken = []
    with counted_app.test_request_context("/reports/wide"):
        caller = g.caller = counted.admin
        for _ in range(9):
            start = time.thread_time()
            page = rendered(caller, found, visit, answered(caller, REPORT, visit, answer))
            taken.append(time.thread_time() - start)
    assert page.count("data-drawer") > 1200
    assert statistics.median(taken) < 0.05, taken
