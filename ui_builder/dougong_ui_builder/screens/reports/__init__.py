"""Reports: their list, one report with its chart and grid, the records behind every number. Addresses begin
/reports."""

from dougong_ui_builder import shell
from dougong_ui_builder.screens.reports import (
    downloads,
    listing,
    records,
    sharing,
    subscribing,
    subscriptions_of_all,
    unsubscribing,
    views,
)
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.words import lazy_gettext

shell.PAGES["reports"] = shell.PageLink("/reports", lazy_gettext("Reports"), "report-analytics")

__all__ = [
    "blueprint",
    "downloads",
    "listing",
    "records",
    "sharing",
    "subscribing",
    "subscriptions_of_all",
    "unsubscribing",
    "views",
]
