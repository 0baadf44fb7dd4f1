"""Puts the parts of a flow below and beside each other. Used by `flow`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong_metadata.pictures.shapes import CARD, Card, Edge, Pill, Shape

DOWN, BESIDE, RISE = 24.0, 26.0, 18.0


@dataclass(frozen=True, slots=True)
class Block:
    """Shapes in a rectangle from (0, 0); the line comes in and goes out at `axis`."""

    shapes: tuple[Shape, ...]
    width: float
    height: float
    axis: float

    def moved(self, x: float, y: float) -> list[Shape]:
        return [one.moved(x, y) for one in self.shapes]


def card(kind: str, title: str, text: str) -> Block:
    """One card."""
    one = Card.of(kind, title, text)
    return Block((one,), CARD, one.height, CARD / 2)


def pill(kind: str, text: str) -> Block:
    """One pill."""
    one = Pill(kind, text)
    return Block((one,), one.width, one.height, one.width / 2)


def below(blocks: Sequence[Block]) -> Block:
    """One below the other, joined by lines."""
    axis = max((one.axis for one in blocks), default=0.0)
    shapes: list[Shape] = []
    y = 0.0
    for place, one in enumerate(blocks):
        if place:
            shapes.append(Edge(((axis, y), (axis, y + DOWN))))
            y += DOWN
        shapes += one.moved(axis - one.axis, y)
        y += one.height
    wide = axis + max((one.width - one.axis for one in blocks), default=0.0)
    return Block(tuple(shapes), wide, y, axis)


def beside(head: Block, columns: Sequence[Block], *, joined: bool = True) -> Block:
    """Columns beside each other below `head`, parting from its line and, if `joined`, coming together again."""
    places, x = [], 0.0
    for one in columns:
        places.append(x)
        x += one.width + BESIDE
    wide = x - BESIDE
    axes = [place + one.axis for place, one in zip(places, columns, strict=True)]
    axis = (axes[0] + axes[-1]) / 2
    left = max(0.0, head.axis - axis)  # a head that is wider than its columns
    axes, places, axis = [one + left for one in axes], [one + left for one in places], axis + left
    wide = max(wide + left, axis + head.width - head.axis)
    parting, top = head.height + RISE, head.height + 2 * RISE
    low = top + max(one.height for one in columns)
    foot = low + RISE if joined else low
    shapes: list[Shape] = [*head.moved(axis - head.axis, 0), Edge(((axis, head.height), (axis, parting)))]
    shapes.append(Edge(((axes[0], parting), (axes[-1], parting))))
    if joined:
        shapes.append(Edge(((axes[0], foot), (axes[-1], foot))))
    for place, at, one in zip(places, axes, columns, strict=True):
        shapes.append(Edge(((at, parting), (at, top))))
        shapes += one.moved(place, top)
        if joined:
            shapes.append(Edge(((at, top + one.height), (at, foot))))
    return Block(tuple(shapes), wide, foot, axis)
