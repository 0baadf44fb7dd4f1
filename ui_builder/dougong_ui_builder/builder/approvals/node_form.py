"""The inspector's form of one node or branch: its inputs from the kind's schema, and the node read back from a post.

Inputs lie under "b" as in every form of the builder. Rules, recipients and steps have inputs of their own; lists of
fields and of allowed actions are posted as "@edit", "@hide", "@allow" beside a "@has" that names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from werkzeug.datastructures import MultiDict

from dougong_metadata.kinds import registered
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.model.approval_types import ALLOWED
from dougong_ui_builder.builder.approvals.rules import read_recipients, read_rules
from dougong_ui_builder.builder.approvals.tree import Node
from dougong_ui_builder.builder.automations.steps import add_step, read_steps
from dougong_ui_builder.builder.forms import act, read_body, tree_of
from dougong_ui_builder.builder.forms.shapes import Schema
from dougong_ui_builder.builder.forms.tree import Tree

# The keys of each kind that the inspector edits by the schema; the others have inputs of their own.
PLAIN = {
    "approve": ("label", "need", "count", "comment", "limit", "same", "own", "nobody", "left"),
    "branch": ("label",),
    "parallel": ("label", "join", "count"),
    "cc": ("label",),
    "action": ("label",),
    "end": ("label", "outcome", "message"),
}
CHOSEN = ("edit", "hide", "allow")
COUNTED = {"approve": "need", "parallel": "join"}
EVENTS = ("approved", "rejected")
# What holds where a node says nothing: the form shows it, the document need not say it.
USUAL = {"need": "any", "join": "all", "comment": "optional", "outcome": "approved"}


@cache
def flow_schema() -> Mapping[str, Any]:
    """The JSON Schema of a flow's document."""
    return kind_schema(registered()["approval"])


@cache
def node_schema() -> Mapping[str, Any]:
    """The JSON Schema of a node without what stands in its branches."""
    schema = flow_schema()
    found: Mapping[str, Any] = schema["properties"]["nodes"]["items"]
    if "$ref" in found:
        found = schema["$defs"][str(found["$ref"]).rpartition("/")[2]]
    return {**found, "properties": {key: one for key, one in found["properties"].items() if key != "branches"}}


def plain_schema(kind: str) -> Schema:
    """Only the keys that a node of this kind has in its form; limit without its rules."""
    properties = node_schema()["properties"]
    made = {key: properties[key] for key in PLAIN.get(kind, ("label",))}
    if "limit" in made:
        limit = made["limit"]
        made["limit"] = {**limit, "properties": {k: v for k, v in limit["properties"].items() if k != "to"}}
        made["limit"]["required"] = []
    return {"type": "object", "properties": made}


def steps_schema(key: str) -> Schema:
    """The schema of a list of steps: "do", or an event of `on`."""
    properties = node_schema()["properties"]
    found: Schema = properties["do"] if key == "do" else properties["on"]["properties"][key]
    return found


def read_node(form: MultiDict[str, str], old: Node, *, keep: bool = False) -> Node:
    """The node as the form says it; keys it does not hold stay. `keep`: blank rows stay, for showing the form again."""
    kind, tree = str(old.get("kind", "")), tree_of(form)
    asked = form.get("@do", "")
    if not add_step(tree, asked):
        act(tree, asked)
    schema = plain_schema(kind)
    plain = {key: part for key, part in tree.items() if key in schema["properties"]}
    rules = plain["limit"].pop("to", None) if isinstance(plain.get("limit"), dict) else None
    made = read_body(schema, plain, old, keep=False)
    made = {key: value for key, value in made.items() if key in old or value != USUAL.get(key)}
    if "limit" in plain:
        _limit(made, rules)
    if "by" in tree:
        made["by"] = read_rules(tree["by"])
    if "to" in tree:
        made["to"] = read_recipients(tree["to"], old.get("to"))
    _chosen(form, made)
    _steps(tree, made, old, keep)
    counted = COUNTED.get(kind)
    if counted and made.get(counted) != "count":
        made.pop("count", None)
    elif counted:
        made.setdefault("count", 2)
    return {key: made[key] for key in [*(k for k in old if k in made), *(k for k in made if k not in old)]}


def read_branch(form: MultiDict[str, str], old: Mapping[str, Any]) -> dict[str, Any]:
    """A branch as its form says it, without its nodes."""
    made = {key: value for key, value in old.items() if key not in ("nodes", "label", "if")}
    label = {one: text for one in ("en", "zh") if (text := form.get(f"b/label/{one}", "").strip())}
    text = form.get("b/if", "").replace("\r\n", "\n").strip()
    return {**made, **({"label": label} if label else {}), **({"if": text} if text else {})}


def _limit(made: Node, rules: Any) -> None:
    """The limit with its rules; none without its hours."""
    limit = made.get("limit")
    if not isinstance(limit, Mapping) or limit.get("hours") in (None, ""):
        made.pop("limit", None)
        return
    limit = {key: value for key, value in limit.items() if key != "to"}
    if limit.get("then") == "transfer":
        limit["to"] = read_rules(rules) or [{"user": ""}]
    made["limit"] = limit


def _chosen(form: MultiDict[str, str], made: Node) -> None:
    for key in form.getlist("@has"):
        if key not in CHOSEN:
            continue
        values = [one for one in dict.fromkeys(form.getlist(f"@{key}")) if one]
        usual = set(values) == set(ALLOWED) if key == "allow" else not values
        if usual:
            made.pop(key, None)
        else:
            made[key] = values


def _steps(tree: Tree, made: Node, old: Node, keep: bool) -> None:
    """Steps of an action node, and of what follows a decision."""
    if "do" in tree:
        made["do"] = read_steps(steps_schema("do"), tree["do"], old.get("do"), keep=keep)
    given = tree.get("on")
    if not isinstance(given, dict):
        return
    before = old["on"] if isinstance(old.get("on"), Mapping) else {}
    on = dict(before)
    for event in EVENTS:
        if event in given:
            on[event] = read_steps(steps_schema(event), given[event], before.get(event), keep=keep)
    on = {event: steps for event, steps in on.items() if steps}
    made.pop("on", None)
    if on:
        made["on"] = on
