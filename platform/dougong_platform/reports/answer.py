"""What a report answers: a grid of numbers with its heads, or a page of a list. Screens, charts, exports and mails
read it; every cell leads to its records by the keys of its row and column (`reports.drill`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OTHER = "\N{REPLACEMENT CHARACTER}other"  # the key of all groups beyond a top N; never a value of a field

Cell = tuple[Any, ...]  # one JSON value (decimals as text) per value head; None = blank


@dataclass(frozen=True, slots=True)
class GroupHead:
    """One grouping of the rows or columns. `span` is its `every`; `field_type` the field type's name; `object` what a
    key is the id of, if it is one."""

    name: str
    label: str
    field_type: str
    span: str | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class ValueHead:
    """One number of each cell. `role`: value, before (the same in the earlier period), change (a fraction; of percents
    and days what lies between), share (of the total), running, days, rate; `of` is the value it belongs to. `format`:
    number, money, percent, points (between percentages), days, date or text.
    """

    name: str
    label: str
    format: str
    role: str = "value"
    of: str | None = None
    good: str = "up"
    decimals: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one row or column. `keys` are its groups' values as JSON has them, None = blank, OTHER = all others;
    fewer than there are groups: a subtotal. `labels` say them in the reader's language."""

    keys: tuple[Any, ...]
    labels: tuple[str, ...]

    @property
    def is_other(self) -> bool:
        return OTHER in self.keys


@dataclass(frozen=True, slots=True)
class Row(Head):
    """`cells`: one per column head (none where the report has no columns); `all`: over all columns."""

    all: Cell = ()
    cells: tuple[Cell, ...] = ()

    def json(self) -> dict[str, Any]:
        """{"keys", "labels", "all", "cells"}."""
        return {
            "keys": list(self.keys),
            "labels": list(self.labels),
            "all": list(self.all),
            "cells": [list(cell) for cell in self.cells],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` is over all rows (None where none is asked for). `notices` are sentences for the reader. `capped`: there
    are more rows or columns than answered; the totals still count them. `period` is (from, to exclusive) as days.
    """

    rows_by: tuple[GroupHead, ...]
    columns_by: tuple[GroupHead, ...]
    values: tuple[ValueHead, ...]
    rows: tuple[Row, ...]
    columns: tuple[Head, ...] = ()
    total: Row | None = None
    capped: bool = False
    notices: tuple[str, ...] = ()
    period: tuple[str, str] | None = None
    before: tuple[str, str] | None = None  # the period compared with
    extra: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The answer as the API gives it."""
        return {
            "rows_by": [_shape(g) for g in self.rows_by],
            "columns_by": [_shape(g) for g in self.columns_by],
            "values": [_shape(v) for v in self.values],
            "columns": [{"keys": list(c.keys), "labels": list(c.labels)} for c in self.columns],
            "rows": [row.json() for row in self.rows],
            "total": self.total.json() if self.total else None,
            "capped": self.capped,
            "notices": list(self.notices),
            "period": list(self.period) if self.period else None,
            "before": list(self.before) if self.before else None,
        }


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """A page of a report of type list: `fields` are its columns' paths, `records` as the list endpoint has them."""

    object: str
    fields: tuple[str, ...]
    records: list[dict[str, Any]]
    next: str | None = None
    count: int | None = None
    count_capped: bool = False
    totals: dict[str, Any] = field(default_factory=dict)
    filter: str | None = None


def _shape(head: GroupHead | ValueHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in head.__slots__}
