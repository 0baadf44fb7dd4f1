"""One change of the designer: "@do" says what is added, moved or removed; without it the inspector's form is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from dougong_platform.errors import BadRequest
from dougong_ui_builder.builder.approvals import tree
from dougong_ui_builder.builder.approvals.node_form import read_branch, read_node
from dougong_ui_builder.builder.approvals.node_kinds import KINDS, new_branch, new_node
from dougong_ui_builder.builder.approvals.page_of import FlowPage
from dougong_ui_builder.builder.approvals.shown import Key
from dougong_ui_builder.builder.approvals.tree import Node, Nodes, Place

MOST_TEXT = 500_000  # characters of a whole tree that is put back
STEPS = {"up": -1, "down": 1, "left": -1, "right": 1}


@dataclass(slots=True)
class Did:
    """The body after the change, what is chosen then, and the chosen node as its form has it."""

    body: dict[str, Any]
    chosen: Key
    kept: Node | None = None


def change(made: FlowPage, form: MultiDict[str, str]) -> Did:
    """What the post asks for. Raises BadRequest where it is nothing that the designer does."""
    verb, *words = form.get("@do", "").split(" ")
    chosen = (form.get("@node", ""), form.get("@branch", ""))
    act = _ACTS.get(verb)
    if act is None:
        did = _inspector(made, form, chosen)
        if "@then" in form:  # what is chosen by now: the form came late
            node, _, branch = form["@then"].partition("/")
            return Did(did.body, (node, branch))
        return did
    nodes, after = act(made.nodes, [*words, "", ""], chosen)
    if verb == "put":
        nodes = _put(form.get("@nodes", ""))
    return Did({**made.body, "nodes": nodes}, after)


def _inspector(made: FlowPage, form: MultiDict[str, str], chosen: Key) -> Did:
    found = tree.find(made.nodes, chosen[0])
    if found is None:
        return Did(made.body, ("", ""))
    if chosen[1]:
        way = tree.branch_of(made.nodes, *chosen)
        changed = read_branch(form, way or {})
        nodes = tree.with_branch(made.nodes, chosen[0], chosen[1], changed) if way is not None else made.nodes
        return Did({**made.body, "nodes": nodes}, chosen)
    node = read_node(form, found[1])
    kept = read_node(form, found[1], keep=True)
    body = {**made.body, "nodes": tree.replace(made.nodes, chosen[0], node)}
    return Did(body, chosen, kept if kept != node else None)


Act = Callable[[Nodes, list[str], Key], tuple[Nodes, Key]]


def _add(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """add-node <kind> <place>."""
    place = tree.place_of(words[1])
    if words[0] not in KINDS or place is None:
        raise BadRequest(en="A kind of node and a place are expected.", zh="需要节点类型和位置。")
    node = new_node(words[0], tree.names(nodes))
    first = ("case" if words[0] == "branch" else "") if words[0] in tree.FORKS else ""
    return tree.insert(nodes, place, node), (node["name"], first)


def _remove(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """remove-node <node>; what stands before it is chosen then."""
    found = tree.find(nodes, words[0])
    if found is None:
        return nodes, chosen
    order = [str(node.get("name", "")) for _, node, _ in tree.walk(nodes)]
    at, gone = order.index(words[0]), tree.names([found[1]])
    before = [name for name in order[:at] if name not in gone]
    return tree.remove(nodes, words[0]), (before[-1] if before else "", "")


def _copy(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """copy-node <node> [<place>]: behind it, or there."""
    found = tree.find(nodes, words[0])
    if found is None:
        return nodes, chosen
    place = tree.place_of(words[1]) or Place(found[0].holder, found[0].index + 1)
    again = tree.renamed(found[1], tree.names(nodes))
    return tree.insert(nodes, place, again), (str(again["name"]), "")


def _move(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """move-node <node> <place>."""
    place = tree.place_of(words[1])
    return (nodes, chosen) if place is None else (tree.move(nodes, words[0], place), (words[0], ""))


def _step(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """step-node <node> up|down|left|right."""
    by = STEPS.get(words[1], 0)
    change = tree.aside if words[1] in ("left", "right") else tree.step
    return change(nodes, words[0], by), (words[0], "")


def _add_branch(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """add-branch <node>."""
    found = tree.find(nodes, words[0])
    if found is None:
        return nodes, chosen
    taken = {str(one.get("name", "")) for one in tree.branches_of(found[1])}
    branch = new_branch(str(found[1].get("kind", "")), taken)
    return tree.add_branch(nodes, words[0], branch), (words[0], branch["name"])


def _remove_branch(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """remove-branch <node> <branch>."""
    left = tree.remove_branch(nodes, words[0], words[1])
    return left, (words[0] if tree.find(left, words[0]) else "", "")


def _move_branch(nodes: Nodes, words: list[str], chosen: Key) -> tuple[Nodes, Key]:
    """move-branch <node> <branch> left|right."""
    return tree.move_branch(nodes, words[0], words[1], STEPS.get(words[2], 0)), (words[0], words[1])


_ACTS: Mapping[str, Act] = {
    "add-node": _add,
    "remove-node": _remove,
    "copy-node": _copy,
    "move-node": _move,
    "step-node": _step,
    "add-branch": _add_branch,
    "remove-branch": _remove_branch,
    "move-branch": _move_branch,
    "put": lambda nodes, words, chosen: (nodes, chosen),
}


def _put(text: str) -> Nodes:
    """A whole tree, as the designer had it before: undo and redo."""
    try:
        given = json.loads(text[:MOST_TEXT])
    except ValueError:
        raise BadRequest(en="A list of nodes is expected.", zh="需要节点列表。") from None
    if not isinstance(given, list):
        raise BadRequest(en="A list of nodes is expected.", zh="需要节点列表。")
    return tree.nodes_in({"nodes": given})
