"""The values behind a pipeline's stages: in the field itself, or in the shared picklist that it takes them from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_ui_builder.builder.draft_view import DraftView
from dougong_ui_builder.builder.saving import make

Entry = dict[str, Any]  # {value, label, colour, …} as in a document


@dataclass(frozen=True, slots=True)
class Values:
    """Where the values of a picklist field stand; `entries` are written out ({value: …}), in their order."""

    document: Document
    field: str | None  # None: a shared picklist
    entries: tuple[Entry, ...]

    @property
    def labels(self) -> dict[str, Label]:
        """By value."""
        return {entry["value"]: label_of_entry(entry) for entry in self.entries}

    @property
    def colours(self) -> dict[str, str]:
        """By value."""
        return {entry["value"]: str(entry.get("colour", "mute")) for entry in self.entries}

    def changed(self, change: Callable[[list[Entry]], list[Entry]]) -> Document | tuple[Problem, ...]:
        """The document with other values."""
        entries = [_short(entry) for entry in change([dict(entry) for entry in self.entries])]
        body = {key: value for key, value in self.document.json().items() if key not in ("kind", "name")}
        if self.field is None:
            body["values"] = entries
        else:
            fields = dict(body.get("fields") or {})
            fields[self.field] = {**fields[self.field], "values": entries}
            body["fields"] = fields
        return make(self.document.kind, self.document.name, body)


def values_of(view: DraftView, object: str, field: str) -> Values | None:
    """None where the draft has no such picklist field."""
    document = view.documents.get(("object", object))
    fields = document.json().get("fields") if document is not None else None
    body = fields.get(field) if isinstance(fields, Mapping) else None
    if document is None or not isinstance(body, Mapping):
        return None
    shared = view.documents.get(("picklist", str(body.get("picklist"))))
    if shared is not None:
        return Values(shared, None, _entries(shared.json().get("values")))
    return Values(document, field, _entries(body.get("values"))) if "values" in body else None


def label_of_entry(entry: Mapping[str, Any]) -> Label:
    """What a value is called."""
    given = entry.get("label")
    return Label.of(given if isinstance(given, (str, Mapping)) else None, str(entry.get("value", "")))


def _entries(given: Any) -> tuple[Entry, ...]:
    made = []
    for item in given if isinstance(given, (list, tuple)) else ():
        entry = {"value": item} if isinstance(item, str) else dict(item) if isinstance(item, Mapping) else {}
        if isinstance(entry.get("value"), str):
            made.append(entry)
    return tuple(made)


def _short(entry: Entry) -> Any:
    """A value that says nothing else is a text, as people write it."""
    return entry["value"] if set(entry) == {"value"} else entry
