"""The table of an answer: heads over several levels, subtotals before what they sum up, every number with its
records."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from answers_by_hand import CHANGE, LATE, cohort, matrix, summary
from dougong_metadata.report_order import SortKey
from dougong_platform.reports.answer import Answer, GroupHead, Head, Row, ValueHead
from dougong_ui_builder.screens.reports.figures import change
from dougong_ui_builder.screens.reports.grid import Grid, Links, grid_of
from pace import growth

pytestmark = pytest.mark.usefixtures("english")
ORDER = (SortKey("price", descending=True),)
LINKS = Links("/reports/x/records?period=this_year", lambda key: f"/reports/x?sort={key or ''}", ORDER, chosen=True)


def heads(grid: Grid) -> list[list[tuple[str, int, int]]]:
    return [[(cell.label, cell.columns, cell.rows) for cell in row] for row in grid.heads]


def lines(html: str) -> list[list[str]]:
    """The texts of the cells, row by row."""
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", html)
    ]


def points(html: str) -> list[tuple[object, object, str]]:
    """(row keys, column keys, value) of every link to records."""
    found = []
    for address in re.findall(r'href="(/reports/x/records[^"]*)" data-drawer', html):
        query = {name: values[0] for name, values in parse_qs(urlsplit(unescape(address)).query).items()}
        assert query.pop("period") == "this_year"
        row, column = (json.loads(query.get(name, "[]")) for name in ("row", "column"))
        found.append((row, column, query["value"]))
    return found


def test_subtotals_stand_above_what_they_sum_up() -> None:
    grid = grid_of(summary(), LINKS)
    assert lines(grid.body) == [
        ["East", "4", "¥1,501", "¥1,000", "up 50.1%"],
        ["Upper <shelf>", "3", "¥1,200", "¥1,000", "up 20.0%"],
        ["(blank)", "1", "¥301", "–", "–"],
        ["West", "2", "¥80", "¥100", "down 20.0%"],
        ["Other", "2", "¥80", "¥100", "down 20.0%"],
    ]
    assert lines(grid.foot) == [["Total", "6", "¥1,581", "¥1,100", "up 43.7%"]]
    assert 'data-depth="1"' in grid.body
    assert "Upper &lt;shelf&gt;" in grid.body


def test_the_heads_of_a_summary_say_what_each_column_is_and_sort_by_it() -> None:
    (row,) = grid_of(summary(), LINKS).heads
    assert [(cell.label, cell.note) for cell in row] == [
        ("Room › Shelf", ""),
        ("Books", ""),
        ("Price", ""),
        ("Price", "earlier period"),
        ("Price", "change"),
    ]
    assert [cell.sort for cell in row] == [
        "/reports/x?sort=",
        "/reports/x?sort=-n",
        "/reports/x?sort=price",
        "/reports/x?sort=-price@before",
        "/reports/x?sort=-price@change",
    ]
    assert [cell.sorted for cell in row] == [None, None, "desc", None, None]
    links = replace(LINKS, sorted=(SortKey("price", True, None, "change"),))
    (row,) = grid_of(summary(), links).heads
    assert [cell.sorted for cell in row] == [None, None, None, None, "desc"]
    assert row[-1].sort == "/reports/x?sort=price@change"


def test_every_number_leads_to_its_records() -> None:
    grid = grid_of(summary(), LINKS)
    shelf = "00000000-0000-0000-0000-000000000001"
    assert points(grid.body)[:6] == [
        (["East"], [], "n"),
        (["East"], [], "price"),
        (["East"], [], "price_before"),
        (["East", shelf], [], "n"),
        (["East", shelf], [], "price"),
        (["East", shelf], [], "price_before"),
    ]
    assert points(grid.foot) == [([], [], "n"), ([], [], "price"), ([], [], "price_before")]
    assert f'href="/o/shelf/{shelf}"' in grid.body


def test_without_an_address_nothing_is_a_link() -> None:
    grid = grid_of(summary())
    assert "<a " not in grid.body + grid.foot
    assert all(cell.sort is None for row in grid.heads for cell in row)


def test_columns_over_two_levels_stand_under_merged_heads() -> None:
    grid = grid_of(matrix(), LINKS)
    assert heads(grid) == [
        [("Room", 1, 3), ("2025", 2, 1), ("2025, total", 2, 2), ("2026", 4, 1), ("2026, total", 2, 2), ("Total", 2, 2)],
        [("Q4", 2, 1), ("Q1", 2, 1), ("Q2", 2, 1)],
        [("Books", 1, 1), ("Price", 1, 1)] * 6,
    ]
    assert lines(grid.body)[0] == ["East", "1", "¥10", "1", "¥10", "2", "¥20", "–", "–", "2", "¥20", "3", "¥30"]
    assert points(grid.body)[:3] == [
        (["East"], ["2025-01-01", "2025-10-01"], "n"),
        (["East"], ["2025-01-01", "2025-10-01"], "price"),
        (["East"], ["2025-01-01"], "n"),
    ]
    assert points(grid.body)[8] == (["East"], [], "n")
    assert grid.columns == 13


def test_a_matrix_of_one_number_needs_no_line_that_says_which() -> None:
    answer = matrix()
    one = [replace(row, all=row.all[:1], cells=tuple(cell[:1] for cell in row.cells)) for row in answer.rows]
    grid = grid_of(replace(answer, values=answer.values[:1], rows=tuple(one), total=None), LINKS)
    assert heads(grid) == [
        [("Room", 1, 2), ("2025", 1, 1), ("2025, total", 1, 2), ("2026", 2, 1), ("2026, total", 1, 2), ("Total", 1, 2)],
        [("Q4", 1, 1), ("Q1", 1, 1), ("Q2", 1, 1)],
    ]


def test_every_column_of_a_matrix_sorts_and_the_total_too() -> None:
    column = ("2026-01-01", "2026-04-01")
    links = replace(LINKS, sorted=(SortKey("price", True, column), SortKey("n")))
    cells = grid_of(matrix(), links).heads[2]
    assert cells[0].sort == '/reports/x?sort=-n@["2025-01-01","2025-10-01"]'
    assert cells[7].sort == '/reports/x?sort=price@["2026-01-01","2026-04-01"]'
    assert [at for at, cell in enumerate(cells) if cell.sorted] == [7]
    assert cells[-1].sort == "/reports/x?sort=-price"
    above = [cell for row in grid_of(matrix(), links).heads[:2] for cell in row]
    assert [cell.sort for cell in above] == ["/reports/x?sort=room", *[None] * (len(above) - 1)]


def test_a_column_of_one_number_sorts_by_its_own_head() -> None:
    answer = matrix()
    one = [replace(row, all=row.all[:1], cells=tuple(cell[:1] for cell in row.cells)) for row in answer.rows]
    grid = grid_of(replace(answer, values=answer.values[:1], rows=tuple(one), total=None), LINKS)
    assert [cell.sort for cell in grid.heads[1]] == [
        f'/reports/x?sort=-n@["{year}-01-01","{day}"]'
        for year, day in ((2025, "2025-10-01"), (2026, "2026-01-01"), (2026, "2026-04-01"))
    ]


def test_the_names_of_rows_sort_up_then_down_then_as_the_report_says() -> None:
    found = [
        grid_of(matrix(), replace(LINKS, sorted=keys)).heads[0][0]
        for keys in ((), (SortKey("room"),), (SortKey("room", True),))
    ]
    assert [cell.sort for cell in found] == ["/reports/x?sort=room", "/reports/x?sort=-room", "/reports/x?sort="]
    assert [cell.sorted for cell in found] == [None, "asc", "desc"]


def test_groups_without_subtotals_have_a_column_each_and_say_a_name_once() -> None:
    answer = summary()
    leaves = tuple(row for row in answer.rows if len(row.keys) == 2)
    grid = grid_of(replace(answer, rows=leaves))
    assert heads(grid)[0][:2] == [("Room", 1, 1), ("Shelf", 1, 1)]
    assert [row[:2] for row in lines(grid.body)] == [["East", "Upper <shelf>"], ["East", "(blank)"], ["West", "Other"]]
    assert grid.body.count('<span class="dg-sr">East</span>') == 1
    assert 'colspan="2">Total' in grid.foot


def test_a_report_without_groups_is_one_line() -> None:
    answer = Answer((), (), summary().values, (), total=summary().total)
    grid = grid_of(answer, LINKS)
    assert lines(grid.body) == [["All records", "6", "¥1,581", "¥1,100", "up 43.7%"]]
    assert not grid.foot


def test_fractions_of_a_cohort_are_shaded() -> None:
    grid = grid_of(cohort(), LINKS, heat=True, once=("size",))
    assert re.findall(r'style="--dg-heat: (\d+)%"', grid.body) == ["100", "50", "25", "100", "100", "0", "100"]
    assert lines(grid.body)[1] == ["2026-02", "7", "100%", "0%", "–", "100%"]
    assert heads(grid) == [
        [("Bought", 1, 2), ("Born", 1, 2), ("Months later", 3, 1), ("Total", 1, 2)],
        [("at 0", 1, 1), ("at 1", 1, 1), ("at 2", 1, 1)],
    ]


def test_a_change_is_good_or_bad_by_its_meaning_not_by_its_direction() -> None:
    assert ("dg-ok" in change(CHANGE, "0.1"), "dg-bad" in change(CHANGE, "-0.1")) == (True, True)
    assert ("dg-bad" in change(LATE, "0.1"), "dg-ok" in change(LATE, "-0.1")) == (True, True)
    assert "unchanged" in change(CHANGE, "0")


def test_all_numbers_of_a_column_have_as_many_decimals() -> None:
    heads_ = (ValueHead("a", "A", "number"), ValueHead("b", "B", "money"), ValueHead("c", "C", "percent"))
    rows = (Row(("x",), ("x",), (1, "2", "0.5")), Row(("y",), ("y",), ("1.234", "2.5", "0.12345")))
    grid = grid_of(Answer((GroupHead("g", "G", "text"),), (), heads_, rows))
    assert lines(grid.body) == [["x", "1.00", "¥2.00", "50.0%"], ["y", "1.23", "¥2.50", "12.3%"]]


def test_more_rows_than_a_page_takes_are_said() -> None:
    by = (GroupHead("g", "G", "text"),)
    rows = tuple(Row((str(i),), (str(i),), (i,)) for i in range(30))
    grid = grid_of(Answer(by, (), (ValueHead("n", "N", "number"),), rows), most=20)
    assert grid.hidden == 10
    assert len(lines(grid.body)) == 20


def of_rows(count: int) -> Answer:
    """A dozen columns of months."""
    columns = tuple(Head((f"2026-{month:02}-01",), (f"2026-{month:02}",)) for month in range(1, 13))
    value = ValueHead("total", "Total", "money", currency="CNY")
    cells = tuple((f"{month * 1234567}.25",) for month in range(12))
    rows = tuple(Row((f"key {n}",), (f"Row {n}",), ("99.5",), cells) for n in range(count))
    by, across = GroupHead("g", "G", "text"), GroupHead("m", "M", "date", "month")
    return Answer((by,), (across,), (value,), rows, columns)


def test_ten_times_as_many_rows_take_ten_times_as_long() -> None:
    few, many = of_rows(20), of_rows(200)
    assert growth(lambda: grid_of(few, LINKS), lambda: grid_of(many, LINKS)) < 40  # the square would take a hundred
