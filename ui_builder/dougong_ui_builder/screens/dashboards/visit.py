"""What a visitor has set on a dashboard, as the address says it; the same for every widget on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from dougong_platform.dashboards import with_filters
from dougong_platform.dashboards.finding import Found
from dougong_ui_builder.screens.reports.visit import Visit, visit_of

HOME = "~"  # the key of the home that is made where no dashboard is one's home


@dataclass(frozen=True, slots=True)
class DashboardVisit(Visit):
    """`place`: where the dashboard is shown, if not at its own address (home)."""

    place: str = ""

    @property
    def base(self) -> str:
        """Where the dashboard is shown."""
        return self.place or f"/dashboards/{quote(self.key)}"

    def without(self, name: str) -> str:
        """The dashboard without one thing that was set."""
        query = {one: value for one, value in self.query.items() if one != name}
        return self.base + (f"?{urlencode(query)}" if query else "")

    def widget_url(self, name: str, **more: str) -> str:
        """The fragment of a widget."""
        query = {**self.query, **more}
        return f"/dashboards/{quote(self.key)}/widgets/{name}" + (f"?{urlencode(query)}" if query else "")

    def report(self, found: Found, key: str) -> Visit:
        """The visit of a report with what is set here, or is the dashboard's first choice."""
        return Visit(key, with_filters(found.dashboard, self.asked))


def dashboard_visit(key: str, given: Mapping[str, str], place: str = "") -> DashboardVisit:
    """The visit that a query string says."""
    said = visit_of(key, {name: given[name] for name in given if name not in ("where", "sort", "cursor")})
    return DashboardVisit(key, said.asked, None, place)
