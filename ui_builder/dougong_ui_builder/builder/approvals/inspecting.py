"""What the inspector shows of the node or branch that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.problems import Problem
from dougong_ui_builder.builder.approvals import rules
from dougong_ui_builder.builder.approvals.node_form import EVENTS, node_schema, plain_schema, steps_schema
from dougong_ui_builder.builder.approvals.node_kinds import icon_of, tone_of
from dougong_ui_builder.builder.approvals.page_of import FlowPage
from dougong_ui_builder.builder.approvals.rules import RuleRow
from dougong_ui_builder.builder.approvals.shown import Key, path_of
from dougong_ui_builder.builder.approvals.tree import Node, branch_of, branches_of, find
from dougong_ui_builder.builder.automations.recipients import told, user_paths
from dougong_ui_builder.builder.automations.steps import Step, offered_steps, steps_of
from dougong_ui_builder.builder.forms import Form
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

OF_A_SAVE = ("set",)  # a step of saving itself: here the record has been saved
SETTINGS = ("nobody", "own", "same", "left")
USUAL = {"nobody": "administrator", "own": "manager", "same": "consecutive", "left": "manager"}


@dataclass(slots=True)
class StepList:
    """A list of steps; `name` of its inputs."""

    name: str
    label: str
    steps: list[Step]
    offered: list[dict[str, str]]
    errors: list[str]


@dataclass(slots=True)
class Inspected:
    """The node; of a branch, also `way`, that one's part of the document."""

    node: Node
    icon: str
    tone: str
    title: str
    says: str
    form: Form | None = None
    way: Mapping[str, Any] | None = None
    errors: list[str] = field(default_factory=list)
    by: list[RuleRow] = field(default_factory=list)
    by_errors: list[str] = field(default_factory=list)
    to: list[RuleRow] = field(default_factory=list)
    to_errors: list[str] = field(default_factory=list)
    hand_to: list[RuleRow] = field(default_factory=list)
    step_lists: list[StepList] = field(default_factory=list)
    choices: Mapping[str, Any] = field(default_factory=dict)
    if_errors: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "way" if self.way is not None else str(self.node.get("kind", ""))

    @property
    def name(self) -> str:
        return str(self.node.get("name", ""))

    @property
    def branch(self) -> str:
        return str(self.way.get("name", "")) if self.way is not None else ""

    @property
    def ways(self) -> Sequence[Mapping[str, Any]]:
        return branches_of(self.node)

    @property
    def otherwise(self) -> bool:
        """Whether this branch is the one that is taken where no other holds."""
        is_last = self.way is not None and self.ways[-1].get("name") == self.branch
        return is_last and self.node.get("kind") == "branch" and not (self.way or {}).get("if")

    @property
    def limited(self) -> Mapping[str, Any]:
        found = self.node.get("limit")
        return found if isinstance(found, Mapping) else {}


def inspect(made: FlowPage, chosen: Key, kept: Node | None = None) -> Inspected | None:
    """What is chosen; `kept`: the node as the form has it, with rows that are still blank. None where it is gone."""
    found = find(made.nodes, chosen[0])
    if found is None:
        return None
    node = kept or found[1]
    path = path_of(made.nodes, *chosen)
    mine = [p for p in made.problems if p.path == path or p.path.startswith((path + ".", path + "["))]
    if chosen[1]:
        return _branch(made, found[1], chosen[1], path, mine)
    mine = [p for p in mine if not p.path.startswith(path + ".branches[")]
    shown = Inspected(node, icon_of(node), tone_of(node), made.sayer.title(node), made.sayer.rule(node))
    schema = plain_schema(str(node.get("kind", "")))
    by_hand = ("by", "to", "do", "on", "limit.to")
    own = [p for p in mine if not p.path.startswith(tuple(f"{path}.{key}" for key in by_hand))]
    shown.form = Form(schema, node, made.words, own, object=made.object, path=path)
    shown.errors = shown.form.general_texts()
    _people(made, shown, mine, path)
    _lists(made, shown, mine, path)
    shown.choices = choices(made)
    return shown


