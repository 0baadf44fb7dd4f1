"""Hangs the report builder (reports/designing/) onto the face, beside the reports' own pages."""

from dougong_ui_builder.screens.reports.designing import blueprint

__all__ = ["blueprint"]
