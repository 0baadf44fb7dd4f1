"""Random trees of nodes for flows of approvals, as a document says them, drawn from a seed. Used by the tests that hold
the machine to an oracle and by those that drive the whole engine."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

Node = dict[str, Any]
DEEPEST = 3


class Trees:
    """Draws nodes. `approve` says the rest of an approve node; `conditions` are expressions of which each may hold or
    not; `do` is what an action node does (none: there are none)."""

    def __init__(
        self,
        chance: random.Random,
        conditions: list[str],
        approve: Callable[[random.Random], Node],
        do: list[Any] | None = None,
    ) -> None:
        self.chance, self.conditions, self.approve, self.do = chance, conditions, approve, do
        self._numbers = itertools.count(1)

    def nodes(self) -> list[Node]:
        """The outermost list: it asks somebody at least once."""
        while True:
            found = self._list(0, least=1)[0]
            if any(one["kind"] == "approve" for one in flat(found)):
                return found

    def _list(self, depth: int, *, least: int = 0) -> tuple[list[Node], bool]:
        """Nodes, and whether what stands behind them is reached."""
        found: list[Node] = []
        for _ in range(self.chance.randint(least, 3 if depth else 4)):
            node, goes_on = self._node(depth)
            found.append(node)
            if not goes_on:
                return found, False
        return found, True

    def _node(self, depth: int) -> tuple[Node, bool]:
        kinds = ["approve"] * 6 + ["cc"] + (["end"] if depth else []) + (["action"] if self.do else [])
        kinds += ["branch", "parallel", "parallel"] if depth < DEEPEST else []
        kind = self.chance.choice(kinds)
        node: Node = {"name": f"n{next(self._numbers)}", "kind": kind}
        match kind:
            case "approve":
                return node | self.approve(self.chance), True
            case "cc":
                return node | {"to": [{"permission_set": "administrator"}]}, True
            case "action":
                return node | {"do": self.do}, True
            case "end":
                return node | {"outcome": self.chance.choice(["approved", "rejected"])}, False
            case "branch":
                return self._branch(node, depth)
            case _:
                return self._parallel(node, depth), True

    def _branch(self, node: Node, depth: int) -> tuple[Node, bool]:
        conditions = self.chance.sample(self.conditions, self.chance.randint(1, 2))
        lists = [self._list(depth + 1) for _ in range(len(conditions) + 1)]
        branches = [{"name": f"b{n}", "nodes": nodes} for n, (nodes, _) in enumerate(lists)]
        for branch, condition in zip(branches, conditions, strict=False):
            branch["if"] = condition
        return node | {"branches": branches}, any(goes_on for _, goes_on in lists)

    def _parallel(self, node: Node, depth: int) -> Node:
        branches: list[Node] = []
        for number in range(self.chance.randint(2, 3)):
            branch = {"name": f"p{number}", "nodes": self._list(depth + 1, least=1)[0]}
            if self.chance.random() < 0.25:
                branch["if"] = self.chance.choice(self.conditions)
            branches.append(branch)
        join = self.chance.choice(["all", "any", "count"])
        counted = {"count": self.chance.randint(1, len(branches))} if join == "count" else {}
        return node | {"join": join, "branches": branches} | counted


def flat(nodes: list[Node]) -> Iterator[Node]:
    """All nodes, those inside branches too."""
    for node in nodes:
        yield node
        for branch in node.get("branches", ()):
            yield from flat(branch["nodes"])
