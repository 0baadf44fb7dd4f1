"""Random flows over the purchases of `approving`: trees of all kinds of nodes with rules, needs and settings of all
kinds. Drawn from a seed, so that a run can be repeated."""

from __future__ import annotations

import random
from typing import Any

import yaml

from approval_trees import Node, Trees
from approving import OBJECTS
from dougong_metadata.documents import read_documents
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile import compile_model

PEOPLE = ("ann", "bea", "cat", "dan", "eve", "fay", "gus")
CONDITIONS = ["total > 50", "cost > 50", "discount > 0.5", 'stage = "asked"', "YEAR(TODAY()) > total"]
RULES: list[Node] = [
    *({"user": f"{who}@approving.test"} for who in PEOPLE),
    {"permission_set": "lawyer"},
    {"permission_set": "chief"},
    {"permission_set": "cashier"},
    {"manager": 1},
    {"manager": 2},
    {"managers": {"levels": 3}},
    {"managers": {"until": "chief"}},
    {"department_head": 0},
    {"department": "Law"},
    {"field": "reviewer"},
    {"expression": "owner.manager"},
]
GOOD: list[Any] = [{"update": {"set": {"stage": '"asked"'}}}]
# No title of a purchase may be blank: whoever administers the company is asked what now.
BAD: list[Any] = [{"update": {"set": {"title": '""'}}}]
COUNTED: list[Any] = [{"create": {"object": "supplier", "values": {"name": "title"}}}]


def approve_node(chance: random.Random) -> Node:
    """An approve node, but for its name."""
    by = chance.sample(RULES, chance.randint(1, 3))
    node: Node = {"by": by, "need": chance.choice(["any", "any", "all", "all", "sequence"])}
    if chance.random() < 0.2:
        node |= {"need": "count", "count": chance.randint(1, len(by))}
    if chance.random() < 0.3:
        node["comment"] = chance.choice(["required", "on_refusal"])
    if chance.random() < 0.3:
        node["allow"] = chance.sample(["refuse", "return", "transfer", "add", "consult"], 3)
    if chance.random() < 0.25:
        then = chance.choice(["remind", "escalate", "approve", "reject"])
        node["limit"] = {"hours": 5, "working": False, "remind": 1, "then": then}
    if chance.random() < 0.3:
        node["edit"] = ["note"]
    return node | {
        "same": chance.choice(["ask", "once", "consecutive"]),
        "own": chance.choice(["ask", "approve", "manager", "manager", "administrator", "refuse"]),
        "nobody": chance.choice(["skip", "administrator", "administrator", "refuse"]),
        "left": chance.choice(["manager", "administrator", "leave_out"]),
    }


def flow(chance: random.Random, name: str) -> Node:
    """A flow that compiles."""
    while True:
        do = BAD if chance.random() < 0.1 else GOOD
        drawn = {
            "kind": "approval",
            "name": name,
            "object": "purchase",
            "recall": chance.choice(["until_decision", "any_time", "never"]),
            "lock": chance.random() < 0.7,
            "on": {"approved": COUNTED},
            "nodes": Trees(chance, CONDITIONS, approve_node, do).nodes(),
        }
        try:
            compile_model(read_documents(OBJECTS + "---\n" + yaml.safe_dump(drawn)))
        except InvalidDocuments as refused:
            if {problem.code for problem in refused.problems} - {"never_holds", "unreachable", "count_out_of_reach"}:
                raise
        else:
            return drawn


def documents(seed: int, count: int) -> str:
    """The company's objects and so many random flows, f0, f1 …"""
    flows = [flow(random.Random(f"{seed} {number}"), f"f{number}") for number in range(count)]
    return OBJECTS + "".join("---\n" + yaml.safe_dump(one, sort_keys=False) for one in flows)
