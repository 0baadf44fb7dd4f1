"""Reports in the builder: their list and forms are those of every kind; a report itself opens in the report builder."""

from dougong_ui_builder.builder.reports.views import blueprint

__all__ = ["blueprint"]
