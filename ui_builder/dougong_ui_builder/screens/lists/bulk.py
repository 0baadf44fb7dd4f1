"""What is done to several selected records at once: edit a field, transfer, delete, export; and its undo.

Rows that may not be changed stay out and are listed with their reasons; the others go in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import Response, request

from dougong_platform import records
from dougong_platform.errors import BadRequest, FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.exports.columns import now_in
from dougong_platform.exports.files import Export, csv_chunks, rows
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_tenants import new_id
from dougong_ui_builder.components import label_text
from dougong_ui_builder.languages import current_timezone
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.posted import read_posted
from dougong_ui_builder.screens.confirming import confirmed, question
from dougong_ui_builder.screens.lists import sharing, submitting
from dougong_ui_builder.screens.lists.columns import LINKS, is_inline
from dougong_ui_builder.screens.lists.failures import failures_of
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.state import ListState, state_of
from dougong_ui_builder.toasts import say
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

MOST = 1000  # records of one action: what can be undone at once
_EXPORTED_AT_ONCE = 200  # ids of one filter


@blueprint.post("/o/<object>/list/bulk")
@page()
def act(caller: Caller, object: str) -> Response | str:
    """`do`: edit and owner ask for a value, save sets it, likewise share and share_save, submit
    and submit_save; delete and export act. `id`: the records."""
    state = state_of(caller, object)
    ids = list(dict.fromkeys(request.form.getlist("id")))
    action = request.form.get("do", "")
    if not ids:
        say(gettext("No record is selected."), tone="bad")
        return redirect_to(state.url())
    if len(ids) > MOST:
        raise BadRequest(en=f"At most {MOST} records at once.", zh=f"一次最多处理 {MOST} 条记录。")
    if action == "delete":
        return _delete(caller, state, ids)
    if action == "export":
        return _export(caller, state, ids)
    if action in ("submit", "submit_save"):
        return submitting.save(caller, state, ids) if action == "submit_save" else submitting.ask(caller, state, ids)
    if action in ("share", "share_save"):
        return sharing.save(caller, state, ids) if action == "share_save" else sharing.ask(caller, state, ids)
    field = _field(caller, state, "owner" if action == "owner" else request.form.get("field", ""))
    if action == "save" and field is not None:
        return _save(caller, state, ids, field)
    return _ask(caller, state, ids, field)


@blueprint.post("/o/<object>/list/undo/<ref>")
@page()
def undo(caller: Caller, object: str, ref: str) -> Response:
    """Takes back one's own action of the last minutes, as far as nobody changed the records since."""
    if not _is_own(caller, ref):
        raise NotFound
    result = records.undo(caller, ref)
    left = len(result.records) - result.written
    if left:
        say(
            ngettext(
                "%(num)d record was changed again since and stays as it is",
                "%(num)d records were changed again since and stay as they are",
                left,
            ),
            tone="bad",
        )
    else:
        say(ngettext("Taken back: %(num)d record", "Taken back: %(num)d records", result.written))
    if request.headers.get("X-CSRF-Token"):
        return Response(status=204)  # an island asked and loads the page again, which then shows what was said
    return redirect_to(f"/o/{object}")


def _is_own(caller: Caller, ref: str) -> bool:
    """Whether everything under this reference was done by the caller, in screens."""
    entry, found = caller.database.read(
        caller.tenant,
        "select bool_and(actor = %(user)s::uuid and cause = 'user') from _history where cause_ref = %(ref)s",
        {"user": caller.user, "ref": ref[:100]},
    )
    caller.verify(entry)
    return bool(found and found[0][0])


def _delete(caller: Caller, state: ListState, ids: Sequence[str]) -> Response | str:
    ref = str(new_id())
    names = display_names(caller, state.object.name, ids)
    result = records.delete(replace(caller, cause_ref=ref), state.object.name, ids, atomic=False)
    said = ngettext("%(num)d record deleted", "%(num)d records deleted", result.written)
    return _answer(state, result, ids, names, ref, said)


