"""Reports: their list, one report with its chart and grid, the records behind every number. Addresses begin /reports."""

from dougong_ui_builder.screens.reports.routes import blueprint

__all__ = ["blueprint"]
