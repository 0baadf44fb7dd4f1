"""What the flow designer does to the tree of nodes, against a flat reading of it: nothing is lost, doubled or torn."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_ui_builder.builder.approvals import tree
from dougong_ui_builder.builder.approvals.tree import Place

Nodes = list[dict[str, Any]]
SMALL: Nodes = [
    {"name": "first", "kind": "approve"},
    {
        "name": "size",
        "kind": "branch",
        "branches": [
            {"name": "small", "if": "total < 5", "nodes": [{"name": "a", "kind": "approve"}]},
            {"name": "big", "if": "total < 50", "nodes": []},
            {"name": "rest", "nodes": [{"name": "b", "kind": "cc"}, {"name": "c", "kind": "end"}]},
        ],
    },
    {"name": "last", "kind": "action", "do": [{"set": {"note": '"done"'}}]},
]


@st.composite
def flows(draw: st.DrawFn) -> Nodes:
    """Trees of up to four levels with names that are theirs alone."""
    numbers = iter(range(1_000))

    def some(depth: int) -> Nodes:
        return [one(depth) for _ in range(draw(st.integers(0, 3)))]

    def one(depth: int) -> dict[str, Any]:
        kind = draw(st.sampled_from(["approve", "cc", "branch", "parallel"] if depth < 3 else ["approve"]))
        node: dict[str, Any] = {"name": f"n{next(numbers)}", "kind": kind}
        if kind in tree.FORKS:
            ways = [{"name": f"w{n}", "if": f"total < {n}", "nodes": some(depth + 1)} for n in range(2)]
            node["branches"] = [*ways, {"name": "rest", "nodes": some(depth + 1)}]
        return node

    return some(0)


def flat(nodes: Nodes) -> list[str]:
    """Every node and branch as a line, in order: an own reading of the tree."""
    made: list[str] = []
    for node in nodes:
        made.append(node["name"])
        for way in node.get("branches", ()):
            made += [f"{node['name']}/{way['name']}(", *flat(way["nodes"]), ")"]
    return made


def lines_of(nodes: Nodes, name: str) -> list[str]:
    """The lines of one node with all that is in it."""
    found = tree.find(nodes, name)
    assert found is not None
    return flat([found[1]])


def without(lines: list[str], part: list[str]) -> list[str]:
    at = next(n for n in range(len(lines)) if lines[n : n + len(part)] == part)
    return [*lines[:at], *lines[at + len(part) :]]


def picked(data: st.DataObject, nodes: Nodes) -> str:
    return str(data.draw(st.sampled_from(sorted(tree.names(nodes)))))


flows_with_nodes = flows().filter(bool)


@settings(deadline=None, max_examples=60)
@given(flows(), st.data())
def test_a_node_is_put_at_every_place_that_there_is(nodes: Nodes, data: st.DataObject) -> None:
    before = deepcopy(nodes)
    place = data.draw(st.sampled_from(list(tree.places(nodes))))
    made = tree.insert(nodes, place, {"name": "new", "kind": "approve"})
    found = tree.find(made, "new")
    assert found is not None
    assert found[0] == place == tree.place_of(str(place))
    assert without(flat(made), ["new"]) == flat(nodes)
    assert nodes == before


@settings(deadline=None, max_examples=60)
@given(flows())
def test_there_are_as_many_places_as_edges(nodes: Nodes) -> None:
    lists = sum(line.endswith("(") for line in flat(nodes)) + 1
    found = list(tree.places(nodes))
    assert len(found) == len(set(found)) == len(tree.names(nodes)) + lists


@settings(deadline=None, max_examples=60)
@given(flows_with_nodes, st.data())
def test_removing_takes_a_node_with_all_that_is_in_it_and_nothing_else(nodes: Nodes, data: st.DataObject) -> None:
    name = picked(data, nodes)
    assert flat(tree.remove(nodes, name)) == without(flat(nodes), lines_of(nodes, name))


@settings(deadline=None, max_examples=60)
@given(flows_with_nodes, st.data())
def test_moving_keeps_every_node_whole_and_puts_it_where_it_was_dropped(nodes: Nodes, data: st.DataObject) -> None:
    name = picked(data, nodes)
    place = data.draw(st.sampled_from(list(tree.places(nodes))))
    made = tree.move(nodes, name, place)
    part = lines_of(nodes, name)
    assert lines_of(made, name) == part
    assert without(flat(made), part) == without(flat(nodes), part)
    inside = {line[:-1] for line in part if line.endswith("(")}
    if "/".join(place.holder) in inside:
        assert made == nodes  # into itself: nothing happens
        return
    behind = tree.find(nodes, name)
    moved = tree.find(made, name)
    assert behind is not None
    assert moved is not None
    passed = behind[0].holder == place.holder and behind[0].index < place.index
    assert moved[0] == Place(place.holder, place.index - passed)


@settings(deadline=None, max_examples=60)
@given(flows_with_nodes, st.data())
def test_a_step_on_and_a_step_back_is_where_one_was_and_steps_pass_every_place(
    nodes: Nodes, data: st.DataObject
) -> None:
    name = picked(data, nodes)
    stood = [tree.find(nodes, name)]
    once = tree.step(nodes, name, 1)
    if once != nodes:
        assert tree.step(once, name, -1) == nodes
    at = nodes
    while (earlier := tree.step(at, name, -1)) != at:
        at = earlier
    stood = [tree.find(at, name)]
    while (later := tree.step(at, name, 1)) != at:
        at = later
        stood.append(tree.find(at, name))
    reached = [found[0] for found in stood if found is not None]
    assert reached == list(tree.places(tree.remove(nodes, name)))


@settings(deadline=None, max_examples=60)
@given(flows_with_nodes, st.data())
def test_a_copy_is_alike_but_for_its_names(nodes: Nodes, data: st.DataObject) -> None:
    name = picked(data, nodes)
    found = tree.find(nodes, name)
    assert found is not None
    made = tree.renamed(found[1], tree.names(nodes))
    fresh = tree.names([made])
    assert not fresh & tree.names(nodes)
    assert len(fresh) == len(tree.names([found[1]]))
    assert [line.endswith("(") for line in flat([made])] == [line.endswith("(") for line in flat([found[1]])]


@settings(deadline=None, max_examples=60)
@given(flows(), st.data())
def test_a_branch_that_is_taken_away_takes_its_nodes_and_the_last_one_left_becomes_the_way(
    nodes: Nodes, data: st.DataObject
) -> None:
    forks = [node["name"] for _, node, _ in tree.walk(nodes) if node.get("branches")]
    if not forks:
        return
    name = data.draw(st.sampled_from(forks))
    once = tree.remove_branch(nodes, name, "w0")
    gone = tree.branch_of(nodes, name, "w0")
    assert gone is not None
    assert flat(once) == without(flat(nodes), [f"{name}/w0(", *flat(gone["nodes"]), ")"])
    rest = tree.branch_of(nodes, name, "rest")
    assert rest is not None
    twice = tree.remove_branch(once, name, "w1")
    part = [name, f"{name}/rest(", *flat(rest["nodes"]), ")"]
    at = next(n for n in range(len(flat(once))) if flat(once)[n] == name)
    own = lines_of(once, name)
    assert flat(twice) == [*flat(once)[:at], *flat(rest["nodes"]), *flat(once)[at + len(own) :]]
    assert part[0] not in flat(twice)


@settings(deadline=None, max_examples=60)
@given(flows_with_nodes, st.data())
def test_a_path_of_the_document_leads_to_the_innermost_node(nodes: Nodes, data: st.DataObject) -> None:
    name = picked(data, nodes)
    path = next(path for _, node, path in tree.walk(nodes) if node["name"] == name)
    assert tree.node_at(nodes, f"{path}.by[0].user") == (name, "")
    assert tree.node_at(nodes, path) == (name, "")


def test_otherwise_stays_the_last_branch() -> None:
    grown = tree.add_branch(SMALL, "size", {"name": "huge", "if": "total < 500"})
    assert [one["name"] for one in grown[1]["branches"]] == ["small", "big", "huge", "rest"]
    right = tree.move_branch(SMALL, "size", "small", 1)
    assert [one["name"] for one in right[1]["branches"]] == ["big", "small", "rest"]
    assert tree.move_branch(right, "size", "small", 1) == right
    assert tree.move_branch(SMALL, "size", "rest", -1) == SMALL


def test_a_node_goes_to_the_branch_beside_its_own() -> None:
    right = tree.aside(SMALL, "a", 1)
    assert [[n["name"] for n in one["nodes"]] for one in right[1]["branches"]] == [[], ["a"], ["b", "c"]]
    assert tree.aside(right, "a", -1) == SMALL
    assert tree.aside(SMALL, "c", 1) == SMALL
    assert tree.aside(SMALL, "first", 1) == SMALL


def test_problems_in_a_branch_lead_to_the_branch() -> None:
    assert tree.node_at(SMALL, "nodes[1].branches[1].if") == ("size", "big")
    assert tree.node_at(SMALL, "nodes[1].branches[2].nodes[1]") == ("c", "")
    assert tree.node_at(SMALL, "entry") == ("", "")


@pytest.mark.parametrize("text", ["", "a", "a@", "@x", "a@1", "/b@0", "a/@2"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert tree.place_of(text) is None


@pytest.mark.parametrize("body", [{}, {"nodes": "x"}, {"nodes": [1, "a"]}, {"nodes": [{"branches": 3}]}, None])
def test_whatever_a_draft_holds_is_read_without_falling(body: Any) -> None:
    nodes = tree.nodes_in(body)
    assert list(tree.walk(nodes)) is not None
    assert list(tree.places(nodes))
