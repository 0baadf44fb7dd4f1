"""From a kind's JSON Schema and a document's body to the nodes that templates/builder/form.html draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_platform.reports.periods import LABELS as PERIODS
from dougong_ui_builder.builder.forms.shapes import VARIANTS, Schema, part_of, said, shape_of, short_key
from dougong_ui_builder.builder.forms.tree import ROOT
from dougong_ui_builder.builder.vocabulary import Vocabulary

MOST_ROWS = 400  # more are edited as YAML


@dataclass(slots=True)
class Node:
    """One input, or a group of them. `name` of the input, `path` inside the document, `key` where it is a mapping's."""

    shape: str
    name: str
    path: str
    label: str
    help: str = ""
    widget: str = "text"
    required: bool = False
    value: Any = None
    errors: list[str] = field(default_factory=list)
    choices: list[tuple[str, str]] | None = None
    suggestions: list[tuple[str, str]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    key: str = ""
    key_choices: list[tuple[str, str]] | None = None
    schema: Schema = field(default_factory=dict)
    object: str | None = None
    takes: str = ""  # the object whose field takes the value, where it is not `object`

    @property
    def id(self) -> str:
        """Of the input, for labels and links from the summary."""
        return self.name.replace("/", "-")

    @property
    def child_key(self) -> str:
        """The key it is for, the last part of its name."""
        return self.name.rpartition("/")[2]

    @property
    def long(self) -> bool:
        """Whether its text may need several lines."""
        return int((self.schema.get("anyOf") or [self.schema])[0].get("maxLength") or 0) > 300

    @property
    def child(self) -> Mapping[str, Node]:
        """The parts by their key, for templates that place them by hand."""
        return {node.child_key: node for node in self.children}

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Form:
    """`nodes` of a body; `placed` problems stand at their inputs, `general` ones have none."""

    def __init__(
        self,
        schema: Schema,
        body: Mapping[str, Any],
        words: Vocabulary,
        problems: Iterable[Problem] = (),
        *,
        object: str | None = None,
        keys: Sequence[str] | None = None,
        leave: Sequence[str] = ("kind", "name"),
        path: str = "",
        name: str = ROOT,
    ) -> None:
        """`keys`: only these keys of the schema, in this order; `path`: where `schema` lies inside its document;
        `name`: where its inputs lie in the page's form."""
        self._words, self._locale, self.body = words, words.locale, body
        part = part_of(schema)
        assert part is not None
        if keys is not None:
            part = {**part, "properties": {key: part["properties"][key] for key in keys}}
        left = {k: v for k, v in part["properties"].items() if k not in leave and "const" not in v}
        start = Node("part", name, path, "", schema={**part, "properties": left}, object=object)
        self.nodes = self._children(start, body)
        self.placed: list[tuple[Node, Problem]] = []
        self.general: list[Problem] = []
        self._place(problems, path)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(label, id of the input) of every input with an error."""
        return list({node.id: (node.label or node.key or node.path, node.id) for node, _ in self.placed}.values())

    def general_texts(self) -> list[str]:
        """Sentences of problems without an input."""
        return [f"{p.message(self._locale)} ({p.path})" if p.path else p.message(self._locale) for p in self.general]

    def _children(self, node: Node, value: Any) -> list[Node]:
        part = part_of(node.schema)
        assert part is not None
        given = value if isinstance(value, Mapping) else {}
        scope = given.get("object") if isinstance(given.get("object"), str) else node.object
        made = []
        for key, schema in part["properties"].items():
            path = f"{node.path}.{key}" if node.path else key
            need = key in part.get("required", ())
            default = schema.get("default")
            made.append(self._node(schema, f"{node.name}/{key}", path, given.get(key, default), scope, need))
        return made

    def _node(
        self, schema: Schema, name: str, path: str, value: Any, scope: str | None, required: bool = False
    ) -> Node:
        about = said(schema)
        node = Node(
            shape_of(schema),
            name,
            path,
            self._text(about.get("label")),
            self._text(about.get("help")),
            str(about.get("widget", "text")),
            required,
            value,
            schema=schema,
            object=scope,
        )
        self._fill(node, about)
        return node

    def _fill(self, node: Node, about: Schema) -> None:
        value, schema = node.value, node.schema
        if node.shape == "list":
            self._rows(node, value if isinstance(value, (list, tuple)) else ())
        elif node.shape == "mapping":
            self._pairs(node, value if isinstance(value, Mapping) else {})
        elif node.shape == "part":
            short = short_key(schema)
            node.value = value = {short: value} if short and isinstance(value, str) else value
            node.children = self._children(node, value)
        elif node.shape == "union":
            self._variant(node, value if isinstance(value, Mapping) else {})
        elif node.shape == "choice":
            node.choices = [(one["const"], self._text(said(one).get("label"))) for one in schema["oneOf"]]
        elif node.shape == "label":
            node.value = {"en": value} if isinstance(value, str) else value if isinstance(value, Mapping) else {}
        elif node.widget == "period":
            node.suggestions = [(word, label.text(self._locale)) for word, label in PERIODS.items()]
        elif node.widget == "report_value":
            node.choices = _with(self._words.options(node.widget, None), value)
        elif "what" in about:
            node.choices = _with(self._words.options(about["what"], node.object), value)
            if node.choices is None:
                node.suggestions = self._words.suggestions(about["what"], node.object)

    def _variant(self, node: Node, given: Mapping[str, Any]) -> None:
        """The type, and the inputs of what it has."""
        variants, name = node.schema[VARIANTS], str(given.get("type") or "")
        about = next(iter(variants.values()))["properties"]["type"]
        chosen = self._node(about, f"{node.name}/type", f"{node.path}.type", name, node.object, required=True)
        chosen.choices = [(of, self._text(said(one).get("label"))) for of, one in variants.items()]
        node.children = [chosen]
        if name in variants:
            part = variants[name]
            keys = {key: one for key, one in part["properties"].items() if key != "type"}
            inside = replace(node, schema={**part, "properties": keys})
            node.children += self._children(inside, given)

    def _rows(self, node: Node, rows: Sequence[Any]) -> None:
        if len(rows) > MOST_ROWS:
            node.shape = "too_many"
            return
        inner = node.schema["items"]
        if shape_of(inner) == "choice":
            node.widget = "checks"
            node.choices = [(one["const"], self._text(said(one).get("label"))) for one in inner["oneOf"]]
            return
        fixed = node.schema.get("minItems", 0) if node.schema.get("minItems") == node.schema.get("maxItems") else 0
        for index, row in enumerate([*rows, *[None] * (fixed - len(rows))]):
            node.children.append(self._node(inner, f"{node.name}/{index}", f"{node.path}[{index}]", row, node.object))

    def _pairs(self, node: Node, pairs: Mapping[str, Any]) -> None:
        inner, what = node.schema["additionalProperties"], node.schema.get("x-keys")
        options = self._words.options(what, node.object) if what else None
        for index, (key, value) in enumerate(pairs.items()):
            made = self._node(inner, f"{node.name}/{index}/v", f"{node.path}.{key}", value, node.object)
            made.key = "" if key.startswith(" ") else key
            made.key_choices = _with(options, made.key)
            if what and options is None:
                made.suggestions = made.suggestions or []
            node.children.append(made)
        node.key_choices = options
        node.suggestions = self._words.suggestions(what, node.object) if what and options is None else []

    def _place(self, problems: Iterable[Problem], inside: str) -> None:
        known = {node.path: node for top in self.nodes for node in top.walk()}
        for problem in problems:
            path = problem.path
            while path and path not in known and path != inside:
                path = path[: max(path.rfind("."), path.rfind("["), 0)]
            if path in known and path:
                known[path].errors.append(problem.message(self._locale))
                self.placed.append((known[path], problem))
            else:
                self.general.append(problem)

    def _text(self, label: Any) -> str:
        return Label.of(label, "").text(self._locale) if label else ""


def _with(options: list[tuple[str, str]] | None, value: Any) -> list[tuple[str, str]] | None:
    """The options, and the present value where it is none of them: it is shown, not lost."""
    if options is None or not isinstance(value, str) or not value or any(value == one for one, _ in options):
        return options
    return [*options, (value, value)]
