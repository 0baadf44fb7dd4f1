"""The record's page itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from flask import render_template, request

from dougong_platform.files.attachment import list_files
from dougong_platform.http.caller import Caller
from dougong_platform.records.history.read import timeline as history
from dougong_ui_builder.page import page
from dougong_ui_builder.said_values import names_in_changes
from dougong_ui_builder.screens.lists.columns import cell_value
from dougong_ui_builder.screens.record_values.layout import Arranged, arrange, layout_for
from dougong_ui_builder.screens.record_values.reading import Found, editable, entry, may, read
from dougong_ui_builder.screens.records import related
from dougong_ui_builder.screens.records.approvals import approvals_of
from dougong_ui_builder.screens.records.neighbours import list_query
from dougong_ui_builder.screens.records.path import Path, path_field, path_of
from dougong_ui_builder.screens.records.related import Related
from dougong_ui_builder.screens.records.routes import PAGE, blueprint
from dougong_ui_builder.screens.records.shares_said import access_said
from dougong_ui_builder.screens.records.shares_shown import shown
from dougong_ui_builder.screens.records.timeline import Entry, change_entry, timeline_of

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

CHANGES = 100  # of the history tab


@dataclass(frozen=True, slots=True)
class Tabs:
    """`current` is a related list's key, "files" or "history"; only that tab is filled."""

    lists: list[Related]
    current: str
    files: list[dict[str, object]]
    changes: list[Entry]

    @property
    def list(self) -> Related | None:
        """The related list that is open."""
        return next((one for one in self.lists if one.key == self.current), None)


@blueprint.get(PAGE)
@page()
def show(caller: Caller, object: str, id: UUID) -> str:
    """The page; islands take parts of it again after a change."""
    found = read(caller, object, str(id))
    layout = layout_for(caller, found.object, found.record.get("record_type"))
    arranged = arrange(caller, found.object, layout, {}, found.id)
    may_update = may(caller, found, "update") and not found.deleted
    approvals = approvals_of(caller, found)
    return render_template(
        "records/record.html",
        found=found,
        object=found.object,
        arranged=arranged,
        highlights=_highlights(caller, found, layout.highlights),
        path=_path(caller, found, arranged),
        tabs=_tabs(caller, found, arranged),
        line=timeline_of(caller, found, request.args),
        cell_value=cell_value,
        may_update=may_update,
        may_delete=may(caller, found, "delete"),
        rights=caller.rights.object(object),
        is_editable=lambda field: may_update and editable(caller, field) and approvals.opens(field.name),
        approvals=approvals,
        may_transfer=may_update and found.object.parent is None and caller.rights.field(object, "owner") == "edit",
        query=list_query(object),
        phone=_phone(caller, found),
        sharing=shown(caller, found, editable=may_update),
        access_said=access_said,
    )


def _path(caller: Caller, found: Found, arranged: Arranged) -> Path | None:
    return path_of(caller, found, arranged.layout.path or path_field(caller, found))


def _highlights(caller: Caller, found: Found, names: tuple[str, ...]) -> list[FieldModel]:
    """Fields at the head of the page; paths through links are left to the facts."""
    shown = caller.rights.shown(found.object.name)
    return [found.object.fields[name] for name in names if name in shown]


def _phone(caller: Caller, found: Found) -> str | None:
    """A number to dial from a phone's action bar."""
    for field in found.object.fields.values():
        masked = caller.rights.masked(found.object.name, field.name)
        if field.type.name == "phone" and found.record.get(field.name) and not masked:
            return str(found.record[field.name])
    return None


def _tabs(caller: Caller, found: Found, arranged: Arranged) -> Tabs:
    lists = related.tabs_of(caller, found, arranged.layout)
    keys = [one.key for one in lists]
    wanted = request.args.get("tab", "")
    current = wanted if wanted in (*keys, "files", "history") else keys[0] if keys else "files"
    tabs = Tabs(lists, current, [], [])
    if tabs.list is not None:
        related.load(caller, found, tabs.list, arranged.layout)
    elif current == "files":
        files = [] if found.deleted else list_files(caller, found.object.name, found.id)
        tabs.files.extend(entry(one) for one in files)
    else:
        changes = history(caller, found.object.name, found.id, limit=CHANGES)
        names = names_in_changes(caller, found.object, [one["changes"] for one in changes])
        tabs.changes.extend(change_entry(found.object, one, names, found.record) for one in changes)
    return tabs
