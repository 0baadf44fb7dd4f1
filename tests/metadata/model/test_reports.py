"""Reports compiled: what each type says, short forms, where what they mention is used, one body over a given model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.folders import read_folder, write_folder
from dougong_metadata.label import Label
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.report_types import (
    ChartModel,
    CohortModel,
    CrossFilter,
    FunnelModel,
    FunnelStep,
    ReportGroup,
    ReportPeriod,
    ReportValue,
    TrendModel,
)
from dougong_metadata.model.types import Use
from support.reported import beside, body, compiled, text_of_all


def test_a_summary_says_everything_that_its_document_does() -> None:
    made = compiled().reports["by_trade"]
    assert (made.label.zh, made.object, made.type) == ("各行业采购", "purchase", "summary")
    assert made.folder == Label("Buying", "采购")
    assert made.description == Label("What was bought", "What was bought")
    assert made.where == 'stage = "done" and total > 0 and COUNT(lines, qty > 5) > 0'
    assert made.cross == (CrossFilter("receipts", "got_on > TODAY() - 90", True),)
    assert made.period == ReportPeriod("bought_on", "this_year")
    assert made.rows == (
        ReportGroup("shop.trade"),
        ReportGroup("bought_on", "month"),
        ReportGroup("twice", step="1000"),
        ReportGroup("shop", top=10, sort="-worth", label=Label("Best shops", "最佳店铺")),
    )
    assert made.values[1] == ReportValue(
        "worth", Label("Worth", "金额"), "SUM(total)", "money", 0, ("share", "running")
    )
    assert [(value.name, value.text, value.hidden) for value in made.values[3:]] == [
        ("rate", "paid / worth", False),
        ("deep", 'COUNT(stage = "done") / COUNT()', True),
        ("last", "MAX(bought_on)", False),
    ]
    assert (made.having, made.sort, made.limit) == (
        'worth > 0 and bought_on > "2026-01-01"',
        ("-worth", "shop.trade"),
        100,
    )
    assert (made.owner, made.compare, made.totals, made.position) == ("shop.keeper", "previous", False, 10)
    assert made.chart == ChartModel("column", ("worth", "paid"), True, "1000000.5", True)
    assert made.for_sets == {"boss"}


def test_each_type_has_what_is_its_own() -> None:
    made = compiled().reports
    assert made["listed"].fields == ("title", "shop.title", "total")
    assert made["listed"].labels == {"shop.title": Label("Where", "Where")}
    assert made["crossed"].rows == (ReportGroup("qty", edges=("0", "10.5", "100")),)
    assert [group.every for group in made["crossed"].columns] == ["weekday", "hour"]
    assert made["crossed"].chart == ChartModel("heat")
    assert made["stages"].funnel == FunnelModel((), "stage", "entered", ("open", "done"))
    assert made["steps"].funnel == FunnelModel(
        (
            FunnelStep("asked", Label("Asked", "Asked"), "total > 0"),
            FunnelStep("served", Label("Served", "已服务"), "COUNT(lines) > 0"),
        )
    )
    assert made["back_again"].cohort == CohortModel("created_at", "purchases.bought_on", "month", 'stage = "done"', 6)
    assert made["then"].trend == TrendModel("stage", "week", "total")
    assert made["won"].values == ()


def test_values_may_ask_for_the_period_where_there_is_one() -> None:
    values = {"n": "COUNT(IN_PERIOD(bought_on))", "lines": "SUM(receipts.amount, in_period(got_on)) / n"}
    given = {"object": "purchase", "period": {"range": "this_year"}, "values": values, "compare": "year_ago"}
    made = report_of(compiled(), "r", given)
    assert made.period == ReportPeriod(None, "this_year")
    assert report_of(compiled(), "r", {**given, "period": "bought_on"}).period == ReportPeriod("bought_on", "all")


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"period": None}, "values.n", "that have a `period`"),
        ({"where": "IN_PERIOD(bought_on)"}, "where", "only values of summaries"),
        ({"cross": [{"of": "receipts", "where": "IN_PERIOD(got_on)"}]}, "cross[0].where", "only values of summaries"),
        ({"having": "n > 0 and IN_PERIOD(MAX(1))"}, "having", ""),
        ({"values": {"n": "COUNT(IN_PERIOD(total))"}}, "values.n", "takes a date, or a date and time"),
        ({"values": {"n": "COUNT(bought_on)"}}, "period.field", "COUNT(IN_PERIOD(…))"),
        ({"period": {}, "values": {"n": "COUNT()"}}, "period.field", "“field” is needed"),
        ({"type": "funnel", "funnel": {"field": "stage"}}, "values.n", "only values of summaries"),
    ],
)
def test_elsewhere_nothing_asks_for_it(changed: dict[str, Any], place: str, words: str) -> None:
    given = {"object": "purchase", "period": {"range": "all"}, "values": {"n": "COUNT(IN_PERIOD(bought_on))"}} | changed
    with pytest.raises(InvalidDocuments) as caught:
        report_of(compiled(), "r", {key: value for key, value in given.items() if value is not None})
    found = {problem.path: problem.en for problem in caught.value.problems}
    assert words in found[place]


def test_a_report_over_people_is_about_themselves() -> None:
    given = {"object": "user", "rows": ["id"], "values": {"n": "COUNT(owned_purchase)"}}
    assert report_of(compiled(), "r", given).owner == "id"
    assert report_of(compiled(), "r", {**given, "owner": "manager"}).owner == "manager"
    with pytest.raises(InvalidDocuments):
        report_of(compiled(), "r", {"object": "purchase", "values": {"n": "COUNT()"}, "owner": "id"})


def test_dates_that_say_nothing_are_grouped_by_day() -> None:
    given = {"object": "purchase", "rows": ["bought_on", "due_at"], "values": {"n": "COUNT()"}}
    assert [g.every for g in compile_model([*beside(), Document("report", "r", given)]).reports["r"].rows] == [
        "day"
    ] * 2


def test_reports_come_by_position_and_name() -> None:
    assert list(compiled().reports) == [
        *("back_again", "crossed", "listed", "stages", "steps", "then", "won"),
        "by_trade",
    ]


def test_what_a_report_mentions_knows_of_it() -> None:
    uses = compiled().uses

    def places(what: str) -> set[str]:
        return {use.path for use in uses.get(what, ()) if (use.kind, use.name) == ("report", "by_trade")}

    assert places("purchase") == {"object"}
    assert places("purchase.bought_on") == {"period.field", "rows[1].by", "values.last"}
    assert places("shop.trade") == {"rows[0].by"}
    assert places("shop.keeper") == {"owner"}
    assert places("purchase.total") == {"where", "values.worth.value"}
    assert places("purchase.stage") == {"where", "values.deep.value"}
    assert places("line.qty") == {"where"}
    assert places("receipt.amount") == {"values.paid"}
    assert places("receipt.purchase") == {"cross[0].of", "values.paid"}
    assert places("receipt.got_on") == {"cross[0].where"}
    assert places("permission_set/boss") == {"for[0]"}
    assert Use("report", "back_again", "cohort.event") in uses["purchase.bought_on"]
    assert Use("report", "then", "trend.amount") in uses["purchase.total"]


def test_reports_come_back_from_files_as_they_were(tmp_path: Path) -> None:
    given = read_documents(text_of_all())
    write_folder(tmp_path, given)
    assert (tmp_path / "reports" / "by_trade.yaml").exists()
    assert (tmp_path / "dashboards" / "overview.yaml").exists()
    back = read_folder(tmp_path)
    assert {one.key: one.text for one in back} == {one.key: one.text for one in given}
    assert compile_model(back).hash == compiled().hash


def test_one_body_is_compiled_over_a_given_model() -> None:
    model = compiled()
    for name in model.reports:
        assert report_of(model, name, body(name)) == model.reports[name]
    key = "6f1c0c3e-9d5c-4e0e-8a55-0d8f8f1d6b1a"
    assert report_of(model, key, body("won")).name == key


def test_one_body_that_is_wrong_tells_everything_that_is() -> None:
    given = body("by_trade") | {"where": "totl > 0", "rows": ["shop.trad"], "values": {"n": "COUNT("}}
    with pytest.raises(InvalidDocuments) as caught:
        report_of(compiled(), "mine", given)
    assert {"where", "rows[0].by", "values.n"} <= {problem.path for problem in caught.value.problems}


def test_a_report_of_a_model_is_no_use_of_it() -> None:
    model = compiled()
    before = model.uses
    report_of(model, "mine", body("by_trade"))
    assert model.uses is before
    assert "mine" not in model.reports


def test_filters_may_ask_how_records_were() -> None:
    given = {"object": "purchase", "where": 'STOOD(stage, "open", TODAY() - 30)', "values": {"n": "COUNT()"}}
    made = compile_model([*beside(), Document("report", "r", given)])
    assert made.reports["r"].where == given["where"]


MATRIX = {
    "object": "purchase",
    "type": "matrix",
    "rows": ["shop"],
    "columns": ["stage"],
    "values": {"n": {"value": "COUNT()", "show": ["share"]}, "worth": "SUM(total)"},
    "period": {"field": "bought_on", "range": "this_year"},
    "compare": "previous",
}


@pytest.mark.parametrize(
    "key", ["-n@change", "n@before", "-n@share", '-n@["done"]', 'worth@change@["done"]', "n@[null]", "-n", "shop"]
)
def test_rows_are_sorted_by_what_stands_beside_a_value_and_by_one_column(key: str) -> None:
    assert report_of(compiled(), "one", {**MATRIX, "sort": [key]}).sort == (key,)


@pytest.mark.parametrize(
    ("key", "more", "code"),
    [
        ("-worth@share", {}, "needs_share"),
        ("-n@change", {"compare": None}, "needs_comparison"),
        ("-n@running", {}, "bad_form"),
        ('-n@["done", "x"]', {}, "no_column"),
        ("-n@[", {}, "bad_form"),
        ("-n@[x]", {}, "no_column"),
        ("-nn@change", {}, "unknown_name"),
        ("-shop@change", {}, "unknown_name"),
        ('-n@["x"]', {"type": "summary", "columns": None}, "no_column"),
    ],
)
def test_orders_that_no_row_can_stand_in_are_refused(key: str, more: dict[str, Any], code: str) -> None:
    given = {name: value for name, value in {**MATRIX, **more}.items() if value is not None}
    with pytest.raises(InvalidDocuments) as wrong:
        report_of(compiled(), "one", {**given, "sort": [key]})
    assert [(one.path, one.code) for one in wrong.value.problems] == [("sort[0]", code)]
