"""What a step of a plan does to the records there are: counted in the database as the tenant's own role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dougong_metadata.label import Label
from dougong_tenants.errors import StatementTooSlow

# How writers are held up: not at all, for a moment (at most 50 ms at a time, tried again), or row by row in batches.
Lock = Literal["none", "brief", "rows"]
Read = Callable[[str, Mapping[str, Any] | None], Sequence[tuple[Any, ...]]]

EXAMPLES = 5
# Seconds per row, measured on 2 cores with writers running (docs/performance.md).
_FILL, _COPY, _INDEX, _CHECK, _STAY = 60e-6, 40e-6, 4e-6, 1e-6, 250e-6


@dataclass(frozen=True, slots=True)
class Impact:
    """`rows` it touches (None: not counted in time), `bad` of them stand in its way or will not pass when next saved.

    `refused`: it cannot be published while `bad` records are so. `hides_data`: values are no longer seen; they are kept
    until purged, and come back with the field. `seconds` is an estimate.
    """

    rows: int | None = 0
    bad: int = 0
    examples: tuple[Mapping[str, Any], ...] = ()
    refused: bool = False
    hides_data: bool = False
    lock: Lock = "none"
    seconds: float = 0.0
    note: Label | None = None

    def json(self, locale: str) -> dict[str, Any]:
        """As the API answers it."""
        return {
            "rows": self.rows,
            "bad": self.bad,
            "examples": [dict(e) for e in self.examples],
            "refused": self.refused,
            "hides_data": self.hides_data,
            "lock": self.lock,
            "seconds": round(self.seconds, 2),
            "note": None if self.note is None else self.note.text(locale),
        }


def filling(rows: int | None) -> float:
    """Seconds to fill a column in batches."""
    return 0.1 + (rows or 0) * _FILL


def staying(rows: int | None) -> float:
    """Seconds to move records from stage to stage, or to note since when they are at theirs."""
    return 0.1 + (rows or 0) * _STAY


def copying(rows: int | None) -> float:
    """Seconds to copy a table's rows in batches."""
    return 0.2 + (rows or 0) * _COPY


def indexing(rows: int | None) -> float:
    """Seconds to build an index without blocking."""
    return 0.05 + (rows or 0) * _INDEX


def checking(rows: int | None) -> float:
    """Seconds to check rows against a constraint."""
    return 0.05 + (rows or 0) * _CHECK


@dataclass(frozen=True, slots=True)
class Counter:
    """Counts on one tenant's tables; `table` and `column` are quoted names, conditions SQL over alias r."""

    read: Read

    def rows(self, table: str, condition: str = "true") -> int | None:
        """Live rows for which the condition holds; None if that takes too long."""
        try:
            found = self.read(f"select count(*) from {table} as r where r.deleted_at is null and ({condition})", None)
        except StatementTooSlow:
            return None
        return int(found[0][0])

    def examples(self, table: str, condition: str, shown: str) -> tuple[Mapping[str, Any], ...]:
        """Some of those rows: {id, value} with `shown` as text, cut at 80 characters."""
        found = self.read(
            f"select r.id, left(({shown})::text, 80) from {table} as r where r.deleted_at is null"
            f" and ({condition}) order by r.id limit {EXAMPLES}",
            None,
        )
        return tuple({"id": id, "value": value} for id, value in found)

    def by_value(self, table: str, value: str, condition: str) -> tuple[Mapping[str, Any], ...]:
        """How often which value occurs: {value, rows}, the most frequent first."""
        found = self.read(
            f"select left(({value})::text, 80), count(*) from {table} as r where r.deleted_at is null"
            f" and ({condition}) group by 1 order by 2 desc, 1 limit {EXAMPLES}",
            None,
        )
        return tuple({"value": text, "rows": count} for text, count in found)

    def values(self, table: str, value: str, condition: str) -> dict[str, int] | None:
        """How many live rows for which the condition holds have which value, the most frequent first; None if that
        takes too long."""
        try:
            found = self.read(
                f"select {value}, count(*) from {table} as r where r.deleted_at is null and ({condition})"
                " group by 1 order by 2 desc, 1",
                None,
            )
        except StatementTooSlow:
            return None
        return {str(text): int(count) for text, count in found}

    def duplicates(self, table: str, columns: Sequence[str]) -> tuple[int, tuple[Mapping[str, Any], ...]]:
        """(rows beyond the first of their kind, examples {value, rows}); blank values never collide."""
        names = ", ".join(f"r.{c}" for c in columns)
        filled = " and ".join(f"r.{c} is not null" for c in columns)
        shown = " || ' · ' || ".join(f"left(r.{c}::text, 40)" for c in columns)
        found = self.read(
            f"with groups as (select {shown} as value, count(*) as n from {table} as r"
            f" where r.deleted_at is null and {filled} group by {names}, {shown} having count(*) > 1)"
            " select value, n, (select sum(n - 1) from groups) from groups"
            f" order by n desc, value limit {EXAMPLES}",
            None,
        )
        return (int(found[0][2]) if found else 0), tuple({"value": v, "rows": n} for v, n, _ in found)
