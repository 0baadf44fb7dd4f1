"""What documents may name, for pickers: objects, fields, picklists … of the draft, even while it does not compile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.field_types.registry import registered
from dougong_metadata.label import Label
from dougong_metadata.model.flow_types import ROLLUP_KINDS
from dougong_metadata.model.types import FieldModel
from dougong_metadata.system import system_documents
from dougong_ui_builder.builder.draft_view import DraftView

Option = tuple[str, str]
NUMBERS = frozenset({"integer", "decimal", "currency", "percent", "rating"})
PICKS = frozenset({"picklist", "multi_picklist"})


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field as pickers show it; `body` is its document's part ({} for system fields)."""

    name: str
    label: Label
    type: str
    to: str | None
    required: bool
    system: bool
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def icon(self) -> str:
        """Its type's icon."""
        found = registered().get(self.type)
        return found.icon if found else "question-mark"


@dataclass(frozen=True, slots=True)
class ObjectWords:
    name: str
    label: Label
    plural: Label
    icon: str
    system: bool
    fields: Mapping[str, FieldWords]
    record_types: Mapping[str, Label]
    body: Mapping[str, Any]

    @property
    def own_fields(self) -> list[FieldWords]:
        return [f for f in self.fields.values() if not f.system]


class Vocabulary:
    """`options(what, object)`: the choices for a reference of a kind's schema, as (value, text) pairs."""

    def __init__(self, view: DraftView, locale: str) -> None:
        self.view, self.locale = view, locale
        self._system = [f for f in view.base.model.objects["user"].fields.values() if f.system]
        self.objects: dict[str, ObjectWords] = {}
        for document in view.of_kind("object"):
            self.objects[document.name] = self._object(document.name, document.body, False)
        for document in system_documents():
            self.objects.setdefault(document.name, self._object(document.name, document.body, True))

    def value_type(self, field: FieldWords) -> str:
        """The field type that its values have: a formula's or roll-up's result, else its own."""
        body = field.body
        if field.type == "formula":
            return str(body.get("returns", "text"))
        if field.type != "rollup":
            return field.type
        taken = next((str(body[kind]) for kind in ROLLUP_KINDS[1:] if body.get(kind)), None)
        below = self.objects.get(str(body.get("of", "")).partition(".")[0])
        if taken is None or below is None or taken not in below.fields or below.fields[taken] is field:
            return "integer"
        found = self.value_type(below.fields[taken])
        return "decimal" if body.get("average") and found == "integer" else found

    def options(self, what: str, object: str | None) -> list[Option] | None:
        """None when anything may be typed."""
        found = self.objects.get(object or "")
        fields = list(found.fields.values()) if found else []
        match what:
            case "object":
                return [self._named(o) for o in self.objects.values()]
            case "object_or_all":
                return [("*", "*"), *(self._named(o) for o in self.objects.values())]
            case "field" | "cell":
                return [self._named(f) for f in fields if not f.system or what == "field"]
            case "picklist_field":
                return [self._named(f) for f in fields if f.type == "picklist"]
            case "number_field":
                return [self._named(f) for f in fields if self.value_type(f) in NUMBERS]
            case "record_type":
                return [(n, label.text(self.locale)) for n, label in found.record_types.items()] if found else []
            case "picklist" | "app" | "layout" | "list_view" | "permission_set" | "validation" | "report":
                return [(d.name, label_of(d.body, d.name).text(self.locale)) for d in self.view.of_kind(what)]
        return None

    def suggestions(self, what: str, object: str | None) -> list[Option]:
        """What may be typed where the choice is open: paths through lookups, sort keys, fields of any object."""
        found = self.objects.get(object or "")
        if what == "object_field":
            every = self.objects.values()
            return [(f"{o.name}.{f.name}", self._words(o, f)) for o in every for f in o.own_fields]
        if found is None:
            return []
        here = [self._named(f) for f in found.fields.values()]
        if what == "sort":
            return [*here, *((f"-{name}", f"{text} ↓") for name, text in here)]
        return [*here, *self._through(found)]

    def _through(self, found: ObjectWords) -> list[Option]:
        return [
            (f"{link.name}.{f.name}", f"{link.label.text(self.locale)} › {f.label.text(self.locale)}")
            for link in found.fields.values()
            if link.to in self.objects and not link.system
            for f in self.objects[link.to or ""].own_fields
        ]

    def _named(self, thing: ObjectWords | FieldWords) -> Option:
        return thing.name, thing.label.text(self.locale)

    def _words(self, object: ObjectWords, field: FieldWords) -> str:
        return f"{object.label.text(self.locale)} · {field.label.text(self.locale)}"

    def _object(self, name: str, body: Mapping[str, Any], system: bool) -> ObjectWords:
        own = body.get("fields")
        fields = {n: field_words(n, f) for n, f in (own.items() if isinstance(own, Mapping) else ())}
        fields.update({f.name: _of_model(f) for f in self._system if f.name not in fields})
        label = label_of(body, name)
        types = body.get("record_types")
        record_types = {n: label_of(t, n) for n, t in (types.items() if isinstance(types, Mapping) else ())}
        plural = label_of({"label": body.get("plural")}, name) if body.get("plural") else label
        return ObjectWords(name, label, plural, str(body.get("icon", "box")), system, fields, record_types, body)


def label_of(body: Any, name: str) -> Label:
    """The label a document's part gives itself, its name in words without one."""
    given = body.get("label") if isinstance(body, Mapping) else None
    return Label.of(given if isinstance(given, (str, Mapping)) else None, name)


def field_words(name: str, body: Any) -> FieldWords:
    """From a field's part of an object's document, whatever is wrong with it."""
    body = body if isinstance(body, Mapping) else {}
    kind = str(body.get("type", "text"))
    points = registered()[kind].points_to if kind in registered() else None
    to = body.get("to") if points == "any" else points
    return FieldWords(name, label_of(body, name), kind, to, bool(body.get("required")), False, body)


def _of_model(f: FieldModel) -> FieldWords:
    return FieldWords(f.name, f.label, f.type.name, f.to, False, True)
