"""The record's fields on an approval's page: values, and inputs for those that may be changed with the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_ui_builder.screens.record_values.reading import FILES

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.approvals.reading.progress import Progress

WIDE = frozenset({"long_text", "rich_text", "file", "image", "json", "address"})
# What is asked for in the dialog alone: it needs room, or cannot be sent in an address.
_IN_DIALOG = WIDE | {"signature", "geolocation", "multi_picklist"}


@dataclass(frozen=True, slots=True)
class Fact:
    """`inline`: its input stands on the page. `plain`: only a mask of the value, shown as it is."""

    field: FieldModel
    label: str
    value: Any
    display: Any
    editable: bool = False
    inline: bool = False
    wide: bool = False
    plain: bool = False


def facts_of(progress: Progress) -> list[Fact]:
    """In the flow's order; what nobody filled in is left out, unless it may be changed."""
    found = []
    deciding = "approve" in progress.may
    for one in progress.fields:
        if one.value in (None, "", []) and not one.editable:
            continue
        kind = one.field.type.name
        editable = one.editable and deciding
        display = _entries(progress, one.value) if kind in FILES else one.called
        inline = editable and kind not in _IN_DIALOG
        found.append(Fact(one.field, one.label, one.value, display, editable, inline, kind in WIDE, one.masked))
    return found


def inputs_of(progress: Progress) -> list[FieldModel]:
    """The fields that may be changed."""
    return [one.field for one in progress.fields if one.editable]


def file_url(approval: str, file: str) -> str:
    """Where whoever sees the approval gets a file of it."""
    return f"/api/v1/approvals/{approval}/files/{file}"


def _entries(progress: Progress, ids: Any) -> list[dict[str, Any]]:
    """The files of a field, as its widget shows them."""
    known = [progress.files[id] for id in ids or () if id in progress.files]
    return [
        {
            "id": file.id,
            "name": file.name,
            "size": file.size,
            "url": file_url(progress.id, file.id),
            "thumbnail": f"{file_url(progress.id, file.id)}?thumbnail=1" if file.thumbnail else None,
        }
        for file in known
    ]
