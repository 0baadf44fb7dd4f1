"""The report builder: /reports/new and /reports/<key>/edit, for everybody who may read an object. Its state is the body
of a report, carried by one form and read by the same compiler that reads documents."""

from dougong_ui_builder.screens.reports.designing import views, words
from dougong_ui_builder.screens.reports.designing.routes import blueprint

__all__ = ["blueprint", "views", "words"]
