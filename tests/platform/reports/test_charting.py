"""An answer becomes chart data: places, lines of numbers over them, what is summed up, and which chart fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ChartModel, FunnelModel, ReportModel, ReportValue
from dougong_platform.reports.answer import OTHER, Answer, GroupHead, Head, Row, ValueHead
from dougong_platform.reports.charts.data import chart_data, suggestions, usual

TOTAL = ReportValue("total", Label("Spent", "支出"), "SUM(price)")
MEAN = ReportValue("mean", Label("Mean", "平均"), "AVG(price)")
COUNT = ReportValue("n", Label("Books", "册数"), "COUNT()")
REPORT = ReportModel("spent", Label("Spent by hall", "各馆支出"), "book", values=(TOTAL, MEAN, COUNT))
HALL = GroupHead("hall", "Hall", "text")
MONTH = GroupHead("bought", "Month", "date", "month")
KIND = GroupHead("kind", "Kind", "picklist")
MONEY = ValueHead("total", "Spent", "money")
PLAIN = ValueHead("n", "Books", "number")


def rows(*cells: tuple[str, Any]) -> tuple[Row, ...]:
    return tuple(Row((label.lower(),), (label,), (number,)) for label, number in cells)


def answer(*cells: tuple[str, Any], by: GroupHead = HALL, value: ValueHead = MONEY, **more: Any) -> Answer:
    return Answer((by,), (), (value,), rows(*cells), **more)


def drawn(
    given: Answer, kind: str = "bar", report: ReportModel = REPORT, locale: str = "en", **more: Any
) -> dict[str, Any]:
    found = chart_data(report, given, locale, "CNY", "/reports/spent/records", ChartModel(kind, **more))
    assert found is not None
    return found


def test_each_row_is_a_place_with_its_keys_and_its_number_in_words() -> None:
    data = drawn(answer(("East", "3254000.50"), ("South", "12.50")))
    assert data["categories"] == [{"label": "East", "keys": ["east"]}, {"label": "South", "keys": ["south"]}]
    [line] = data["series"]
    assert line["data"] == [3254000.5, 12.5]
    assert line["texts"] == ["¥3.25m", "¥13"]
    assert line["full"] == ["¥3,254,000.50", "¥12.50"]
    assert (line["value"], line["keys"], line["row_keys"], line["open"]) == ("total", [], [], True)


def test_a_chinese_reader_has_units_of_ten_thousand() -> None:
    data = drawn(answer(("东馆", "3254000")), locale="zh")
    assert data["series"][0]["texts"] == ["¥325.4 万"]
    assert data["title"] == "各馆支出"
    assert data["sentence"] == "条形图：各馆支出。¥3,254,000。"


def test_the_sentence_says_how_many_and_from_where_to_where() -> None:
    data = drawn(answer(("East", "30"), ("South", "10"), ("North", "20")))
    assert data["sentence"] == "Bar chart: Spent by hall. 3 values, the highest East (¥30), the lowest South (¥10)."


def test_blanks_stay_blank_and_a_group_without_a_name_is_called_blank() -> None:
    data = drawn(Answer((HALL,), (), (MONEY,), (Row((None,), ("",), (None,)), Row(("a",), ("A",), ("1",)))))
    assert data["categories"][0] == {"label": "(blank)", "keys": [None]}
    assert data["series"][0]["data"] == [None, 1.0]


def test_columns_are_lines_and_every_point_knows_both_its_keys() -> None:
    cells = (
        Row(("east",), ("East",), ("30",), (("10",), ("20",))),
        Row(("south",), ("South",), ("5",), ((None,), ("5",))),
    )
    matrix = Answer(
        (HALL,), (KIND,), (MONEY,), cells, (Head(("novel",), ("Novels",)), Head(("science",), ("Science",)))
    )
    data = drawn(matrix, "column", stacked=True)
    assert [(s["name"], s["keys"], s["data"]) for s in data["series"]] == [
        ("Novels", ["novel"], [10.0, None]),
        ("Science", ["science"], [20.0, 5.0]),
    ]
    assert data["stacked"]


def test_two_groups_of_rows_are_places_and_lines() -> None:
    leaves = (
        Row(("east",), ("East",), ("30",)),  # a subtotal
        Row(("east", "novel"), ("East", "Novels"), ("10",)),
        Row(("east", "science"), ("East", "Science"), ("20",)),
        Row(("south", "novel"), ("South", "Novels"), ("5",)),
    )
    data = drawn(Answer((HALL, KIND), (), (MONEY,), leaves), "column")
    assert [c["keys"] for c in data["categories"]] == [["east"], ["south"]]
    assert [(s["name"], s["row_keys"], s["data"]) for s in data["series"]] == [
        ("Novels", ["novel"], [10.0, 5.0]),
        ("Science", ["science"], [20.0, None]),
    ]


def test_a_ring_of_a_matrix_takes_what_rows_are_over_all_columns() -> None:
    cells = (
        Row(("east",), ("East",), ("30",), (("10",), ("20",))),
        Row(("south",), ("South",), ("5",), ((None,), ("5",))),
    )
    matrix = Answer((HALL,), (KIND,), (MONEY,), cells, (Head(("a",), ("A",)), Head(("b",), ("B",))))
    assert drawn(matrix, "pie")["series"][0]["data"] == [30.0, 5.0]


def test_columns_without_rows_lie_along_the_axis() -> None:
    whole = Answer(
        (), (KIND,), (MONEY,), (), (Head(("a",), ("A",)), Head(("b",), ("B",))), Row((), (), ("3",), (("1",), ("2",)))
    )
    data = drawn(whole, "column")
    assert data["categories"] == [
        {"label": "A", "keys": [], "column": ["a"]},
        {"label": "B", "keys": [], "column": ["b"]},
    ]
    assert data["series"][0]["data"] == [1.0, 2.0]


def test_the_earlier_period_is_drawn_beside_and_leads_to_its_own_records() -> None:
    heads = (MONEY, ValueHead("total@before", "Spent, last year", "money", "before", "total"))
    data = drawn(Answer((MONTH,), (), heads, (Row(("2026-01-01",), ("Jan",), ("10", "8")),)), "column")
    now, before = data["series"]
    assert [(s["before"], s["value"], s["of"]) for s in (now, before)] == [
        (False, "total", "total"),
        (True, "total@before", "total"),
    ]
    assert data["before"]


def test_of_cohorts_the_share_that_is_left_is_drawn() -> None:
    heads = (PLAIN, ValueHead("n@share", "Share", "percent", "share", "n"))
    row = Row(("2026-01",), ("Jan 2026",), (9, "0.9"), ((9, "0.9"), (None, None)))
    cohort = Answer((MONTH,), (KIND,), heads, (row,), (Head((0,), ("0",)), Head((1,), ("1",))))
    data = drawn(cohort, "heat", replace(REPORT, type="cohort"))
    assert [(s["value"], s["texts"]) for s in data["series"]] == [("n@share", ["90%"]), ("n@share", [""])]
    assert drawn(cohort, "heat", replace(REPORT, type="cohort"), values=("n",))["series"][0]["texts"] == ["9"]


def funnel_with(*heads: ValueHead, cells: tuple[tuple[Any, ...], ...]) -> Any:
    found = tuple(Row((at,), (f"Stage {at}",), cell) for at, cell in enumerate(cells))
    return drawn(Answer((HALL,), (), (PLAIN, *heads), found), "funnel")["steps"]


def test_a_funnel_says_what_the_answer_says_of_its_steps() -> None:
    rate = ValueHead("rate", "From the step before", "percent", "rate", "n")
    assert funnel_with(rate, cells=((100, None), (35, "0.35"))) == ["", "35%"]
    share = ValueHead("n@share", "Share", "percent", "share", "n")
    assert funnel_with(share, cells=((60, "0.6"), (40, "0.4"))) == ["60%", "40%"]
    went = ValueHead("went_on", "Went on", "number")
    assert funnel_with(went, rate, cells=((100, 30, "0.3"), (50, 10, "0.2"))) == ["", "30%"]
    assert funnel_with(cells=((100,), (35,))) is None


def test_beyond_sixty_places_the_smallest_are_summed_up_where_they_may() -> None:
    many = [(f"Hall {n}", str(n)) for n in range(100)]
    data = drawn(answer(*many))
    assert len(data["categories"]) == 60
    assert data["categories"][-1] == {"label": "Other", "keys": None, "other": True}
    assert data["categories"][0]["label"] == "Hall 41"  # the largest, in the order they came
    assert data["series"][0]["data"][-1] == sum(range(41))
    assert data["notes"] == ["The 59 largest of 100 are drawn; all others are summed up as “Other”."]


def test_what_the_answer_left_out_is_in_the_sum_of_the_others() -> None:
    many = [(f"Hall {n}", str(n)) for n in range(100)]
    data = drawn(answer(*many, capped=True, total=Row((), (), ("10000",))))
    assert sum(data["series"][0]["data"]) == 10000


def test_means_are_never_summed_up_and_the_reader_is_told() -> None:
    many = [(f"Hall {n}", str(n)) for n in range(100)]
    data = drawn(answer(*many, value=ValueHead("mean", "Mean", "money")))
    assert len(data["categories"]) == 60
    assert "Other" not in {c["label"] for c in data["categories"]}
    assert data["notes"] == ["Only the 60 largest of 100 are drawn."]


def test_a_quotient_of_sums_is_no_sum() -> None:
    report = replace(REPORT, values=(replace(TOTAL, text="SUM(price) / SUM(pages)"),))
    many = [(f"Hall {n}", str(n)) for n in range(100)]
    assert drawn(answer(*many), report=report)["notes"] == ["Only the 60 largest of 100 are drawn."]


def test_a_sum_with_a_condition_that_has_brackets_in_a_text_is_a_sum() -> None:
    report = replace(REPORT, values=(replace(TOTAL, text='SUM(price, shelf = "(lower") '),))
    many = [(f"Hall {n}", str(n)) for n in range(100)]
    assert "summed up" in drawn(answer(*many), report=report)["notes"][0]


def test_of_many_dates_the_last_are_kept_and_a_line_may_have_a_year_of_days() -> None:
    days = [(str(date(2025, 1, 1) + timedelta(n)), str(n)) for n in range(450)]
    by_day = replace(MONTH, span="day")
    assert len(drawn(answer(*days, by=by_day), "line")["categories"]) == 400
    columns = drawn(answer(*days, by=by_day), "column")
    assert [c["label"] for c in columns["categories"]] == [day for day, _ in days[390:]]
    assert columns["notes"] == ["Only the last 60 of 450 are drawn."]


def test_beyond_twelve_lines_the_smallest_are_one() -> None:
    heads = tuple(Head((n,), (f"Kind {n}",)) for n in range(20))
    row = Row(("east",), ("East",), ("190",), tuple((str(n),) for n in range(20)))
    data = drawn(Answer((HALL,), (KIND,), (MONEY,), (row,), heads), "column")
    assert len(data["series"]) == 12
    assert (data["series"][-1]["name"], data["series"][-1]["data"], data["series"][-1]["open"]) == (
        "Other",
        [36.0],
        False,
    )


def test_a_heat_map_has_more_columns_than_a_chart_has_lines() -> None:
    heads = tuple(Head((n,), (str(n),)) for n in range(24))
    row = Row((1,), ("Mon",), ("24",), tuple((1,) for _ in range(24)))
    assert len(drawn(Answer((HALL,), (KIND,), (PLAIN,), (row,), heads), "heat")["series"]) == 24


def test_the_others_of_a_top_ten_keep_their_key_and_lead_to_their_records() -> None:
    data = drawn(Answer((HALL,), (), (MONEY,), (Row(("a",), ("A",), ("9",)), Row((OTHER,), ("Other",), ("3",)))))
    assert data["categories"][1] == {"label": "Other", "keys": [OTHER], "other": True}


def test_others_of_whom_nothing_is_drawn_are_no_place() -> None:
    """They stand in the answer because the period before had some."""
    others = Row((OTHER,), ("Other",), ("0",))
    data = drawn(Answer((HALL,), (), (MONEY,), (*rows(("East", "0"), ("South", "3")), others)))
    assert [one["label"] for one in data["categories"]] == ["East", "South"]


def test_a_ring_has_no_slices_of_nothing_and_says_what_it_cannot_draw() -> None:
    data = drawn(answer(("East", "10"), ("South", "-3"), ("North", "0")), "pie")
    assert [c["label"] for c in data["categories"]] == ["East"]
    assert data["notes"] == ["Values below zero are not drawn."]
    assert drawn(answer(("East", "10"), ("North", "0")), "pie")["notes"] == []


def test_a_ring_has_eight_slices_at_most() -> None:
    data = drawn(answer(*((f"Hall {n}", str(n)) for n in range(12))), "pie")
    assert [c["label"] for c in data["categories"]] == [*(f"Hall {n}" for n in range(5, 12)), "Other"]
    assert data["series"][0]["data"][-1] == 10


def test_a_ring_says_the_whole_only_of_what_may_be_added_up() -> None:
    whole = Row((), (), ("40",))
    assert drawn(answer(("East", "10"), ("South", "30"), total=whole), "pie")["whole"] == "¥40"
    mean = answer(("East", "10"), ("South", "30"), total=whole, value=ValueHead("mean", "Mean", "money"))
    assert drawn(mean, "pie")["whole"] is None


def test_provinces_are_known_by_any_name_and_what_is_none_is_named() -> None:
    data = drawn(answer(("广东省", "1"), ("Inner Mongolia", "2"), ("新疆维吾尔自治区", "3"), ("Paris", "4")), "map")
    assert [c["place"] for c in data["categories"]] == ["广东", "内蒙古", "新疆", None]
    assert data["notes"] == ["Not on the map: Paris."]


def change(value: ValueHead, now: str, before: str, locale: str = "en") -> Any:
    heads = (value, ValueHead("b", "before", value.format, "before", value.name))
    data = drawn(Answer((), (), heads, (), total=Row((), (), (now, before))), "number", locale=locale)
    return data["number"]["change"]


def test_a_number_says_how_it_changed_and_whether_that_is_good() -> None:
    assert change(MONEY, "118", "100") == {"text": "18%", "way": "up", "good": True}
    assert change(replace(MONEY, good="down"), "118", "100") == {"text": "18%", "way": "up", "good": False}
    assert change(replace(MONEY, good="none"), "90", "100") == {"text": "10%", "way": "down", "good": None}
    assert change(MONEY, "100", "100") == {"text": "0%", "way": "same", "good": None}
    assert change(MONEY, "100", "0") is None


def test_percents_change_by_points_and_days_by_days() -> None:
    assert change(ValueHead("rate", "Rate", "percent"), "0.315", "0.291") == {
        "text": "2.4 points",
        "way": "up",
        "good": True,
    }
    days = ValueHead("mean", "Days", "days", good="down")
    assert change(days, "47", "53", "zh") == {"text": "6 天", "way": "down", "good": True}


def test_a_number_without_groups_is_the_answers_only_row_too() -> None:
    data = drawn(Answer((), (), (MONEY,), (Row((), (), ("7",)),)), "number")
    assert data["number"]["full"] == "¥7"
    assert data["sentence"] == "Number: Spent by hall. ¥7."


def test_currencies_come_from_the_value_before_the_company() -> None:
    assert drawn(answer(("East", "7"), value=replace(MONEY, currency="USD")))["series"][0]["full"] == ["$7"]


def test_nothing_can_be_drawn_without_numbers() -> None:
    texts = Answer((HALL,), (), (ValueHead("first", "First", "date"),), rows(("East", "2026-01-01")))
    assert chart_data(REPORT, texts, "en", "CNY", chart=ChartModel("bar")) is None
    assert chart_data(REPORT, Answer((HALL,), (), (MONEY,), ()), "en", "CNY", chart=ChartModel("bar")) is None
    assert chart_data(REPORT, answer(("East", "1")), "en", "CNY", chart=ChartModel("scatter")) is None


def test_the_documents_chart_is_drawn_unless_another_is_asked_for() -> None:
    report = replace(REPORT, chart=ChartModel("line", target="9000000"))
    data = chart_data(report, answer(("East", "1")), "en", "CNY")
    assert data is not None
    assert (data["type"], data["target"], data["target_text"]) == ("line", 9000000.0, "¥9m")
    other = chart_data(report, answer(("East", "1")), "en", "CNY", chart=ChartModel("pie"))
    assert other is not None
    assert (other["type"], other["target"]) == ("pie", None)


def test_the_chart_that_fits_best_is_offered_first() -> None:
    assert suggestions(REPORT, answer(("Jan", "1"), ("Feb", "2"), by=MONTH))[:3] == ["line", "area", "column"]
    assert {"bar", "pie", "column"} <= set(suggestions(REPORT, answer(("East", "1"), ("South", "2"))))
    assert suggestions(REPORT, Answer((), (), (MONEY,), (), total=Row((), (), ("1",)))) == ["number", "gauge"]
    matrix = Answer((MONTH,), (KIND,), (MONEY,), rows(("Jan", "1")), (Head(("a",), ("A",)),))
    assert {"column", "heat"} <= set(suggestions(REPORT, matrix))
    across = Answer((KIND,), (MONTH,), (MONEY,), rows(("A", "1")), (Head(("2026-01-01",), ("Jan",)),))
    assert suggestions(REPORT, across)[0] == "heat"
    assert suggestions(replace(REPORT, type="funnel", funnel=FunnelModel()), answer(("Asked", "9")))[0] == "funnel"
    assert suggestions(replace(REPORT, type="cohort"), answer(("2026-01", "9")))[0] == "heat"
    assert suggestions(REPORT, answer(("广东", "1"), ("江苏", "2"), ("浙江", "3")))[0] == "map"
    both = Answer((HALL,), (), (PLAIN, MONEY), (Row(("a",), ("A",), (1, "2")),))
    assert "scatter" in suggestions(REPORT, both)
    assert suggestions(replace(REPORT, type="list"), answer(("East", "1"))) == []


@pytest.mark.parametrize("kind", ["column", "line", "area"])
def test_time_runs_from_left_to_right_whatever_rows_are_sorted_by(kind: str) -> None:
    days = ("2026-03-01", None, "2026-01-01", OTHER, "2026-02-01")
    sorted_otherwise = tuple(Row((day,), (day or "",), ("1",)) for day in days)
    data = chart_data(REPORT, Answer((MONTH,), (), (MONEY,), sorted_otherwise), "en", "CNY", chart=ChartModel(kind))
    assert data is not None
    assert [place["keys"] for place in data["categories"]][:3] == [["2026-01-01"], ["2026-02-01"], ["2026-03-01"]]


def test_a_ring_is_not_offered_where_a_number_is_below_zero() -> None:
    assert "pie" not in suggestions(REPORT, answer(("East", "1"), ("South", "-2")))


def test_two_groups_are_stacked_where_nobody_says_otherwise() -> None:
    matrix = Answer((MONTH,), (KIND,), (MONEY,), rows(("Jan", "1")), (Head(("a",), ("A",)),))
    assert usual(REPORT, matrix) == ChartModel("column", stacked=True)
    assert usual(REPORT, answer(("East", "1"), ("South", "2"))) == ChartModel("bar")
    assert usual(replace(REPORT, type="list"), answer(("East", "1"))) is None


@given(
    st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=150),
    st.sampled_from(["bar", "column", "line", "area", "heat", "funnel", "map", "gauge"]),
)
def test_sums_are_never_lost_whatever_is_drawn(numbers: list[Decimal], kind: str) -> None:
    data = drawn(answer(*((f"Hall {at}", str(number)) for at, number in enumerate(numbers))), kind)
    assert abs(sum(data["series"][0]["data"]) - float(sum(numbers))) < 0.01
    for line in data["series"]:
        assert len(line["data"]) == len(line["texts"]) == len(line["full"]) == len(data["categories"])
