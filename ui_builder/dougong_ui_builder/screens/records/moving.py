"""A record's move to another stage. What its gate lacks is asked for in a form of its own, which the record page and
the board show as a dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, jsonify, render_template, request

from dougong_platform import records
from dougong_platform.errors import BadRequest, FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.pipelines import checklist
from dougong_platform.pipelines.gate import Need, blank, gates
from dougong_platform.pipelines.serving import serving
from dougong_ui_builder import toasts
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import is_fragment, page, redirect_to
from dougong_ui_builder.said_faults import fault_said
from dougong_ui_builder.said_values import said
from dougong_ui_builder.screens.approvals.said import outcome_said
from dougong_ui_builder.screens.confirming import ask_page, confirmed, question
from dougong_ui_builder.screens.record_values.posted_row import PostedRow, read_row
from dougong_ui_builder.screens.record_values.reading import Found, editable, file_entries, names_of, read
from dougong_ui_builder.screens.records.approval_need import submit_for
from dougong_ui_builder.screens.records.path import path_field
from dougong_ui_builder.screens.records.routes import PAGE, address, blueprint
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.approvals.moves.submit import Submitted

PREFIX = "m."
_LOCKED = "in_approval"
_ENDS = frozenset({"stage_move", "stage_end", _LOCKED})


@dataclass(slots=True)
class Wish:
    """What is asked: the record, the field along which it moves, the value, and what was typed in the form."""

    found: Found
    field: str
    value: str | None
    pipeline: PipelineModel | None
    typed: PostedRow

    @property
    def stage(self) -> StageModel | None:
        return self.pipeline.stages.get(self.value or "") if self.pipeline is not None else None


@blueprint.post(f"{PAGE}/stage")
@page()
def move(caller: Caller, object: str, id: UUID) -> Any:
    """To another stage. What it needs is asked for (422); {"text", "undo"} for the board's island."""
    wish = _wish(caller, object, str(id))
    for name in request.form.getlist("tick"):
        checklist.tick(caller, object, str(id), *name.partition("/")[::2])
    if wish.typed.errors:
        return _ask(caller, wish, ())
    row = {"id": str(id), **wish.typed.values, wish.field: wish.value}
    try:
        outcome = records.update(caller, object, [row], confirmed=confirmed()).records[0]
    except RecordsInvalid as refused:
        return _refused(caller, wish, refused.errors)
    text = undo = None
    if outcome.changed:
        name = said(wish.found.object.fields[wish.field], wish.value, {})
        text = gettext("Moved to “%(stage)s”", stage=name)
        undo = address(object, id, f"revert/{outcome.version}")
    if _for_island():
        return jsonify(moved=True, text=text, undo=undo)
    if text is not None:
        toasts.say(text, undo=undo)
    return redirect_to(_back(wish.found))


@blueprint.post(f"{PAGE}/checklist")
@page()
def tick(caller: Caller, object: str, id: UUID) -> Response:
    """Tick an item (`tick` is "stage/name"), or take its tick back (`untick`)."""
    read(caller, object, str(id))
    for way in ("tick", "untick"):
        for name in request.form.getlist(way):
            checklist.tick(caller, object, str(id), *name.partition("/")[::2], ticked=way == "tick")
    return redirect_to(address(object, id))


def _wish(caller: Caller, object: str, id: str) -> Wish:
    found = read(caller, object, id)
    field = path_field(caller, found)
    if field is None:
        raise BadRequest(en="This record has no path.", zh="该记录没有阶段路径。")
    value = request.form.get("value") or None
    pipeline = serving(caller, object, found.record.get("record_type"), field)
    wish = Wish(found, field, value, pipeline, PostedRow())
    sent = [one for one in _inputs(caller, wish) if _was_sent(one)]
    wish.typed = read_row(caller, sent, PREFIX)
    return wish


def _was_sent(field: FieldModel) -> bool:
    start = PREFIX + field.name
    names = (*request.form, *request.files)
    return any(name == start or name.startswith((f"{start}:", f"{start}.", f"{start}[")) for name in names)


def _refused(caller: Caller, wish: Wish, errors: Sequence[FieldError]) -> Any:
    found, locked = wish.found, [e for e in errors if e.code == _LOCKED]
    text = " ".join(e.message for e in locked or errors)
    if (asked := question(errors)) is not None:
        return ask_page(asked, found.title or label_text(found.object), _back(found))
    if wish.stage is not None and wish.pipeline is not None:
        sent = submit_for(caller, found, wish.pipeline, wish.stage, errors, wish.typed.values)
        if sent is not None:
            return _submitted(caller, wish, sent)
    if wish.stage is None or any(e.code in _ENDS for e in errors):
        if _for_island():
            return jsonify(moved=False, text=text), 409
        toasts.say(text, tone="bad")
        if wish.stage is not None:
            return redirect_to(_back(found))
        return redirect_to(f"{address(found.object.name, found.id, 'edit')}?{wish.field}={wish.value or ''}")
    return _ask(caller, wish, errors)


