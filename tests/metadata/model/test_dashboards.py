"""Dashboards compiled: widgets and where they stand, what is refused, one body over a given model, homes as these."""

from __future__ import annotations

from typing import Any

import pytest

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.compile_dashboard import dashboard_of
from dougong_metadata.model.compile_home import home_dashboard
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.dashboard_types import DashboardFilters, Place
from dougong_metadata.model.types import Use
from support.reported import BESIDE, REPORTS, Body, body, compiled, wrong

LISTED: Body = {"type": "list", "list_view": "purchase_stalled"}
COUNTED: Body = {"type": "number", "object": "purchase", "value": "COUNT()"}
HOME = """
kind: app
name: buying
label: {en: Buying, zh: 采购}
groups: []
home:
  numbers:
    - {label: {en: Worth, zh: 金额}, object: purchase, aggregate: SUM(total), filter: 'stage = "open"', format: money}
    - {label: How many, object: purchase, aggregate: COUNT()}
  lists:
    - label: {en: Due, zh: 到期}
      object: purchase
      list_view: purchase_stalled
      columns: [total]
      when: bought_on
      done: {field: stage, value: done}
      limit: 4
    - {label: Stalled, object: purchase, list_view: purchase_stalled, place: side}
    - {label: More, object: purchase, list_view: purchase_stalled}
"""


def codes(**widgets: Any) -> dict[str, str]:
    """The problems' codes by path of a dashboard of these widgets, each below the one before."""
    for at, widget in enumerate(widgets.values()):
        if isinstance(widget, dict):
            widget.setdefault("at", [0, at * 3, 3, 3])
    return whole({"widgets": widgets})


def whole(dashboard: Body) -> dict[str, str]:
    others = [document for document in compiled().documents.values() if document.kind == "report"]
    found = wrong("dashboard", dashboard, *others)
    assert all(problem.en and problem.zh for problem in found)
    return {problem.path: problem.code for problem in found}


def test_a_dashboard_says_everything_that_its_document_does() -> None:
    made = compiled().dashboards["overview"]
    assert made.label == Label("Overview", "总览")
    assert made.description == Label("All of it", "All of it")
    assert made.filters == DashboardFilters("this_year", "year_ago", owner=True, department=True)
    assert (made.for_sets, made.only, made.position, made.view_as) == ({"boss"}, True, 3, "boss@example.com")
    widgets = {widget.name: widget for widget in made.widgets}
    assert list(widgets) == list(body("overview")["widgets"])
    assert widgets["revenue"].place == Place(0, 0, 3, 3)
    assert widgets["revenue"].label == Label("R", "收")
    assert widgets["open"].label is None
    assert widgets["revenue"].settings == {"report": "by_trade", "value": "worth", "target": 1000000}
    assert widgets["open"].settings["value"] == "SUM(lines.price) / COUNT()"
    assert widgets["open"].settings["period"] == {"field": "bought_on", "range": "all"}
    assert widgets["by_month"].settings["chart"]["type"] == "pie"
    assert widgets["stalled"].settings["done"] == ("stage", "done")
    assert widgets["stalled"].settings["columns"] == ("shop.title",)
    assert widgets["mine"].settings["sort"] == ("-total",)
    assert widgets["news"].settings["until"] == "2026-12-31"


def test_what_a_widget_shows_knows_of_it() -> None:
    uses = compiled().uses
    at = "widgets."
    assert Use("dashboard", "overview", at + "revenue.report") in uses["report/by_trade"]
    assert Use("dashboard", "overview", at + "stalled.list_view") in uses["list_view/purchase_stalled"]
    assert Use("dashboard", "overview", at + "stalled.columns[0]") in uses["shop.title"]
    assert Use("dashboard", "overview", at + "stalled.done.field") in uses["purchase.stage"]
    assert Use("dashboard", "overview", at + "stalled.when") in uses["purchase.bought_on"]
    assert Use("dashboard", "overview", at + "open.value") in uses["line.price"]
    assert Use("dashboard", "overview", at + "cal.field") in uses["purchase.due_at"]
    assert Use("dashboard", "overview", "for[0]") in uses["permission_set/boss"]


