"""What the canvas of the designer draws: a card per node, a column per branch, a plus on every edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.problems import Problem
from dougong_ui_builder.builder.approvals.node_kinds import icon_of, tone_of
from dougong_ui_builder.builder.approvals.page_of import FlowPage
from dougong_ui_builder.builder.approvals.tree import (
    ROOT,
    Holder,
    Node,
    Nodes,
    Place,
    branches_of,
    find,
    node_at,
    nodes_in,
    walk,
)
from dougong_ui_builder.builder.vocabulary import label_of
from dougong_ui_builder.words import gettext

Key = tuple[str, str]  # of what may be chosen: (node, ""), or (node, branch)


@dataclass(frozen=True, slots=True)
class Way:
    """A branch. `says`: its condition in words, `text`: as it is written; `otherwise`: taken where no other holds."""

    node: str
    name: str
    title: str
    says: str
    text: str
    otherwise: bool
    first: bool
    last: bool
    chosen: bool
    errors: tuple[str, ...]
    cards: tuple[Card, ...]
    places: tuple[str, ...]
    share: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A node. `mark`: what the draft does to it, "add", "change" or ""."""

    name: str
    kind: str
    icon: str
    tone: str
    title: str
    says: str
    errors: tuple[str, ...]
    chosen: bool
    mark: str
    ways: tuple[Way, ...] = ()

    @property
    def fork(self) -> bool:
        return self.kind in ("branch", "parallel")


@dataclass(frozen=True, slots=True)
class Canvas:
    """The whole flow; `places` are those of its own list, before each card and at the end."""

    start: str
    cards: tuple[Card, ...]
    places: tuple[str, ...]
    others: tuple[str, ...] = field(default=())


class _Drawing:
    def __init__(self, made: FlowPage, chosen: Key, shares: Mapping[Key, str]) -> None:
        self.made, self.chosen, self.shares = made, chosen, shares
        self.errors: dict[Key, list[str]] = {}
        self.others: list[Problem] = []
        for problem in made.problems:
            key = node_at(made.nodes, problem.path)
            if key[0]:
                self.errors.setdefault(key, []).append(problem.message(made.caller.locale))
            else:
                self.others.append(problem)
        released = made.view.released("approval", made.name)
        self.before = released_nodes(released.json()) if released is not None else None

    def cards(self, nodes: Nodes) -> tuple[Card, ...]:
        return tuple(self.card(node) for node in nodes)

    def card(self, node: Node) -> Card:
        name, kind = str(node.get("name", "")), str(node.get("kind", ""))
        return Card(
            name,
            kind,
            icon_of(node),
            tone_of(node),
            self.made.sayer.title(node),
            self.made.sayer.rule(node),
            tuple(self.errors.get((name, ""), ())),
            self.chosen == (name, ""),
            self.mark(name, node),
            tuple(self.way(node, number) for number in range(len(branches_of(node)))),
        )

    def way(self, node: Node, number: int) -> Way:
        ways, kind, name = branches_of(node), str(node.get("kind", "")), str(node.get("name", ""))
        one = ways[number]
        own, text = str(one.get("name", "")), str(one.get("if") or "")
        last = number == len(ways) - 1
        otherwise = kind == "branch" and last and not text
        says = self.made.sayer.branch(one, kind)
        if kind == "branch" and not text:
            says = gettext("where none of the others holds") if otherwise else gettext("No condition yet")
        title = label_of(one, own).text(self.made.caller.locale) if one.get("label") else ""
        return Way(
            name,
            own,
            title or (gettext("Otherwise") if otherwise else says),
            says if title or otherwise else "",
            text,
            otherwise,
            number == 0,
            last or (kind == "branch" and number == len(ways) - 2 and not ways[-1].get("if")),
            self.chosen == (name, own),
            tuple(self.errors.get((name, own), ())),
            self.cards(one["nodes"]),
            places_in((name, own), one["nodes"]),
            self.shares.get((name, own), ""),
        )

    def mark(self, name: str, node: Node) -> str:
        """What the draft does to the node: "add", "change" or ""; of a fork without what is in its branches."""
        if self.before is None:
            return ""
        if name not in self.before:
            return "add"
        return "" if bare(self.before[name]) == bare(node) else "change"


def canvas(made: FlowPage, chosen: Key = ("", ""), shares: Mapping[Key, str] | None = None) -> Canvas:
    """The flow as the draft has it; `shares`: what stands on the edges into branches, from a try-out."""
    drawing = _Drawing(made, chosen, shares or {})
    others = tuple(p.message(made.caller.locale) for p in drawing.others)
    return Canvas(made.sayer.start(made.body), drawing.cards(made.nodes), places_in(ROOT, made.nodes), others)


def places_in(holder: Holder, nodes: Nodes) -> tuple[str, ...]:
    """The places of a list: before each of its nodes, and at its end."""
    return tuple(str(Place(holder, index)) for index in range(len(nodes) + 1))


def released_nodes(body: Mapping[str, Any]) -> dict[str, Node]:
    """The nodes of a document by name."""
    return {str(node.get("name", "")): node for _, node, _ in walk(nodes_in(body))}


def bare(node: Node) -> Node:
    """A node without what stands in its branches."""
    if "branches" not in node:
        return node
    ways = [{key: value for key, value in way.items() if key != "nodes"} for way in branches_of(node)]
    return {**node, "branches": ways}


def path_of(nodes: Nodes, name: str, branch: str = "") -> str:
    """Where a node, or a branch of it, stands in the document."""
    path = next((path for _, node, path in walk(nodes) if node.get("name") == name), "")
    found = find(nodes, name) if branch else None
    if found is None:
        return path
    number = next((n for n, one in enumerate(branches_of(found[1])) if one.get("name") == branch), 0)
    return f"{path}.branches[{number}]"
