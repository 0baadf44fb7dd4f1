"""Names of sheets: what a spreadsheet takes, each its own."""

from __future__ import annotations

import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_platform.reports.answer import ValueHead
from dougong_platform.reports.workbooks import Workbook

HEAD = ValueHead("n", "Number", "number", "value")
FORBIDDEN = set("[]:*?/\\")
titles = st.lists(
    st.text(max_size=60) | st.sampled_from(["A" * 40, "a" * 35, "History", "'", "", "图表" * 20, "📚" * 20])
)


def named(given: list[str]) -> list[str]:
    made = Workbook()
    for title in given:
        made.numbers(title, ("Name", "Value"), [(title, [("1.5", HEAD)])])
    found = made.read()
    return openpyxl.load_workbook(io.BytesIO(found)).sheetnames if found is not None else []


@settings(max_examples=60, deadline=None)
@given(titles)
def test_every_sheet_has_a_name_that_a_spreadsheet_takes(given: list[str]) -> None:
    names = named(given)
    assert len(names) == len(given)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not FORBIDDEN & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


def test_the_same_name_is_numbered_within_its_length() -> None:
    assert named(["A" * 40, "a" * 40, "History", ""]) == ["A" * 31, "a" * 27 + " (2)", "History (2)", "Report"]


def test_words_that_a_spreadsheet_would_run_are_words() -> None:
    made = Workbook()
    made.numbers("N", ("=Name", "Value"), [("=1+1", [("-1.50", HEAD)])])
    found = made.read()
    assert found is not None
    sheet = openpyxl.load_workbook(io.BytesIO(found)).active
    assert [cell.value for cell in sheet[1]] == ["'=Name", "Value"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [("'=1+1", "s"), (-1.5, "n")]
