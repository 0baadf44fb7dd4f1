"""Receivers taking turns: who gets the record at which place. Places go on from object to object, so that all get
evenly many, whatever the objects' sizes."""

from __future__ import annotations

from collections.abc import Sequence


def receiver(receivers: Sequence[str], place: int) -> str:
    """Who gets the record at this place, counted from 0."""
    return receivers[place % len(receivers)]


class Places:
    """Where the next object begins, for each group of receivers."""

    def __init__(self) -> None:
        self._next: dict[tuple[str, ...], int] = {}

    def begin(self, receivers: tuple[str, ...]) -> int:
        """The place of the group's next record."""
        return self._next.get(receivers, 0)

    def take(self, receivers: tuple[str, ...], count: int) -> dict[str, int]:
        """{receiver: how many} of the next `count` places, which are then taken."""
        first = self.begin(receivers)
        self._next[receivers] = first + count
        if not receivers:
            return {}
        whole, rest = divmod(count, len(receivers))
        extra = {receiver(receivers, first + i) for i in range(rest)}
        return {one: whole + (one in extra) for one in receivers}