def _submitted(caller: Caller, wish: Wish, sent: Submitted) -> Any:
    """Nothing moved; the approval that the stage asks for was submitted, or could not be, and why."""
    found = wish.found
    text = outcome_said(sent) if sent.problem is None else fault_said(sent.problem)
    if _for_island():
        return jsonify(moved=False, submitted=sent.problem is None, text=text), 200 if sent.problem is None else 409
    toasts.say(text, tone=None if sent.problem is None else "bad")
    return redirect_to(_back(found))


def _ask(caller: Caller, wish: Wish, errors: Sequence[FieldError]) -> tuple[str, int]:
    """The form that asks for what is missing; answered as 422, since nothing moved."""
    found, stage = wish.found, wish.stage
    assert stage is not None
    assert wish.pipeline is not None
    gate = gates(caller, wish.pipeline, found.id, [stage.value], wish.typed.values)[stage.value]
    inputs = _inputs(caller, wish)
    own = {f.name for f in inputs}
    wrong, general = _wrong(wish, errors, own)
    html = render_template(
        "stages/move.html",
        found=found,
        stage=stage,
        value=wish.value,
        inputs=inputs,
        needed={need.name for need in gate.needs if need.kind == "field"},
        items=[need for need in gate.missing if need.kind == "item"],
        others=[need for need in gate.missing if _for_somebody_else(need, own)],
        given=_given(wish, inputs),
        displays=_displays(caller, wish, inputs),
        wrong=wrong,
        general=general,
        prefix=PREFIX,
        back=_back(found),
        board=request.form.get("board", ""),
    )
    return html, 422


def _given(wish: Wish, inputs: Sequence[FieldModel]) -> dict[str, Any]:
    """What stands in the inputs: what was sent, else what the record has."""
    sent = wish.typed.values
    return {f.name: sent[f.name] if f.name in sent else wish.found.record.get(f.name) for f in inputs}


def _displays(caller: Caller, wish: Wish, inputs: Sequence[FieldModel]) -> dict[str, Any]:
    """The names behind links and the entries of files in the inputs; words that name nobody as they were typed."""
    values = _given(wish, inputs)
    return names_of(caller, inputs, values) | file_entries(caller, inputs, values) | wish.typed.typed


def _wrong(wish: Wish, errors: Sequence[FieldError], own: set[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Errors by input, and those of no input. What is asked for the first time is not wrong yet."""
    wrong, general = {name: list(texts) for name, texts in wish.typed.errors.items()}, []
    tried = "asked" in request.form
    for one in errors:
        if one.field in own and (tried or not one.code.startswith("stage_")):
            wrong.setdefault(str(one.field), []).append(one.message)
        elif not one.code.startswith("stage_"):
            general.append(one.message)
    return wrong, general


def _for_somebody_else(need: Need, own: set[str]) -> bool:
    """What this form cannot fill in: conditions, approvals, fields that the person may not edit."""
    return need.kind in ("condition", "approval") or (need.kind == "field" and need.name not in own)


def _inputs(caller: Caller, wish: Wish) -> list[FieldModel]:
    """What the way to the stage asks for: fields that are blank, the reason, and what its condition looks at."""
    if wish.pipeline is None or wish.value is None:
        return []
    names: dict[str, None] = {}
    for stage in wish.pipeline.passed(wish.found.record.get(wish.field), wish.value):
        names |= {name: None for name in stage.required if blank(wish.found.record.get(name))}
        names |= {stage.reason: None} if stage.reason else {}
        names |= {path[0]: None for path in (stage.must.paths if stage.must is not None else ()) if len(path) == 1}
    fields = (wish.found.object.fields[name] for name in names if name in wish.found.object.fields)
    return [field for field in fields if field.name != wish.field and editable(caller, field)]


def _back(found: Found) -> str:
    """The board that asked, or the record's page."""
    board = request.form.get("board", "")
    return board if board.startswith(f"/o/{found.object.name}/board") else address(found.object.name, found.id)


def _for_island() -> bool:
    return is_fragment() and bool(request.form.get("board")) and "json" in request.headers.get("Accept", "")
