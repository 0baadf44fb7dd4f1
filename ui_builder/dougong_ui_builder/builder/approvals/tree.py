"""The tree of a flow's nodes as its document has it, and what the designer does to it: pure, every change a new tree.

Trees share their parts, so nobody changes one in place. A node is named by its name, a list of nodes by (node, branch)
or ROOT, a place by "branch_node/branch@2" or "@0".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
Nodes = list[Node]
Holder = tuple[str, str]
ROOT: Holder = ("", "")
FORKS = ("branch", "parallel")
FEWEST = 2  # branches that a fork keeps


@dataclass(frozen=True, slots=True)
class Place:
    """The `index`th of the list `holder`: where a node stands, or would come to stand before what is there."""

    holder: Holder
    index: int

    def __str__(self) -> str:
        return f"{'/'.join(self.holder) if self.holder != ROOT else ''}@{self.index}"


def place_of(text: str) -> Place | None:
    """What str(place) wrote; None where it is something else."""
    where, at, index = text.rpartition("@")
    if not at or not index.isdigit():
        return None
    node, _, branch = where.partition("/")
    if bool(node) != bool(branch) or (where and not node):
        return None
    return Place((node, branch), int(index))


def nodes_in(body: Any) -> Nodes:
    """The nodes of a document's body, or of a branch, as plain copies; what is no mapping is left out."""
    given = body.get("nodes") if isinstance(body, Mapping) else None
    return [_plain(one) for one in given if isinstance(one, Mapping)] if isinstance(given, (list, tuple)) else []


