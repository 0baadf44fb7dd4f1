"""One field of one record, edited where it stands: its form, and the row after it was saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Response, make_response, render_template, request

from dougong_metadata.errors import Fault
from dougong_platform import records
from dougong_platform.errors import NotFound, RecordsInvalid, StaleVersion
from dougong_platform.http.caller import Caller
from dougong_platform.query.fields import readable_paths
from dougong_platform.query.single import display_names, get
from dougong_tenants import new_id
from dougong_ui_builder.components import controller_of, label_text
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.confirming import Question, confirmed, question, refusals
from dougong_ui_builder.screens.lists.columns import (
    LINKS,
    Column,
    columns_of,
    is_inline,
    read_paths,
    shown_path,
)
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.shown import Shown
from dougong_ui_builder.screens.lists.state import ListState, state_of
from dougong_ui_builder.screens.lists.totals import summed
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


@blueprint.get("/o/<object>/<id>/cell/<field>")
@page()
def ask_value(caller: Caller, object: str, id: str, field: str) -> str:
    """The form of one cell, with the value as it is now."""
    state = state_of(caller, object)
    return _form(caller, state, _editable(caller, state, field), id)


@blueprint.post("/o/<object>/<id>/cell/<field>")
@page()
def keep_value(caller: Caller, object: str, id: str, field: str) -> Response | str | tuple[str, int]:
    """The whole row anew; the form again with what is wrong (422), or with both values (409)."""
    state = state_of(caller, object)
    model = _editable(caller, state, field)
    given = read_posted([model], request.form, timezone=current_timezone())
    value = given.values.get(field)
    if field in given.typed:
        value = _by_name(caller, model, given.typed[field])
    version = request.form.get("version", "")
    row: dict[str, Any] = {"id": id, field: value}
    if version.isascii() and version.isdigit():
        row["version"] = int(version)
    ref = str(new_id())
    try:
        result = records.update(replace(caller, cause_ref=ref), object, [row], confirmed=confirmed())
    except RecordsInvalid as fault:
        asked = question(fault.errors)
        wrong = [] if asked else [error.message for error in refusals(fault.errors)]
        return _form(caller, state, model, id, value, wrong, asked=asked), 422
    except StaleVersion:
        return _form(caller, state, model, id, value, conflict=True), 409
    if result.records[0].changed:
        say(gettext("%(field)s changed", field=label_text(model)), undo=f"/o/{object}/list/undo/{ref}")
    if not request.headers.get("HX-Request"):
        return redirect_to(state.url())
    return make_response(_row(caller, state, id))


def _editable(caller: Caller, state: ListState, field: str) -> FieldModel:
    model = state.object.fields.get(field)
    if model is None or not is_inline(caller, model) or not caller.rights.may(state.object.name, "update"):
        raise NotFound
    return model


def _form(
    caller: Caller,
    state: ListState,
    model: FieldModel,
    id: str,
    typed: Any = None,
    errors: list[str] | None = None,
    conflict: bool = False,
    asked: Question | None = None,
) -> str:
    shown = shown_path(caller, model.name, model)
    paths = [model.name, state.object.name_field, "updated_by.name", *([shown] if shown else [])]
    controller = controller_of(model)
    wanted = readable_paths(caller.rights, state.object.name, [*paths, *([controller] if controller else [])])
    record = get(caller, state.object.name, id, wanted)
    present, name = record[model.name], record.get(shown) if shown else None
    value = typed if errors or conflict or asked else present
    return render_template(
        "lists/cell.html",
        state=state,
        field=model,
        record=record,
        value=value,
        present=present,
        display=_name_of(caller, model, value) if shown and value != present else name,
        present_display=name,
        errors=errors or [],
        conflict=conflict,
        question=asked,
        allowed=_allowed(model, record),
    )


def _allowed(model: FieldModel, record: dict[str, Any]) -> list[str] | None:
    """The values of a dependent picklist under the record's present choice; None = all."""
    controller = controller_of(model)
    if model.picklist is None or controller is None:
        return None
    chosen = record.get(controller)
    return [v.value for v in model.picklist.values.values() if not v.parents or chosen in v.parents]


def _name_of(caller: Caller, model: FieldModel, value: Any) -> str | None:
    if model.to is None or not isinstance(value, str):
        return None
    return display_names(caller, model.to, [value]).get(value)


def _by_name(caller: Caller, model: FieldModel, typed: str) -> Any:
    """What the write path finds a record by: the words typed where no suggestion was chosen."""
    if model.type.name not in LINKS or model.to is None:
        return typed
    return {caller.model.objects[model.to].name_field: typed}


def _row(caller: Caller, state: ListState, id: str) -> str:
    columns: tuple[Column, ...] = columns_of(caller, state.object, state.columns)
    try:
        record = get(caller, state.object.name, id, read_paths(caller, columns))
    except Fault:
        return ""  # the change took it out of the caller's sight
    shown = Shown(state, columns, sums=frozenset(c.path for c in summed(state, columns)))
    return render_template("lists/one_row.html", shown=shown, record=record)
