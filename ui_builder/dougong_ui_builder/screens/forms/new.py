"""The form for a new record: whole, or quick inside a drawer (from a link's suggestions or a related list)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import jsonify, render_template, request

from dougong_platform.errors import NotAllowed
from dougong_platform.http.caller import Caller
from dougong_platform.query import get
from dougong_platform.records.unsaved import defaults
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.forms import lines as child_rows
from dougong_ui_builder.screens.forms import saving
from dougong_ui_builder.screens.forms.arranging import Form, choosable, form_of
from dougong_ui_builder.screens.forms.routes import blueprint
from dougong_ui_builder.screens.record_values.posted_row import read_row
from dougong_ui_builder.screens.record_values.reading import FILES, editable, read
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel

NEW = "/o/<object>/new"


@blueprint.get(NEW)
@page()
def fill_in(caller: Caller, object: str) -> Any:
    """The empty form, with defaults, what the address gives (`?field=value`) or another record's values (`?clone=`)."""
    model = _creatable(caller, object)
    given = read_posted(_editable(caller, model), request.args, timezone=current_timezone())
    values: dict[str, Any] = _cloned(caller, model) | {n: v for n, v in given.values.items() if v is not None}
    kind = request.args.get("record_type") or values.get("record_type")
    if kind in {one.name for one in choosable(caller, model)}:
        values["record_type"] = kind
    else:
        values.pop("record_type", None)
    values = defaults(caller, object, values) | values
    form = form_of(caller, model, values, quick=_quick(), typed=given.typed)
    _keep(form, given.values)
    if not _quick():
        form.lines = child_rows.lines_of(caller, model, form.arranged.layout)
    return _drawn(form)


@blueprint.post(NEW)
@page()
def create(caller: Caller, object: str) -> Any:
    """Save it. A quick form sent by its island gets {"id", "title", "url"}; errors come back in the form (422)."""
    model = _creatable(caller, object)
    posted = read_row(caller, _editable(caller, model), request.form.get("prefix", ""))
    values = dict(posted.values)
    kind = request.form.get("record_type")
    if kind in {one.name for one in choosable(caller, model)}:
        values["record_type"] = kind
    form = form_of(caller, model, values, quick=_quick(), typed=posted.typed)
    _keep(form, posted.values)
    if not _quick():
        form.lines = child_rows.lines_of(caller, model, form.arranged.layout)
        child_rows.read_sent(caller, form.lines)
    action = request.form.get("do", "save")
    if action == "again" or action.startswith("add:"):
        child_rows.add_row(form.lines, action.removeprefix("add:"))
        return _drawn(form)
    form.errors = posted.errors
    id = saving.save(caller, form, _wanted(form, values))
    if id is None:
        return _drawn(form), 422
    return _saved(caller, form, id, action)


def _saved(caller: Caller, form: Form, id: str, action: str) -> Any:
    model = form.object
    title = (
        str(get(caller, model.name, id, [model.name_field])[model.name_field] or "")
        if caller.rights.field(model.name, model.name_field) != "none" and caller.rights.may(model.name, "read")
        else ""
    )
    if _quick() and "application/json" in request.headers.get("Accept", ""):
        return jsonify(id=id, title=title, url=f"/o/{model.name}/{id}", object=model.name)
    toasts.say(gettext("“%(name)s” was created", name=title or label_text(model)))
    return redirect_to(f"/o/{model.name}/new" if action == "new" else f"/o/{model.name}/{id}")


def _keep(form: Form, given: dict[str, Any]) -> None:
    there = {f.name for f in form.fields}
    form.kept = {n: v for n, v in given.items() if n not in there and isinstance(v, str | int)}


def _drawn(form: Form) -> str:
    template = "forms/quick.html" if _quick() and is_fragment() else "forms/form.html"
    return render_template(template, form=form, object=form.object, attempt=uuid4().hex, quick=_quick())


def _wanted(form: Form, values: dict[str, Any]) -> dict[str, Any]:
    """Blank values of fields that the form did not ask for are left to their defaults."""
    asked = {f.name for f in form.fields} | {"record_type", "owner"} | form.kept.keys()
    return {name: value for name, value in values.items() if name in asked and not (name == "owner" and value is None)}


def _quick() -> bool:
    return request.args.get("quick") == "1"


def _creatable(caller: Caller, object: str) -> ObjectModel:
    model = caller.model.object(object)
    if model.system or not caller.rights.may(object, "create"):
        raise NotAllowed
    return model


def _editable(caller: Caller, model: ObjectModel) -> list[FieldModel]:
    return [f for f in model.fields.values() if editable(caller, f)]


def _cloned(caller: Caller, model: ObjectModel) -> dict[str, Any]:
    """The values that a copy takes: not those that must be unique, nor files."""
    source = request.args.get("clone")
    if source is None:
        return {}
    found = read(caller, model.name, source)
    keys = {name for key in model.unique_keys.values() for name in key.fields}
    copied = {
        f.name: found.record.get(f.name)
        for f in _editable(caller, model)
        if f.type.name not in FILES
        and not f.unique
        and f.name not in keys
        and f.type.name != "external_key"
        and f.name != "owner"
    }
    kind = found.record.get("record_type")
    return {n: v for n, v in copied.items() if v is not None} | ({"record_type": kind} if kind else {})
