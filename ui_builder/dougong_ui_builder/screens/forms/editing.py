"""The form that changes a record; when somebody else changed it meanwhile, both values side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from flask import render_template, request

from dougong_platform.errors import NotAllowed, StaleVersion
from dougong_platform.http.caller import Caller
from dougong_platform.records.history.read import timeline
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.said_values import names_in_changes, said
from dougong_ui_builder.screens.forms import lines as child_rows
from dougong_ui_builder.screens.forms import saving
from dougong_ui_builder.screens.forms.arranging import Form, form_of
from dougong_ui_builder.screens.forms.routes import blueprint
from dougong_ui_builder.screens.record_values.locked import locked_fields
from dougong_ui_builder.screens.record_values.posted_row import PostedRow, read_row
from dougong_ui_builder.screens.record_values.reading import Found, editable, may, read
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

EDIT = "/o/<object>/<uuid:id>/edit"


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both changed: what it was saved as meanwhile, and what this form says."""

    field: FieldModel
    label: str
    theirs: str
    mine: str


@blueprint.get(EDIT)
@page()
def edit(caller: Caller, object: str, id: UUID) -> Any:
    """The form with the record's values; `?field=value` changes some of them beforehand."""
    found = _changeable(caller, object, id)
    given = read_posted(_editable(caller, found), request.args, timezone=current_timezone())
    values = dict(found.record) | given.values
    displays = {n: d for n, d in found.displays.items() if n not in given.values}
    form = form_of(caller, found.object, values, id=found.id, typed=given.typed, displays=displays)
    form.version = found.record["version"]
    form.lines = child_rows.lines_of(caller, found.object, form.arranged.layout)
    child_rows.read_saved(caller, form.lines, found.id)
    return _drawn(caller, found, form)


@blueprint.post(EDIT)
@page()
def save(caller: Caller, object: str, id: UUID) -> Any:
    """Save it; errors come back in the form (422), a conflict as a page with both values (409)."""
    found = _changeable(caller, object, id)
    posted = read_row(caller, _editable(caller, found))
    form = form_of(caller, found.object, dict(found.record) | posted.values, id=found.id, typed=posted.typed)
    version = request.form.get("version", "")
    form.version = int(version) if version.isdecimal() else None
    form.lines = child_rows.lines_of(caller, found.object, form.arranged.layout)
    child_rows.read_sent(caller, form.lines)
    action = request.form.get("do", "save")
    if action == "again" or action.startswith("add:"):
        child_rows.add_row(form.lines, action.removeprefix("add:"))
        return _drawn(caller, found, form)
    form.errors = posted.errors
    values = dict(posted.values)
    kind = request.form.get("record_type")
    if kind != found.record.get("record_type") and kind in {one.name for one in form.kinds}:
        values["record_type"] = kind
    try:
        saved = saving.save(caller, form, values, form.version)
    except StaleVersion:
        return _conflict(caller, found, form, posted), 409
    if saved is None:
        return _drawn(caller, found, form), 422
    toasts.say(gettext("Saved"))
    return redirect_to(f"/o/{object}/new" if action == "new" else f"/o/{object}/{id}")


def _conflict(caller: Caller, found: Found, form: Form, posted: PostedRow) -> str:
    """The form once more over what is saved now, with the clashes above it; saving again takes what the form says."""
    since = form.version or 0
    last = [one for one in timeline(caller, found.object.name, found.id, limit=100) if one["version"] > since]
    changed = {name for one in last for name in one["changes"]}
    pairs = {
        n: [found.record.get(n), v]
        for n, v in posted.values.items()
        if n in changed and n in found.record and found.record.get(n) != v
    }
    names = names_in_changes(caller, found.object, [pairs])
    fields = found.object.fields
    clashes = [
        Clash(
            fields[n],
            label_text(fields[n]),
            said(fields[n], pair[0], names, found.record),
            said(fields[n], pair[1], names, found.record),
        )
        for n, pair in pairs.items()
    ]
    before = {n: pair[0] for one in reversed(last) for n, pair in reversed(one["changes"].items())}
    for name in changed & posted.values.keys():  # what only they changed is taken over
        if name in before and posted.values[name] == before[name]:
            form.values[name] = found.record.get(name)
            form.displays[name] = found.displays.get(name)
    clashes = [c for c in clashes if posted.values[c.field.name] != before.get(c.field.name)]
    form.version = found.record["version"]
    return _drawn(caller, found, form, clashes=clashes, last=last[0] if last else None)


def _drawn(caller: Caller, found: Found, form: Form, **more: Any) -> str:
    return render_template(
        "forms/form.html",
        form=form,
        object=found.object,
        found=found,
        attempt=uuid4().hex,
        quick=False,
        open_fields=locked_fields(caller, found.object.name, found.id),
        **more,
    )


def _changeable(caller: Caller, object: str, id: UUID) -> Found:
    found = read(caller, object, str(id))
    if found.deleted or not may(caller, found, "update"):
        raise NotAllowed
    return found


def _editable(caller: Caller, found: Found) -> list[FieldModel]:
    return [f for f in found.object.fields.values() if editable(caller, f)]