def branches_of(node: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The branches of a fork, those of the tree itself; () of any other node."""
    given = node.get("branches")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def walk(nodes: Nodes, holder: Holder = ROOT, path: str = "") -> Iterator[tuple[Place, Node, str]]:
    """Every node with its place and its path in the document, each before what is inside it."""
    for index, node in enumerate(nodes):
        here = f"{path}nodes[{index}]"
        yield Place(holder, index), node, here
        for number, branch in enumerate(branches_of(node)):
            inside = (str(node.get("name", "")), str(branch.get("name", "")))
            yield from walk(branch["nodes"], inside, f"{here}.branches[{number}].")


def find(nodes: Nodes, name: str) -> tuple[Place, Node] | None:
    """Where a node stands, and the node."""
    return next(((place, node) for place, node, _ in walk(nodes) if node.get("name") == name), None)


def branch_of(nodes: Nodes, name: str, branch: str) -> dict[str, Any] | None:
    """The branch called `branch` of the fork `name`."""
    found = find(nodes, name)
    return next((one for one in branches_of(found[1]) if one.get("name") == branch), None) if found else None


def names(nodes: Nodes) -> set[str]:
    """Of all nodes."""
    return {str(node.get("name", "")) for _, node, _ in walk(nodes)}


def places(nodes: Nodes, holder: Holder = ROOT) -> Iterator[Place]:
    """Every place where a node can be put, from the start of the flow to its end."""
    for index, node in enumerate(nodes):
        yield Place(holder, index)
        for branch in branches_of(node):
            yield from places(branch["nodes"], (str(node.get("name", "")), str(branch.get("name", ""))))
    yield Place(holder, len(nodes))


def insert(nodes: Nodes, place: Place, node: Node) -> Nodes:
    """With `node` at `place`; as it was where there is no such list."""

    def put(there: Nodes) -> Nodes:
        return [*there[: place.index], node, *there[place.index :]]

    return _with_list(nodes, place.holder, put)


def remove(nodes: Nodes, name: str) -> Nodes:
    """Without a node and all that is in it."""
    found = find(nodes, name)
    if found is None:
        return nodes
    at = found[0]
    return _with_list(nodes, at.holder, lambda there: [*there[: at.index], *there[at.index + 1 :]])


def replace(nodes: Nodes, name: str, node: Node) -> Nodes:
    """With another node where `name` stood."""
    found = find(nodes, name)
    if found is None:
        return nodes
    at = found[0]
    return _with_list(nodes, at.holder, lambda there: [*there[: at.index], node, *there[at.index + 1 :]])


def move(nodes: Nodes, name: str, place: Place) -> Nodes:
    """A node to a place of the tree as it is now; as it was where the place lies inside the node itself."""
    found = find(nodes, name)
    if found is None or place.holder in holders([found[1]]) - {ROOT}:
        return nodes
    at, node = found
    index = place.index - (1 if at.holder == place.holder and at.index < place.index else 0)
    target = Place(place.holder, index)
    without = remove(nodes, name)
    return insert(without, target, node) if place.holder in holders(without) else nodes


def step(nodes: Nodes, name: str, by: int) -> Nodes:
    """A node one place further (1) or back (-1), into and out of branches on the way."""
    found = find(nodes, name)
    if found is None:
        return nodes
    without = remove(nodes, name)
    open_places = list(places(without))
    at = open_places.index(found[0]) + by
    return insert(without, open_places[at], found[1]) if 0 <= at < len(open_places) else nodes


def aside(nodes: Nodes, name: str, by: int) -> Nodes:
    """A node into the branch beside its own (-1 left, 1 right), as far down as it fits."""
    found = find(nodes, name)
    fork = find(nodes, found[0].holder[0]) if found else None
    if found is None or fork is None:
        return nodes
    ways = branches_of(fork[1])
    at = next(n for n, one in enumerate(ways) if one.get("name") == found[0].holder[1]) + by
    if not 0 <= at < len(ways):
        return nodes
    index = min(found[0].index, len(ways[at]["nodes"]))
    return move(nodes, name, Place((found[0].holder[0], str(ways[at].get("name", ""))), index))


def renamed(node: Node, taken: set[str]) -> Node:
    """A copy of a node in which every node has a name that is not taken."""
    known = set(taken)

    def again(one: Node) -> Node:
        name = fresh(str(one.get("name", "node")), known)
        known.add(name)
        made = {**one, "name": name}
        if "branches" in one:
            made["branches"] = [{**way, "nodes": [again(inner) for inner in way["nodes"]]} for way in branches_of(one)]
        return made

    return again(node)


def fresh(wanted: str, taken: set[str]) -> str:
    """`wanted`, or "wanted_2", "wanted_3" …"""
    stem, _, number = wanted.rpartition("_")
    stem = stem if stem and number.isdigit() else wanted
    found, n = wanted, 2
    while found in taken:
        found, n = f"{stem[:36]}_{n}", n + 1
    return found


def add_branch(nodes: Nodes, name: str, branch: Mapping[str, Any], index: int | None = None) -> Nodes:
    """A further branch of a fork: before "otherwise", at the end, or at `index`."""

    def grow(ways: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
        last = kind == "branch" and bool(ways) and not ways[-1].get("if")
        at = len(ways) - last if index is None else index
        return [*ways[:at], {"nodes": [], **branch}, *ways[at:]]

    return _with_branches(nodes, name, grow)


def remove_branch(nodes: Nodes, name: str, branch: str) -> Nodes:
    """Without a branch and what is in it; where only one is left, its nodes take the fork's place."""
    found = find(nodes, name)
    if found is None or branch_of(nodes, name, branch) is None:
        return nodes
    left = [one for one in branches_of(found[1]) if one.get("name") != branch]
    if len(left) >= FEWEST:
        return _with_branches(nodes, name, lambda ways, _: [one for one in ways if one.get("name") != branch])
    at, inner = found[0], [node for one in left for node in one["nodes"]]
    return _with_list(nodes, at.holder, lambda there: [*there[: at.index], *inner, *there[at.index + 1 :]])


def move_branch(nodes: Nodes, name: str, branch: str, by: int) -> Nodes:
    """A branch one to the left or right; "otherwise" stays the last one."""

    def shift(ways: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
        at = next((n for n, one in enumerate(ways) if one.get("name") == branch), None)
        end = len(ways) - (1 if kind == "branch" and not ways[-1].get("if") else 0)
        if at is None or not (0 <= at < end and 0 <= at + by < end):
            return ways
        order = list(ways)
        order.insert(at + by, order.pop(at))
        return order

    return _with_branches(nodes, name, shift)


def with_branch(nodes: Nodes, name: str, branch: str, changed: Mapping[str, Any]) -> Nodes:
    """With another branch where `branch` stood, its nodes kept."""

    def change(ways: list[dict[str, Any]], _: str) -> list[dict[str, Any]]:
        return [{**changed, "nodes": one["nodes"]} if one.get("name") == branch else one for one in ways]

    return _with_branches(nodes, name, change)


def holders(nodes: Nodes) -> set[Holder]:
    """Every list of nodes that there is."""
    return {place.holder for place in places(nodes)}


def node_at(nodes: Nodes, path: str) -> tuple[str, str]:
    """(node, branch) in whose part of the document `path` lies: the innermost; "" where it lies in none."""
    node, branch, longest = "", "", 0
    for _, one, place in walk(nodes):
        if _within(path, place) and len(place) > longest:
            node, branch, longest = str(one.get("name", "")), "", len(place)
            for number, way in enumerate(branches_of(one)):
                if _within(path, f"{place}.branches[{number}]"):
                    branch = str(way.get("name", ""))
    return node, branch


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((place + ".", place + "["))


def _plain(node: Mapping[str, Any]) -> Node:
    made = {str(key): deepcopy(value) for key, value in node.items() if key != "branches"}
    if "branches" not in node:
        return made
    given: Sequence[Any] = node["branches"] if isinstance(node["branches"], (list, tuple)) else ()
    ways = [{**deepcopy(dict(one)), "nodes": nodes_in(one)} for one in given if isinstance(one, Mapping)]
    order = list(node)
    at = order.index("branches")
    return {key: made[key] for key in order[:at]} | {"branches": ways} | {key: made[key] for key in order[at + 1 :]}


def _with_list(nodes: Nodes, holder: Holder, change: Callable[[Nodes], Nodes]) -> Nodes:
    """With the list `holder` changed, wherever it lies."""
    if holder == ROOT:
        return change(nodes)

    def inside(ways: list[dict[str, Any]], _: str) -> list[dict[str, Any]]:
        return [{**one, "nodes": change(one["nodes"])} if one.get("name") == holder[1] else one for one in ways]

    return _with_branches(nodes, holder[0], inside)


def _with_branches(
    nodes: Nodes, name: str, change: Callable[[list[dict[str, Any]], str], list[dict[str, Any]]]
) -> Nodes:
    made = []
    for node in nodes:
        if "branches" in node:
            ways = branches_of(node)
            if node.get("name") == name:
                ways = change(ways, str(node.get("kind", "")))
            else:
                ways = [{**one, "nodes": _with_branches(one["nodes"], name, change)} for one in ways]
            node = {**node, "branches": ways}
        made.append(node)
    return made