@pytest.mark.parametrize(
    ("widget", "problems"),
    [
        ({"type": "numbr"}, {"type": "unknown_name"}),
        ({"report": "by_trade"}, {"type": "required"}),
        ("by_trade", {"": "one_widget"}),
        ({"type": "number"}, {"": "one_source"}),
        ({"type": "number", "report": "by_trade", "object": "purchase"}, {"": "one_source"}),
        ({"type": "number", "report": "by_trad"}, {"report": "unknown_name"}),
        ({"type": "number", "report": "by_trade"}, {}),
        ({"type": "number", "report": "by_trade", "value": "worh"}, {"value": "unknown_name"}),
        ({"type": "number", "report": "by_trade", "value": "deep"}, {"value": "unknown_name"}),
        ({"type": "number", "report": "by_trade", "where": "true"}, {"where": "not_with"}),
        ({"type": "number", "report": "listed"}, {"report": "no_numbers"}),
        ({"type": "number", "report": "won", "value": "win_rate"}, {}),
        ({"type": "number", "object": "purchase"}, {"value": "required"}),
        ({"type": "number", "object": "purchase", "value": "SUM(totl)"}, {"value": "expression_invalid"}),
        ({"type": "number", "object": "purchase", "value": "total"}, {"value": "expression_invalid"}),
        ({**COUNTED, "period": "total"}, {"period.field": "not_a_date"}),
        ({**COUNTED, "owner": "shop"}, {"owner": "not_a_user"}),
        ({"type": "chart"}, {"report": "required"}),
        ({"type": "chart", "report": "listed"}, {"report": "no_numbers"}),
        ({"type": "chart", "report": "then", "chart": "pie"}, {"chart.type": "chart_does_not_fit"}),
        (
            {"type": "chart", "report": "by_trade", "chart": {"type": "bar", "values": ["deep"]}},
            {"chart.values[0]": "unknown_name"},
        ),
        ({"type": "leaderboard", "report": "then"}, {"report": "no_rows"}),
        ({"type": "leaderboard", "report": "by_trade", "value": "x"}, {"value": "unknown_name"}),
        ({"type": "number", "report": "stages", "value": "days"}, {}),
        ({"type": "number", "report": "steps", "value": "days"}, {"value": "unknown_name"}),
        ({"type": "number", "report": "then", "value": "amount"}, {}),
        ({"type": "list"}, {"": "one_source"}),
        ({"type": "list", "list_view": "purchase_stald"}, {"list_view": "unknown_name"}),
        ({**LISTED, "columns": ["shop.titl"]}, {"columns[0]": "unknown_name"}),
        ({**LISTED, "when": "total"}, {"when": "not_a_date"}),
        ({**LISTED, "when": "bought"}, {"when": "unknown_name"}),
        ({**LISTED, "sort": ["total"]}, {"sort": "not_with"}),
        ({**LISTED, "done": {"field": "total", "value": "x"}}, {"done.field": "not_a_picklist"}),
        ({**LISTED, "done": {"field": "stage", "value": "x"}}, {"done.value": "unknown_name"}),
        ({"type": "list", "object": "purchase", "where": "totl > 0"}, {"where": "expression_invalid"}),
        (
            {"type": "list", "object": "purchase", "done": {"field": "stage", "value": "x"}},
            {"done.value": "unknown_name"},
        ),
        ({"type": "calendar", "object": "purchase", "field": "total"}, {"field": "not_a_date"}),
        ({"type": "calendar", "object": "purchas", "field": "total"}, {"object": "unknown_name"}),
        ({"type": "announcement", "text": "Hear", "until": "2026-02-30"}, {"until": "no_such_day"}),
        ({"type": "announcement", "text": "Hear", "tone": "loud"}, {"tone": "unknown_name"}),
        ({"type": "text"}, {"text": "required"}),
        ({"type": "text", "text": "x", "limit": 5}, {"limit": "unknown_name"}),
    ],
)
def test_what_is_wrong_with_a_widget_is_told_at_its_place(widget: Any, problems: dict[str, str]) -> None:
    given = dict(widget) if isinstance(widget, dict) else widget
    assert codes(one=given) == {f"widgets.one.{path}".removesuffix("."): code for path, code in problems.items()}


def test_widgets_stand_inside_the_grid_and_beside_each_other() -> None:
    def placed(*places: list[Any]) -> dict[str, str]:
        return codes(**{f"w{at}": {"type": "text", "text": "x", "at": place} for at, place in enumerate(places)})

    assert placed([0, 0, 12, 1], [0, 1, 6, 5], [6, 1, 6, 5]) == {}
    assert placed([0, 0, 13, 1]) == placed([9, 0, 4, 1]) == {"widgets.w0.at": "outside"}
    assert placed([0, 0, 0, 1]) == placed([0, 0, 1, 0]) == {"widgets.w0.at": "no_place"}
    assert placed([0, 0, 6, 6], [5, 5, 1, 1]) == {"widgets.w1.at": "overlapping"}
    assert placed([0, 0, 6]) == {"widgets.w0.at": "too_few"}
    assert placed([0, 0, 6, "x"]) == {"widgets.w0.at[3]": "not_whole"}
    assert placed([-1, 0, 6, 1]) == {"widgets.w0.at[0]": "out_of_range"}


