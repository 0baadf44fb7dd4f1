"""Taking a value away together with its stage: from the picklist, or only from the record types of its pipeline."""

from __future__ import annotations

from typing import Any

from dougong_metadata.documents import Document
from dougong_ui_builder.builder.pipelines.page_of import PipelinePage, stages_of
from dougong_ui_builder.builder.pipelines.values import Entry
from dougong_ui_builder.builder.saving import make


def without_value(made: PipelinePage, value: str) -> list[Document]:
    """The documents to be saved with the pipeline, so that its records can no more have the value."""
    if made.values is None or value not in made.values.labels:
        return []
    if _others_use(made, value):
        return _narrowed(made, value)

    def change(entries: list[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry["value"] != value]

    found = made.values.changed(change)
    if isinstance(found, tuple):
        return []
    if found.key != ("object", made.object):
        types = _narrowed(made, value, every=True)
        return [found, *types]
    return [_without_in_types(found, made.field, value)]


def _others_use(made: PipelinePage, value: str) -> bool:
    return any(
        value in stages_of(document)
        for document in made.view.of_kind("pipeline")
        if document.name != made.name
        and (document.body.get("object"), document.body.get("field")) == (made.object, made.field)
    )


def _narrowed(made: PipelinePage, value: str, every: bool = False) -> list[Document]:
    """The object, whose record types of this pipeline have the value no more; `every`: only where a type lists it."""
    document = made.view.documents.get(("object", made.object))
    if document is None:
        return []
    body = _body(document)
    types: dict[str, Any] = dict(body.get("record_types") or {})
    mine = set(made.document.body.get("record_types") or types)
    values = list(made.values.labels) if made.values else []
    for name, said in types.items():
        listed = dict((said or {}).get("picklists") or {})
        if name in mine and (made.field in listed or not every):
            listed[made.field] = [one for one in listed.get(made.field, values) if one != value]
            types[name] = {**(said or {}), "picklists": listed}
    changed = make("object", made.object, {**body, "record_types": types})
    return [] if isinstance(changed, tuple) or changed == document else [changed]


def _without_in_types(document: Document, field: str, value: str) -> Document:
    body = _body(document)
    types: dict[str, Any] = dict(body.get("record_types") or {})
    for name, said in types.items():
        listed = dict((said or {}).get("picklists") or {})
        if value in (listed.get(field) or ()):
            listed[field] = [one for one in listed[field] if one != value]
            types[name] = {**said, "picklists": listed}
    changed = make(document.kind, document.name, {**body, **({"record_types": types} if types else {})})
    return document if isinstance(changed, tuple) else changed


def _body(document: Document) -> dict[str, Any]:
    return {key: value for key, value in document.json().items() if key not in ("kind", "name")}
