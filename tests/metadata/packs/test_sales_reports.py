"""The sales pack's reports and dashboards as documents: called in both languages, in folders, for somebody, drawn where
there is something to draw, and laid out without gaps one upon another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from dougong_metadata.label import Label
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.dashboard_types import COLUMNS, DashboardModel, WidgetModel
from dougong_metadata.model.types import Model
from dougong_metadata.packs import load_pack
from dougong_metadata.widgets.registry import registered

HOMES = {
    "boss": {"boss"},
    "director": {"sales_director"},
    "manager": {"sales_manager", "sales_supervisor"},
    "rep": {"sales_rep", "sales_assistant"},
    "finance": {"finance"},
    "marketing": {"marketing"},
    "service": {"service"},
}
BESIDES = {"lost", "sales_analysis"}
# What the boards of Chinese sales companies show, and the reports that show it.
ASKED_FOR = {
    "boss": ("pipeline_by_stage", "won_by_month", "received_by_month", "project_cost"),
    "director": ("team_table", "source_shares", "new_accounts_by_rep", "activities_by_rep", "expense_by_kind"),
    "manager": ("team_table", "source_shares", "new_accounts_by_rep", "activities_by_rep"),
    "rep": ("funnel_stock", "funnel_entered", "beside_the_others"),
    "lost": ("lost_accounts_by_month", "demand_not_landed", "lost_reasons", "lost_by_month"),
    "finance": ("receivables_by_age", "due_in_30_days", "received_by_month", "invoiced_by_month"),
    "marketing": ("leads_by_channel", "campaign_return"),
    "service": ("tickets_by_kind",),
    "sales_analysis": (
        *("top_10_customers", "product_sales", "customer_purchase", "customers_by_source", "customers_by_type"),
        *("customers_by_region", "customers_by_industry", "leaderboard", "first_win_cohort"),
    ),
}


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(load_pack("sales").documents)


def widgets(model: Model) -> Iterator[tuple[DashboardModel, WidgetModel]]:
    for dashboard in model.dashboards.values():
        yield from ((dashboard, widget) for widget in dashboard.widgets)


def shown(dashboard: DashboardModel) -> set[str]:
    return {str(widget.settings["report"]) for widget in dashboard.widgets if widget.settings.get("report")}


def test_everything_is_called_in_both_languages_and_says_what_it_is_for(model: Model) -> None:
    for report in model.reports.values():
        labels = [report.label, report.description, report.folder, *(value.label for value in report.values)]
        for label in labels:
            assert isinstance(label, Label), report.name
            assert label.en != label.zh, (report.name, label)
    for dashboard, widget in widgets(model):
        assert dashboard.description is not None
        assert dashboard.label.en != dashboard.label.zh
        assert widget.label is not None, (dashboard.name, widget.name)
        assert widget.label.en != widget.label.zh


def test_every_kind_of_report_is_there(model: Model) -> None:
    assert {report.type for report in model.reports.values()} == {
        *("list", "summary", "matrix", "funnel", "cohort", "trend", "win_loss"),
    }
    charts = {report.chart.type for report in model.reports.values() if report.chart}
    assert {"bar", "column", "line", "area", "pie", "funnel", "heat", "map", "scatter"} <= charts


def test_every_report_is_for_somebody_and_no_two_are_called_alike(model: Model) -> None:
    assert all(report.for_sets for report in model.reports.values())
    for locale in ("en", "zh"):
        names = [report.label.text(locale) for report in model.reports.values()]
        assert len(set(names)) == len(names)
    positions = [report.position for report in model.reports.values()]
    assert len(set(positions)) == len(positions)


def test_every_role_has_a_board_of_its_own_as_home(model: Model) -> None:
    assert model.dashboards.keys() == HOMES.keys() | BESIDES
    for name, sets in HOMES.items():
        assert model.dashboards[name].for_sets == sets
        assert not model.dashboards[name].only
    for name in BESIDES:  # nobody's home: others of the same sets come first
        assert model.dashboards[name].only
        assert model.dashboards[name].position > max(model.dashboards[home].position for home in HOMES)


def test_a_home_has_what_is_to_be_done_within_the_first_screen(model: Model) -> None:
    for name in HOMES:
        waiting = [w for w in model.dashboards[name].widgets if w.type == "approvals"]
        assert [w.place.y for w in waiting] == [3], name


@pytest.mark.parametrize("name", ASKED_FOR)
def test_a_board_shows_what_its_role_asks_for(model: Model, name: str) -> None:
    assert {*ASKED_FOR[name]} <= shown(model.dashboards[name])


def test_whoever_has_a_board_as_home_may_open_the_reports_on_it(model: Model) -> None:
    for dashboard in model.dashboards.values():
        for name in shown(dashboard):
            assert dashboard.for_sets <= model.reports[name].for_sets, (dashboard.name, name)


def test_widgets_lie_within_the_grid_fill_its_rows_and_never_on_each_other(model: Model) -> None:
    for dashboard in model.dashboards.values():
        places = [widget.place for widget in dashboard.widgets]
        for one in places:
            assert one.x + one.width <= COLUMNS, dashboard.name
        for a, b in combinations(places, 2):
            beside = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
            assert beside, (dashboard.name, a, b)
        covered = sum(one.width * one.height for one in places)
        assert covered == COLUMNS * max(one.y + one.height for one in places), f"{dashboard.name} has gaps"


def test_a_widget_has_room_for_what_it_shows(model: Model) -> None:
    for dashboard, widget in widgets(model):
        wide, high = registered()[widget.type].least
        assert (widget.place.width, widget.place.height) >= (wide, high), (dashboard.name, widget.name)


def test_every_report_of_a_board_has_a_chart_where_it_is_drawn(model: Model) -> None:
    for dashboard, widget in widgets(model):
        if widget.type == "chart":
            assert model.reports[str(widget.settings["report"])].chart is not None, (dashboard.name, widget.name)