def _branch(made: FlowPage, node: Node, name: str, path: str, mine: list[Problem]) -> Inspected | None:
    way = branch_of(made.nodes, str(node.get("name", "")), name)
    if way is None:
        return None
    kind = str(node.get("kind", ""))
    shown = Inspected(node, "git-branch", "branch-if", made.sayer.branch(way, kind), "", way=way)
    if kind == "branch" and not way.get("if"):
        shown.title = gettext("Otherwise") if shown.otherwise else gettext("No condition yet")
    label = way.get("label")
    if label:
        shown.title = str(label.get(current_locale()) or label.get("en") or name) if isinstance(label, dict) else label
    locale = made.caller.locale
    mine = [p for p in mine if not p.path.startswith(path + ".nodes")]
    shown.if_errors = [p.message(locale) for p in mine if p.path.startswith(path + ".if")]
    shown.errors = [p.message(locale) for p in mine if not p.path.startswith(path + ".if")]
    return shown


def _people(made: FlowPage, shown: Inspected, mine: list[Problem], path: str) -> None:
    locale, node = made.caller.locale, shown.node
    shown.by = rules.rule_rows(node.get("by"), made.organisation, mine, locale, name="b/by", path=f"{path}.by")
    shown.by_errors = [p.message(locale) for p in mine if p.path == f"{path}.by"]
    shown.to = rules.recipient_rows(node.get("to"), mine, locale, name="b/to", path=f"{path}.to")
    shown.to_errors = [p.message(locale) for p in mine if p.path == f"{path}.to"]
    shown.hand_to = rules.rule_rows(
        shown.limited.get("to"), made.organisation, mine, locale, name="b/limit/to", path=f"{path}.limit.to"
    )


def _lists(made: FlowPage, shown: Inspected, mine: list[Problem], path: str) -> None:
    node, kind = shown.node, shown.node.get("kind")
    given = node["on"] if isinstance(node.get("on"), Mapping) else {}
    keys = {"action": ["do"], "approve": list(EVENTS)}.get(str(kind), [])
    for key in keys:
        place = f"{path}.do" if key == "do" else f"{path}.on.{key}"
        name = "b/do" if key == "do" else f"b/on/{key}"
        rows = node.get("do") if key == "do" else given.get(key)
        shown.step_lists.append(step_list(made, steps_schema(key), rows, mine, name, place))


def step_list(
    made: FlowPage, schema: Mapping[str, Any], rows: Any, problems: Sequence[Problem], name: str, place: str
) -> StepList:
    """A list of steps with all that its editor needs."""
    steps = steps_of(made.words, schema, rows, made.object, problems, name=name, path=place)
    errors = [p.message(made.caller.locale) for p in problems if p.path == place]
    label = schema["x-dougong"]["label"][current_locale()]
    offered = [one for one in offered_steps(schema) if one["name"] not in OF_A_SAVE]
    return StepList(name, label, steps, offered, errors)


def choices(made: FlowPage) -> dict[str, Any]:
    """What may be chosen in the inspector: people, sets, departments, teams, paths, fields, and the words of kinds."""
    locale, people = current_locale(), told(made.words, made.organisation, made.object)
    found = made.words.objects.get(made.object)
    properties = node_schema()["properties"]
    fields = [(f.name, f.label.text(locale)) for f in found.own_fields] if found else []
    return {
        "told": people,
        **people["offered"],
        "paths": user_paths(made.words, made.object),
        "rule_kinds": [(key, str(text)) for key, text in rules.KINDS.items()],
        "fields": fields,
        "settings": [(key, _labels(properties[key]), usual(made, key)) for key in SETTINGS],
        "allowed": _labels(properties["allow"]["items"]),
        "calendars": [(one.name, one.name) for one in made.view.of_kind("calendar")],
        "says": {key: one["x-dougong"]["label"][locale] for key, one in properties.items()},
    }


def usual(made: FlowPage, key: str) -> str:
    """What holds for nodes that say nothing, in words."""
    given = made.body.get("settings")
    value = (given.get(key) if isinstance(given, Mapping) else None) or USUAL[key]
    return dict(_labels(node_schema()["properties"][key])).get(str(value), str(value))


def _labels(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["const"], one["x-dougong"]["label"][current_locale()]) for one in schema["oneOf"]]
