"""What a write answers: one Outcome per row of the batch. Read by the API, imports and forms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dougong_platform.errors import FieldError


@dataclass(slots=True)
class Outcome:
    """What became of row `index`: either `errors`, or the record's id and its version after the write.

    `created` tells an upsert's caller which way it went; `changed` is False where the row already said the same.
    """

    index: int
    id: str | None = None
    version: int | None = None
    created: bool = False
    changed: bool = True
    errors: list[FieldError] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the row was written (or needed no writing)."""
        return not self.errors


@dataclass(slots=True)
class WriteResult:
    """One Outcome per row, in the order of the rows."""

    records: list[Outcome]

    @property
    def errors(self) -> list[FieldError]:
        """All errors of all rows, in the order of the rows."""
        return [error for outcome in self.records for error in outcome.errors]

    @property
    def written(self) -> int:
        """How many rows were written."""
        return sum(1 for outcome in self.records if outcome.ok)


def refused(errors: Iterable[FieldError]) -> list[FieldError]:
    """Errors without repetitions of the same code at the same field of the same row, in row order."""
    seen: dict[tuple[int | None, str | None, str], FieldError] = {}
    for error in errors:
        seen.setdefault((error.index, error.field, error.code if error.code != "validation" else error.message), error)
    return sorted(seen.values(), key=lambda error: -1 if error.index is None else error.index)
