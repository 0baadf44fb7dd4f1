"""What a write statement does beside writing its rows: automations for after the commit, stays at stages, roll-ups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.action import Writing
from dougong_platform.records.firing import firing
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.rolling import Rolling, recount
from dougong_platform.records.shape import Shape
from dougong_platform.records.statement import quoted
from dougong_platform.records.staying import staying


@dataclass(frozen=True, slots=True)
class Link:
    """A field whose targets' roll-ups have still to be kept; an update answers its new and its old value."""

    name: str
    width: int
    done: frozenset[tuple[str, str]]  # (object, field) of the roll-ups that the statement itself has kept


class Following:
    """`parts` are further common table expressions over `source`. `columns` (", n.a, n.b") are what the statement has
    to answer per row so that `finish` can see to `links`."""

    def __init__(
        self, shape: Shape, row: NewRow, op: str, touched: Sequence[str], *, version: str, source: str = "good"
    ) -> None:
        object = shape.object
        rolling = Rolling(shape, row, op, touched, source)
        self.links = tuple(
            Link(f.name, 2 if op == "update" and f.name in touched else 1, rolling.done) for f in rolling.links
        )
        self.parts = [
            *firing(object, op, row, source=source, version=version, touched=touched),
            *(staying(object, op, touched) if op in ("create", "update") else ()),
            *rolling.parts,
        ]
        row.used.update({link.name: link for link in rolling.links})
        self.columns = "".join(
            f", n.{quoted(link.name)}" + (f", n.{quoted('_old_' + link.name)}" if link.width == 2 else "")
            for link in self.links
        )


def finish(
    writing: Writing,
    object: ObjectModel,
    links: Sequence[Link],
    answered: Iterable[Sequence[Any]],
    touched: Sequence[str],
) -> None:
    """See to the roll-ups behind `links`; `answered` are the values of `Following.columns` of the written rows."""
    if not links:
        return
    rows, place = list(answered), 0
    targets: dict[str, set[str]] = {}
    for link in links:
        at = range(place, place + link.width)
        targets[link.name] = {row[one] for row in rows for one in at if row[one] is not None}
        place += link.width
    recount(writing, object, targets, touched, links[0].done)