def test_what_is_wrong_with_the_dashboard_is_told() -> None:
    assert whole({}) == {}, "an empty one is the beginning of one"
    assert whole({"only": True}) == {"only": "needs_for"}
    assert whole({"for": ["bos"]}) == {"for[0]": "unknown_name"}
    assert whole({"view_as": "boss"}) == {"view_as": "bad_form"}
    assert whole({"filters": {"period": "this_yaer"}}) == {"filters.period": "unknown_name"}
    assert whole({"filters": {"compare": "x"}}) == {"filters.compare": "unknown_name"}
    many = {f"w{at}": {"type": "text", "text": "x", "at": [0, at, 1, 1]} for at in range(61)}
    assert whole({"widgets": many}) == {"widgets": "too_many"}


def test_one_body_is_compiled_over_a_given_model() -> None:
    model = compiled()
    assert dashboard_of(model, "overview", body("overview")) == model.dashboards["overview"]
    with pytest.raises(InvalidDocuments) as caught:
        dashboard_of(model, "mine", {"widgets": {"a": {"type": "chart", "report": "by_trad", "at": [0, 0, 3, 3]}}})
    assert [(problem.path, problem.hint) for problem in caught.value.problems] == [("widgets.a.report", "by_trade")]


def test_an_own_dashboard_may_show_own_reports() -> None:
    model, key = compiled(), "6f1c0c3e-9d5c-4e0e-8a55-0d8f8f1d6b1a"
    own = report_of(model, key, {"object": "purchase", "values": {"n": "COUNT()"}})
    given: Body = {"widgets": {"a": {"type": "number", "report": key, "value": "n", "at": [0, 0, 3, 3]}}}
    made = dashboard_of(model, "mine", given, {key: own})
    assert made.widgets[0].settings["report"] == key
    given["widgets"]["a"]["value"] = "m"
    with pytest.raises(InvalidDocuments):
        dashboard_of(model, "mine", given, {key: own})
    assert dashboard_of(model, "mine", given).widgets[0].settings["value"] == "m", "told when it is looked at"


def test_a_dashboard_of_a_release_shows_reports_of_the_release() -> None:
    assert codes(a={"type": "number", "report": "6f1c0c3e-9d5c-4e0e-8a55-0d8f8f1d6b1a"}) == {
        "widgets.a.report": "unknown_name"
    }


def test_a_home_is_a_dashboard_of_numbers_above_lists() -> None:
    app = compile_model(read_documents(f"{BESIDE}---{HOME}")).apps["buying"]
    made = home_dashboard(app)
    assert made is not None
    assert (made.name, made.label) == ("buying", Label("Buying", "采购"))
    assert [(w.name, w.type, w.place) for w in made.widgets] == [
        ("number_1", "number", Place(0, 0, 3, 3)),
        ("number_2", "number", Place(3, 0, 3, 3)),
        ("list_1", "list", Place(0, 3, 8, 6)),
        ("list_2", "list", Place(8, 3, 4, 8)),
        ("list_3", "list", Place(0, 9, 8, 8)),
    ]
    assert made.widgets[0].label == Label("Worth", "金额")
    assert made.widgets[0].settings == {
        "object": "purchase",
        "value": "SUM(total)",
        "format": "money",
        "where": 'stage = "open"',
    }
    assert made.widgets[2].settings == {
        "list_view": "purchase_stalled",
        "columns": ("total",),
        "limit": 4,
        "when": "bought_on",
        "done": ("stage", "done"),
    }


def test_a_home_as_a_dashboard_is_one_that_could_be_a_document() -> None:
    model = compile_model(read_documents(f"{BESIDE}---{HOME}"))
    made = home_dashboard(model.apps["buying"])
    assert made is not None
    widgets = {}
    for widget in made.widgets:
        said = {key: list(value) if isinstance(value, tuple) else value for key, value in widget.settings.items()}
        if "done" in said:
            said["done"] = dict(zip(("field", "value"), said["done"], strict=True))
        place = widget.place
        widgets[widget.name] = {"type": widget.type, "at": [place.x, place.y, place.width, place.height], **said}
    assert dashboard_of(model, "home", {"widgets": widgets}).widgets[0].settings == made.widgets[0].settings


def test_an_app_that_says_nothing_of_its_home_has_no_dashboard() -> None:
    app = compile_model(read_documents(f"{BESIDE}---{HOME}".partition("home:")[0])).apps["buying"]
    assert home_dashboard(app) is None


def test_dashboards_come_by_position_and_name() -> None:
    others = [Document("dashboard", name, {"position": at}) for name, at in (("b", 1), ("a", 1), ("c", 0))]
    model = compile_model([*read_documents(f"{BESIDE}---{REPORTS}"), *others])
    assert list(model.dashboards) == ["c", "a", "b"]
