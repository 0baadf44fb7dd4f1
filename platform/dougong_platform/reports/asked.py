"""What whoever opens a report may set himself, and where in it he points: no part of the report, but of the visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_platform.reports.answer import ValueHead


@dataclass(frozen=True, slots=True)
class Asked:
    """`period`: a word of `periods` or "2026-01-01..2026-03-31" in place of the report's own; `compare`: previous,
    year_ago or none; `owner`: a user's id; `department`: a department's id, with those below it; `where`: one more
    condition of the report's object; `sort`: values and groups as `sorting` reads them. None: as the report says."""

    period: str | None = None
    compare: str | None = None
    owner: str | None = None
    department: str | None = None
    where: str | None = None
    sort: tuple[str, ...] | None = None


AS_IT_SAYS = Asked()


@dataclass(frozen=True, slots=True)
class Point:
    """A cell: the keys of its row and its column (() = over all), and which value (None = the records of the first).
    Keys as `Head.keys` has them."""

    row: tuple[Any, ...] = ()
    column: tuple[Any, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """The records behind a cell: those of `object` that fit `filter` (a text of the expression language, under the
    reader's access). `count` and `value` are what the cell says of them: `value` is worked out of exactly these.
    `fields` are columns that explain the number; `labels` say the keys of row and column in the reader's language, and
    `head` is the value's, for whoever shows them."""

    object: str
    filter: str
    count: int
    value: Any
    fields: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    head: ValueHead | None = None
