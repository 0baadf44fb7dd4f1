"""The tree of an approval's nodes, walked: where each stands, and what is wrong with it that its document alone shows.
Called by the kind's check and by the compiler of flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_metadata.problems import Path

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Placed:
    """A node as its document says it. `inside`: the names of the node and the branch in whose list it stands; `next`:
    the node after it there; `nesting`: how many nodes it stands in."""

    said: Said
    path: Path
    inside: tuple[str, str] | None
    next: str | None
    nesting: int

    @property
    def name(self) -> str:
        return str(self.said["name"])

    @property
    def kind(self) -> str:
        return str(self.said["kind"])

    @property
    def branches(self) -> list[tuple[Path, Said]]:
        """Its branches that are mappings with a name, each with its place."""
        return [
            ((*self.path, "branches", index), branch)
            for index, branch in enumerate(self.said.get("branches") or ())
            if isinstance(branch, Mapping) and "name" in branch
        ]


def placed(
    nodes: object, path: Path = ("nodes",), inside: tuple[str, str] | None = None, nesting: int = 0
) -> Iterator[Placed]:
    """Every node of a list and inside it, from top to bottom. What lacks a name or a kind is passed over (it has been
    told)."""
    good = named(nodes)
    for place, (index, said) in enumerate(good):
        after = good[place + 1][1]["name"] if place + 1 < len(good) else None
        node = Placed(said, (*path, index), inside, after, nesting)
        yield node
        for at, branch in node.branches:
            yield from placed(branch.get("nodes"), (*at, "nodes"), (node.name, branch["name"]), nesting + 1)


def named(nodes: object) -> list[tuple[int, Said]]:
    """The nodes of a list that have name and kind, each with its index."""
    if not isinstance(nodes, Sequence) or isinstance(nodes, str):
        return []
    return [
        (i, said) for i, said in enumerate(nodes) if isinstance(said, Mapping) and "name" in said and "kind" in said
    ]
