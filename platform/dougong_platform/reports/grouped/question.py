"""What is asked: whose records, under which conditions, grouped by what, and which numbers of each group. All of it
text of the expression language, so that questions that differ in their literals alone share a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_metadata.expressions.types import Type


@dataclass(frozen=True, slots=True)
class By:
    """One grouping. `every`: one of report_types.SPANS or CYCLES, of dates and moments; `step` or `edges` of numbers.
    `top`: only so many of each group above it, first by `sort` (a number's name, "-" in front: the largest first)."""

    path: str
    every: str | None = None
    step: str | None = None
    edges: tuple[str, ...] = ()
    top: int | None = None
    other: bool = True
    sort: str | None = None

    @property
    def text(self) -> str:
        """As `having` and the rows of a plain query call it: "shelf.name", "bought.month"."""
        return f"{self.path}.{self.every}" if self.every else self.path


@dataclass(frozen=True, slots=True)
class Order:
    """One key of `Question.sort`. `role`: value, before, change or share; `column`: a position in
    `sort_columns`, None: the row over all columns."""

    name: str
    descending: bool = False
    role: str = "value"
    column: int | None = None

    @property
    def text(self) -> str:
        """As the question has it."""
        role = "" if self.role == "value" else f"@{self.role}"
        column = "" if self.column is None else f"@{self.column}"
        return f"{'-' if self.descending else ''}{self.name}{role}{column}"


def order_of(text: str) -> Order:
    """What a key of `Question.sort` says."""
    name, *said = text.removeprefix("-").split("@")
    columns = [int(one) for one in said if one.isdigit()]
    roles = [one for one in said if not one.isdigit()]
    return Order(name, text.startswith("-"), (*roles, "value")[0], columns[0] if columns else None)


@dataclass(frozen=True, slots=True)
class Number:
    """A number by name: an expression over aggregates and other numbers. `by_gap`: its change is a difference."""

    name: str
    text: str
    by_gap: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """The same numbers of an earlier span: `where` is its condition in place of the question's `period` ("" = none),
    `numbers` the question's with the earlier days written in them (() = none has days in it, or all are the same).
    Dates of `field` that rows or columns are grouped by fall where they would `months` and `days` later; groups of
    their own (group.OwnBy) are asked for as of the earlier span."""

    where: str = ""
    field: str = ""
    months: int = 0
    days: int = 0
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """`period` is the condition that `compared` replaces. `sums`: also the sums over rows, columns and all; without,
    one line per group. `most`: how many groups of rows are answered, one more where there are more; `sort` says which
    come first ("-total"; "-total@change", "@before" and "@share": what stands beside it; "-total@0", "-total@change@0":
    its cells in the first of `sort_columns`, which are keys of columns). Names of `sort` and `having`: numbers, and
    groups as `By.text` calls them. `beside`: names that numbers may speak of besides fields, with their types; a group
    of the question brings them (group.OwnBy)."""

    object: str
    where: tuple[str, ...] = ()
    period: str | None = None
    rows: tuple[By, ...] = ()
    columns: tuple[By, ...] = ()
    numbers: tuple[Number, ...] = ()
    having: str | None = None
    sort: tuple[str, ...] = ()
    sort_columns: tuple[tuple[Any, ...], ...] = ()
    most: int = 1000
    sums: bool = False
    compared: Compared | None = None
    beside: tuple[tuple[str, Type], ...] = ()

    @property
    def groups(self) -> tuple[By, ...]:
        """Those of the rows, then those of the columns."""
        return (*self.rows, *self.columns)
