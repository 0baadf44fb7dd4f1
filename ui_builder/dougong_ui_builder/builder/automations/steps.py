"""The steps of an automation, or of a stage: what each of them holds as form nodes, and the steps read from a form.

The forms come from the actions' own schemas, so an action of another package has its inputs here too. The inputs of
step 2 lie under "b/do/2/<action>"; `@do` buttons add, remove and move steps without JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.field_types.registry import registered as field_types
from dougong_metadata.problems import Problem
from dougong_ui_builder.builder.automations.recipients import as_before, take_recipients
from dougong_ui_builder.builder.forms import MISSING, Form, Node, read_value
from dougong_ui_builder.builder.forms.shapes import Schema
from dougong_ui_builder.builder.forms.tree import Tree, items
from dougong_ui_builder.builder.formulas.words import at_end, relations_of
from dougong_ui_builder.builder.vocabulary import Option, Vocabulary
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.words import gettext

KEPT_BY_ENGINE = frozenset({"formula", "rollup", "auto_number"})


@dataclass(slots=True)
class Step:
    """One step. `name` of its inputs, `node` its body, `target` the object whose fields it writes."""

    kind: str
    label: str
    help: str
    icon: str
    name: str
    node: Node
    target: str
    body: Any
    errors: list[str] = field(default_factory=list)

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The parts of the body by key; the body itself under its action's name where it has no parts."""
        return self.node.child if self.node.shape == "part" else {self.kind: self.node}

    @property
    def wrong(self) -> bool:
        return bool(self.errors) or any(node.errors for node in self.node.walk())


def action_schemas(steps: Schema) -> dict[str, Schema]:
    """The schema of each action's body, by name, from that of a list of steps."""
    return {one["x-dougong"]["action"]: one for one in steps["items"]["oneOf"]}


def offered_steps(steps: Schema) -> list[dict[str, str]]:
    """What may be added to a list of steps: {name, label, help, icon} of each action."""
    locale = current_locale()
    return [
        {
            "name": name,
            "label": one["x-dougong"]["label"][locale],
            "help": one["x-dougong"].get("help", {}).get(locale, ""),
            "icon": one["x-dougong"]["icon"],
        }
        for name, one in action_schemas(steps).items()
    ]


def steps_of(
    words: Vocabulary,
    steps: Schema,
    rows: Any,
    object: str | None,
    problems: Sequence[Problem] = (),
    *,
    name: str = "b/do",
    path: str = "do",
) -> list[Step]:
    """The steps of a document, whatever is wrong with them; what is no step at all is left to the YAML view."""
    known, made = action_schemas(steps), []
    for index, row in enumerate(rows if isinstance(rows, (list, tuple)) else ()):
        kind = next(iter(row), None) if isinstance(row, Mapping) else None
        if kind not in known:
            continue
        place = f"{path}[{index}]"
        mine = [p for p in problems if p.path == place or p.path.startswith((place + ".", place + "["))]
        form = Form(known[kind], row, words, mine, object=object, path=place, name=f"{name}/{index}")
        about = known[kind]["x-dougong"]
        target = target_of(words, kind, row[kind], object)
        step = Step(
            kind,
            about["label"][current_locale()],
            about.get("help", {}).get(current_locale(), ""),
            about["icon"],
            f"{name}/{index}",
            form.nodes[0],
            target,
            row[kind],
            [p.message(words.locale) for p in form.general],
        )
        _scope(words, step, object)
        made.append(step)
    return made


def read_steps(steps: Schema, branch: Any, old: Any, *, keep: bool = False) -> list[dict[str, Any]]:
    """The list of steps that the form says, in the page's order."""
    known, before = action_schemas(steps), old if isinstance(old, (list, tuple)) else ()
    made = []
    for index, row in items(branch):
        kind = next((key for key in row if key in known), None) if isinstance(row, Mapping) else None
        if kind is None:
            continue
        take_recipients(row[kind])
        there = before[int(index)] if int(index) < len(before) else {}
        was = there.get(kind, MISSING) if isinstance(there, Mapping) else MISSING
        value = read_value(known[kind]["properties"][kind], row[kind], was, keep=keep)
        made.append({kind: {} if value is MISSING else as_before(value, was)})
    return made


def is_steps(schema: Schema) -> bool:
    """Whether a key's schema is that of a list of steps."""
    inner = schema.get("items")
    choices = inner.get("oneOf") or [{}] if isinstance(inner, Mapping) else [{}]
    return "action" in choices[0].get("x-dougong", {})


