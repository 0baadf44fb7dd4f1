"""One value edited where it is read: its input as a fragment, and its saving with both sides of a conflict."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from flask import jsonify, render_template, request

from dougong_platform import records
from dougong_platform.errors import BadRequest, NotAllowed, RecordsInvalid, StaleVersion
from dougong_platform.http.caller import Caller
from dougong_platform.records.history.read import timeline
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page
from dougong_ui_builder.said_values import names_in_changes, said
from dougong_ui_builder.screens.confirming import Question, confirmed, question, refusals
from dougong_ui_builder.screens.record_values.layout import arrange, layout_for
from dougong_ui_builder.screens.record_values.posted_row import PostedRow, read_row
from dougong_ui_builder.screens.record_values.reading import Found, editable, file_entries, names_of, read
from dougong_ui_builder.screens.records.routes import PAGE, blueprint

FIELD = f"{PAGE}/field/<name>"


@blueprint.get(FIELD)
@page()
def edit(caller: Caller, object: str, id: UUID, name: str) -> str:
    """The input of one field."""
    found = _editable(caller, object, id, name)
    return _form(caller, found, name, found.record.get(name), found.displays.get(name), found.record["version"])


@blueprint.post(FIELD)
@page()
def save(caller: Caller, object: str, id: UUID, name: str) -> Any:
    """{"undo"} when saved; the input again with its error (422); both values (409) when somebody else changed it."""
    found = _editable(caller, object, id, name)
    posted = read_row(caller, [found.object.fields[name]], "c.")
    if posted.errors:
        return _again(caller, found, name, posted), 422
    value = posted.values.get(name)
    version = int(request.form.get("version", "0") or 0)
    if version != found.record["version"]:
        if "take" not in request.form and request.form.get("was") != _text(found.record.get(name)):
            return _conflict(caller, found, name, value), 409
        version = found.record["version"]  # others changed other fields: nothing of theirs is lost
    try:
        outcome = records.update(
            caller, object, [{"id": str(id), "version": version, name: value}], confirmed=confirmed()
        ).records[0]
    except StaleVersion:
        return _conflict(caller, read(caller, object, str(id)), name, value), 409
    except RecordsInvalid as refused:
        asked = question(refused.errors)
        if asked is None:
            posted.errors = {name: [e.message for e in refusals(refused.errors)]}
        return _again(caller, found, name, posted, asked), 422
    return jsonify(
        changed=outcome.changed,
        version=outcome.version,
        undo=f"/o/{object}/{id}/revert/{outcome.version}" if outcome.changed else None,
    )


def _editable(caller: Caller, object: str, id: UUID, name: str) -> Found:
    found = read(caller, object, str(id))
    field = found.object.fields.get(name)
    if field is None or caller.rights.field(object, name) == "none":
        raise BadRequest(en="There is no such field.", zh="没有这个字段。")
    if found.deleted or not (editable(caller, field) or name == "owner"):
        raise NotAllowed
    return found


def _form(
    caller: Caller,
    found: Found,
    name: str,
    value: Any,
    display: Any,
    version: int,
    errors: tuple[str, ...] = (),
    asked: Question | None = None,
) -> str:
    layout = layout_for(caller, found.object, found.record.get("record_type"))
    needed = arrange(caller, found.object, layout, {}, found.id).needed
    field = found.object.fields[name]
    return render_template(
        "records/field.html",
        found=found,
        field=field,
        value=value,
        display=display,
        version=version,
        was=_text(found.record.get(name)),
        errors=errors,
        required=field.required or name in needed,
        question=asked,
    )


def _again(caller: Caller, found: Found, name: str, posted: PostedRow, asked: Question | None = None) -> str:
    field = found.object.fields[name]
    value = posted.values.get(name)
    display = (
        posted.typed.get(name)
        or names_of(caller, [field], {name: value}).get(name)
        or file_entries(caller, [field], {name: value if isinstance(value, list) else []}).get(name)
    )
    version = int(request.form.get("version", "0") or 0)
    return _form(caller, found, name, value, display, version, tuple(posted.errors.get(name, ())), asked)


def _conflict(caller: Caller, found: Found, name: str, mine: Any) -> str:
    field = found.object.fields[name]
    theirs = found.record.get(name)
    names = names_in_changes(caller, found.object, [{name: [mine, theirs]}])
    changes = timeline(caller, found.object.name, found.id, limit=50)
    last = next((one for one in changes if name in one["changes"]), None)
    sent = [
        (key, value)
        for key, value in request.form.items(multi=True)
        if key not in ("version", "was", "take", "csrf_token")
    ]
    return render_template(
        "records/conflict.html",
        found=found,
        field=field,
        label=label_text(field),
        mine=said(field, mine, names, found.record),
        theirs=said(field, theirs, names, found.record),
        last=last,
        sent=sent,
    )


def _text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