def _save(caller: Caller, state: ListState, ids: Sequence[str], field: FieldModel) -> Response | str:
    given = read_posted([field], request.form, timezone=current_timezone(), prefix="to_")
    value = given.values.get(field.name)
    if field.name in given.typed:
        value = _named(caller, field, given.typed[field.name])
    ref = str(new_id())
    try:
        result = records.update(
            replace(caller, cause_ref=ref),
            state.object.name,
            [{"id": id, field.name: value} for id in ids],
            atomic=False,
            confirmed=confirmed(),
        )
    except RecordsInvalid as fault:
        return _ask(caller, state, ids, field, value, list(fault.errors))
    if not result.written and (wrong := _same_for_all(result.errors, field)):
        return _ask(caller, state, ids, field, value, wrong)
    said = ngettext(
        "%(field)s changed in %(num)d record",
        "%(field)s changed in %(num)d records",
        result.written,
        field=label_text(field),
    )
    names = display_names(caller, state.object.name, ids)
    return _answer(state, result, ids, names, ref, said, _asked(result, ids, field))


def _asked(result: records.WriteResult, ids: Sequence[str], field: FieldModel) -> dict[str, Any] | None:
    """The records that only wait to be confirmed, with what to send for them once more; None without any."""
    waiting = [(ids[one.index], one.errors) for one in result.records if question(one.errors) is not None]
    if not waiting:
        return None
    sent = [
        (n, t)
        for n, t in request.form.items(multi=True)
        if n == f"to_{field.name}" or n.startswith(f"to_{field.name}:")
    ]
    every = question([error for _, errors in waiting for error in errors])
    return {"ids": [id for id, _ in waiting], "question": every, "sent": [*sent, ("field", field.name), ("do", "save")]}


def _same_for_all(errors: Sequence[FieldError], field: FieldModel) -> list[FieldError]:
    """The one reason why the value is refused in every record: then it is shown at the input."""
    if question(errors) is not None:
        return []
    own = {error.message: error for error in errors if error.field == field.name}
    return list(own.values()) if len(own) == 1 and all(e.field == field.name for e in errors) else []


def _answer(
    state: ListState,
    result: records.WriteResult,
    ids: Sequence[str],
    names: dict[str, str | None],
    ref: str,
    said: str,
    asked: dict[str, Any] | None = None,
) -> Response | str:
    undo_path = f"/o/{state.object.name}/list/undo/{ref}" if result.written else None
    failures = failures_of(result, ids, names)
    if not failures:
        say(said, undo=undo_path)
        return redirect_to(state.url())
    return answer(
        "lists/bulk_result.html",
        state,
        said=said if result.written else None,
        failures=failures,
        undo=undo_path,
        asked=asked,
    )


def _ask(
    caller: Caller,
    state: ListState,
    ids: Sequence[str],
    field: FieldModel | None,
    value: Any = None,
    errors: Sequence[FieldError] = (),
) -> str:
    fields = [f for f in state.object.fields.values() if is_inline(caller, f)]
    return answer(
        "lists/bulk_edit.html",
        state,
        ids=ids,
        field=field or (fields[0] if fields else None),
        fields=fields,
        value=value,
        errors=[error.message for error in errors],
    )


def _field(caller: Caller, state: ListState, name: str) -> FieldModel | None:
    model = state.object.fields.get(name)
    if model is None:
        return None
    if not is_inline(caller, model):
        raise NotAllowed
    return model


def _named(caller: Caller, field: FieldModel, typed: str) -> Any:
    if field.type.name not in LINKS or field.to is None:
        return typed
    return {caller.model.objects[field.to].name_field: typed}


def _export(caller: Caller, state: ListState, ids: Sequence[str]) -> Response:
    parts = [ids[at : at + _EXPORTED_AT_ONCE] for at in range(0, len(ids), _EXPORTED_AT_ONCE)]
    found = [rows(caller, Export(state.object.name, state.columns, _one_of(part), state.sort)) for part in parts]
    lines: Iterator[list[Any]] = chain.from_iterable(part for _, part in found)
    response = Response(csv_chunks(found[0][0], lines), content_type="text/csv; charset=utf-8")
    name = f"{state.object.name} {now_in(caller.timezone):%Y-%m-%d %H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _one_of(ids: Sequence[str]) -> str:
    safe = [id for id in ids if len(id) == 36 and all(c in "0123456789abcdef-" for c in id.lower())]
    return "id in ({})".format(", ".join(f'"{id}"' for id in safe)) if safe else "false"
