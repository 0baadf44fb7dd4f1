"""Answers of reports as the engine gives them, made by hand: a summary with subtotals and a comparison, a matrix over
two levels, a cohort. For tests of what draws and exports them."""

from __future__ import annotations

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel
from dougong_platform.reports.answer import OTHER, Answer, Cell, GroupHead, Head, Row, ValueHead

REPORT = ReportModel("books_by_room", Label("Books by room", "各房间书籍"), "book")
N = ValueHead("n", "Books", "number")
PRICE = ValueHead("price", "Price", "money", currency="CNY", decimals=0)
BEFORE = ValueHead("price_before", "Price", "money", "before", "price", currency="CNY", decimals=0)
CHANGE = ValueHead("price_change", "Price", "percent", "change", "price")
LATE = ValueHead("late_change", "Late", "percent", "change", "late", good="down")


def summary() -> Answer:
    """Two rooms with their shelves; subtotals stand behind what they sum up."""
    by = (GroupHead("room", "Room", "text"), GroupHead("shelf", "Shelf", "lookup", object="shelf"))
    rows = (
        _row(("East", "00000000-0000-0000-0000-000000000001"), ("East", "Upper <shelf>"), (3, "1200", "1000", "0.2")),
        _row(("East", None), ("East", ""), (1, "300.5", None, None)),
        _row(("East",), ("East",), (4, "1500.5", "1000", "0.5005")),
        _row(("West", OTHER), ("West", "Other"), (2, "80", "100", "-0.2")),
        _row(("West",), ("West",), (2, "80", "100", "-0.2")),
    )
    total = _row((), (), (6, "1580.5", "1100", "0.4368"))
    return Answer(by, (), (N, PRICE, BEFORE, CHANGE), rows, total=total, notices=("Two rates are missing.",))


def matrix() -> Answer:
    """Rooms by year and quarter, with a sum after each year."""
    across = (GroupHead("year", "Bought", "date", "year"), GroupHead("quarter", "Bought", "date", "quarter"))
    columns = (
        Head(("2025-01-01", "2025-10-01"), ("2025", "Q4")),
        Head(("2025-01-01",), ("2025",)),
        Head(("2026-01-01", "2026-01-01"), ("2026", "Q1")),
        Head(("2026-01-01", "2026-04-01"), ("2026", "Q2")),
        Head(("2026-01-01",), ("2026",)),
    )
    cells: tuple[Cell, ...] = ((1, "10"), (1, "10"), (2, "20"), (None, None), (2, "20"))
    rows = (
        Row(("East",), ("East",), (3, "30"), cells),
        Row(("=1+1",), ("=1+1",), (3, "30"), cells),
    )
    doubled: tuple[Cell, ...] = ((2, "20"), (2, "20"), (4, "40"), (None, None), (4, "40"))
    total = Row((), (), (6, "60"), doubled)
    return Answer((GroupHead("room", "Room", "text"),), across, (N, PRICE), rows, columns, total)


def cohort() -> Answer:
    """Fractions of those who came back, by how many months later."""
    rate, size = ValueHead("rate", "Came back", "percent", "rate"), ValueHead("size", "Born", "number")
    columns = tuple(Head((age,), (f"at {age}",)) for age in range(3))
    rows = (
        Row(("2026-01-01",), ("2026-01",), ("1", 4), (("1", 4), ("0.5", 4), ("0.25", 4))),
        Row(("2026-02-01",), ("2026-02",), ("1", 7), (("1", 7), ("0", 7), (None, 7))),
    )
    by = (GroupHead("born", "Bought", "date", "month"),)
    return Answer(by, (GroupHead("age", "Months later", "number"),), (rate, size), rows, columns)


def _row(keys: tuple[str | None, ...], labels: tuple[str, ...], all: Cell) -> Row:
    return Row(keys, labels, all)