def step_keys(part: Schema) -> dict[str, Schema]:
    """The keys of a mapping that hold steps: on_enter and on_exit of a stage."""
    return {key: schema for key, schema in part["properties"].items() if is_steps(schema)}


def take_steps(
    part: Schema, tree: Tree, old: Mapping[str, Any], body: Mapping[str, Any], *, keep: bool = False
) -> dict[str, Any]:
    """`body` with the steps that the form says under each of `step_keys`; keys the form does not hold stay."""
    made = dict(body)
    for key, schema in step_keys(part).items():
        if key not in tree:
            continue
        steps = read_steps(schema, tree[key], old.get(key), keep=keep)
        made.pop(key, None)
        if steps or key in old:
            made[key] = steps
    return {key: made[key] for key in [*(k for k in old if k in made), *(k for k in made if k not in old)]}


def add_step(tree: Tree, what: str) -> bool:
    """Do what "add-step b/do notify" asks; whether it was that."""
    verb, _, rest = what.partition(" ")
    place, _, kind = rest.partition(" ")
    if verb != "add-step" or not kind:
        return False
    branch: Any = tree
    for part in place.split("/")[1:]:
        branch = branch.setdefault(part, {})
        if not isinstance(branch, dict):
            return True
    fresh = 1 + max((int(key) for key in branch if key.isdigit()), default=-1)
    branch[str(fresh)] = {kind: {}}
    return True


def target_of(words: Vocabulary, kind: str, body: Any, object: str | None) -> str:
    """The object whose fields a step writes; "" where it is not known."""
    said = body if isinstance(body, Mapping) else {}
    if kind == "create":
        return str(said.get("object") or "")
    if kind == "update" and said.get("relation"):
        found = at_end(words, object or "", str(said["relation"]).split("."))
        return found.name if found else ""
    return object or ""


def writable_fields(words: Vocabulary, object: str) -> list[Option]:
    """The fields that a step may give a value to."""
    found = words.objects.get(object)
    if found is None:
        return []
    own = [f for f in found.own_fields if f.type in field_types() and f.type not in KEPT_BY_ENGINE]
    system = [found.fields[name] for name in ("owner", "record_type") if name in found.fields]
    return [(f.name, f.label.text(words.locale)) for f in (*own, *system)]


def _scope(words: Vocabulary, step: Step, object: str | None) -> None:
    """Expressions see the triggering record; what takes their values, and `where`, the record that is written."""
    fields = writable_fields(words, step.target)
    for node in step.node.walk():
        node.object = object
        if node.widget == "values":
            node.key_choices = fields
            for child in node.children:
                known = any(child.key == one for one, _ in fields)
                child.key_choices = fields if known or not child.key else [*fields, (child.key, child.key)]
                child.takes = step.target
        elif node.child_key == "where":
            node.object = step.target
        elif step.kind == "update" and node.child_key == "relation":
            node.choices = related(words, object, node.value)
        elif node.widget in ("template", "webhook", "approval"):
            node.choices = named_documents(words, node.widget, step.kind, object)


def related(words: Vocabulary, object: str | None, present: Any = None) -> list[Option]:
    """What an update may write besides the record itself: what it points to, and those that point to it."""
    found = words.objects.get(object or "")
    if found is None:
        return [(str(present), str(present))] if present else []
    made = [
        (f.name, gettext("%(field)s: the one it points to", field=f.label.text(words.locale)))
        for f in found.own_fields
        if f.type in ("lookup", "detail")
    ]
    made += [
        (name, gettext("%(records)s: those that point here", records=one.plural.text(words.locale)))
        for name, one in relations_of(words, found.name)
    ]
    known = not present or any(name == present for name, _ in made)
    return made if known else [*made, (str(present), str(present))]


def named_documents(words: Vocabulary, kind: str, action: str, object: str | None) -> list[Option]:
    """Documents that a step may name: templates for its channel and object, webhooks, or flows on the object."""
    made = []
    for document in words.view.of_kind(kind):
        body = document.body
        channel = body.get("channel")
        fits = body.get("object") in (None, object) and channel in (
            None,
            {"notify": "notification"}.get(action, action),
        )
        if kind == "webhook" or (fits and (kind != "approval" or body.get("object") == object)):
            label = body.get("label")
            text = label if isinstance(label, str) else (label or {}).get(current_locale()) or document.name
            made.append((document.name, str(text)))
    return made
