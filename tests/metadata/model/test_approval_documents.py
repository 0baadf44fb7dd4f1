"""Documents of flows as texts: their digest, schema, guide, folder and changes; any tree of nodes."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approval_documents import FLOW, model
from dougong_metadata.documents import Document, read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.folders import document_path, read_folder, write_folder
from dougong_metadata.kinds import kind_named
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.compile_approval import digest
from dougong_metadata.model.compile_flow import compile_flow
from dougong_metadata.model.describe import describe_change
from dougong_metadata.model.types import Model


@pytest.fixture(scope="module")
def made() -> Model:
    return model()


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, Mapping):
        items = [(key, shuffled(item, order)) for key, item in value.items()]
        order.shuffle(items)
        return dict(items)
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_equal_bodies_have_one_digest_in_whatever_order_they_were_kept(seed: int) -> None:
    (document,) = read_documents(FLOW)
    body = {key: value for key, value in document.json().items() if key not in ("kind", "name")}
    kept = Document("approval", "other", shuffled(json.loads(json.dumps(body)), random.Random(seed)))
    assert digest(kept) == digest(document)
    assert digest(Document("approval", "big", {**body, "recall": "never"})) != digest(document)
    assert digest(Document("approval", "big", {**body, "nodes": body["nodes"][::-1]})) != digest(document)


def test_a_flow_alone_compiles_over_a_model_as_it_would_with_it(made: Model) -> None:
    document = made.documents["approval", "big"]
    assert compile_flow(made, document) == made.approvals["big"]
    body = {key: value for key, value in document.json().items() if key not in ("kind", "name")}
    changed = Document("approval", "big", {**body, "nodes": body["nodes"][1:]})
    with_it = compile_model([*(d for d in made.documents.values() if d is not document), changed])
    assert compile_flow(made, changed) == with_it.approvals["big"]
    with pytest.raises(InvalidDocuments) as caught:
        compile_flow(made, Document("approval", "big", {**body, "open": ["gone"]}))
    assert [problem.path for problem in caught.value.problems] == ["open[0]"]


def test_the_published_schema_knows_nodes_inside_nodes() -> None:
    schema = jsonschema_rs.validator_for(json.loads(json.dumps(kind_schema(kind_named("approval")))))
    (document,) = read_documents(FLOW)
    assert not list(schema.iter_errors(document.json()))
    body = document.json()
    body["nodes"][1]["branches"][1]["nodes"][0]["branches"][0]["nodes"][0]["colour"] = "red"
    assert not schema.is_valid(body)


GUIDED = """
kind: object
name: purchase
name_field: title
record_types: {goods: {}}
fields:
  title: {type: text}
  total: {type: currency}
  cost: {type: currency}
  discount: {type: percent}
  note: {type: text}
  state: {type: picklist, values: [asked, agreed, refused]}
  goods_kind: {type: picklist, values: [machine, paper]}
  agreed_until: {type: date}
  supplier: {type: lookup, to: supplier}
---
{kind: object, name: supplier, name_field: title, fields: {title: {type: text}, keeper: {type: user}}}
---
{kind: object, name: delivery, name_field: title, fields: {title: {type: text}, purchase: {type: lookup, to: purchase}}}
---
{kind: permission_set, name: buyer}
---
{kind: permission_set, name: treasury}
---
{kind: permission_set, name: chiefs}
"""


def test_the_examples_of_the_guide_are_right() -> None:
    guide = Path(__file__, *[".."] * 4, "docs", "approvals.md").resolve().read_text("utf-8")
    examples = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    made = compile_model(read_documents("\n---\n".join((GUIDED, *examples)), "approvals.md"))
    assert list(made.approvals["big_purchase"].nodes) == [
        "supervisor",
        "by_size",
        "experts",
        "treasurer",
        "engineer",
        "chief",
        "told",
    ]
    assert {"order_what_is_agreed", "ask_again"} < set(made.automations)


def test_flows_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (document,) = read_documents(FLOW)
    assert document_path(document) == "approvals/big.yaml"
    write_folder(tmp_path, [document])
    assert read_folder(tmp_path) == [document]


def test_what_changed_in_a_flow_is_told_node_by_node(made: Model) -> None:
    old = made.documents["approval", "big"]
    body = old.json()
    body["nodes"][1]["branches"][0]["if"] = "total <= 6000"
    body["nodes"][1]["branches"][1]["nodes"].reverse()
    changes = describe_change(old, Document.of(body))
    assert [(change.path, change.label.en, change.new.en) for change in changes] == [
        ("nodes.by_size.branches.small.if", "Nodes › by_size › Branches › Small › If", "total <= 6000"),
        ("nodes.by_size.branches.other.nodes", "Nodes › by_size › Branches › other › Nodes › Order", "told, experts"),
    ]


# --- any tree ---------------------------------------------------------------------------------------------------------

Tree = list[Any]  # of nodes; a node is the list of its branches, which are trees
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.lists(st.just([]), max_size=3),
    lambda inner: st.lists(st.lists(inner, max_size=3), max_size=3),
    max_leaves=12,
)


def nodes_of(tree: Tree, name: str = "n") -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for index, branches in enumerate(tree):
        node: dict[str, Any] = {"name": f"{name}_{index}", "kind": "approve", "by": [{"manager": 1}]}
        if branches:
            inside = [
                {"name": f"b{number}", "nodes": nodes_of(below, f"{name}_{index}_{number}")}
                for number, below in enumerate(branches)
            ]
            node = {"name": node["name"], "kind": "parallel", "branches": inside}
        made.append(node)
    return made


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_every_node_is_reached_once_from_the_first_and_stands_where_its_path_says(made: Model, tree: Tree) -> None:
    body: dict[str, Any] = {"object": "purchase", "nodes": nodes_of(tree)}
    document = Document("approval", "any", body)
    flow = compile_flow(made, document)
    reached: list[str] = []

    def go(name: str | None, inside: tuple[str, str] | None) -> None:
        while name is not None:
            node = flow.nodes[name]
            reached.append(name)
            assert node.inside == inside
            at: Any = body
            for step in node.path:
                at = at[step]
            assert at["name"] == name
            for branch in node.branches:
                go(branch.first, (name, branch.name))
            name = node.next

    go(flow.first, None)
    assert reached == list(flow.nodes)
