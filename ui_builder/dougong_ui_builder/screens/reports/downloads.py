"""Reports as files: CSV and XLSX with what the visitor has set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from dougong_platform.reports.exporting import export_response
from dougong_platform.reports.finding import find
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.screens.reports.visit import visit_of

if TYPE_CHECKING:
    from flask import Response

    from dougong_platform.http.caller import Caller


@blueprint.get("/reports/<key>/export.csv")
@page()
def export_csv(caller: Caller, key: str) -> Response:
    """The report's table as CSV."""
    return export_response(caller, find(caller, key).report, visit_of(key, request.args).asked, "csv")


@blueprint.get("/reports/<key>/export.xlsx")
@page()
def export_xlsx(caller: Caller, key: str) -> Response:
    """The report's table as a spreadsheet."""
    return export_response(caller, find(caller, key).report, visit_of(key, request.args).asked, "xlsx")
