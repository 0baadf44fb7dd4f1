"""Records that a bulk action left as they were, each with its reasons. Used by every bulk action of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dougong_platform.records import WriteResult


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that stayed as it was, and why."""

    id: str
    name: str
    reasons: str


def failures_of(result: WriteResult, ids: Sequence[str], names: Mapping[str, str | None]) -> list[Failure]:
    """In the order of the selection; `names` by id."""
    return [
        Failure(
            ids[one.index], names.get(ids[one.index]) or ids[one.index][:8], " ".join(e.message for e in one.errors)
        )
        for one in result.records
        if not one.ok
    ]
