"""Why an approval goes as it does: for each step the rule, the people it found, the branch and what chose it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template

from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.approvals.reading.explanation import Explanation, explanation
from dougong_platform.approvals.reading.progress import progress
from dougong_platform.http.caller import Caller
from dougong_ui_builder.approval_states import state_said
from dougong_ui_builder.page import page
from dougong_ui_builder.said_values import names_of, said
from dougong_ui_builder.screens.approvals.routes import ONE, blueprint


@blueprint.get(f"{ONE}/why")
@page()
def show_why(caller: Caller, id: UUID) -> str:
    """For whoever sees the approval; what he may not know of the record is left out."""
    about, found = progress(caller, str(id)), explanation(caller, str(id))
    return render_template(
        "approvals/why.html", about=about, found=found, saw=_saw(caller, about.object, found), state_said=state_said
    )


def _saw(caller: Caller, object: str, found: Explanation) -> Mapping[int, list[tuple[str, str]]]:
    """What stood in the fields, as people read it: (label, value) by the number of the step."""
    seen = [(step.shown.number, one) for step in found.steps for one in step.saw]
    fields = {one.path: _field(caller.model, object, one.path) for _, one in seen}
    known = [(field, one.value) for _, one in seen if (field := fields[one.path]) is not None]
    names = names_of(caller, known)
    said_by: dict[int, list[tuple[str, str]]] = {}
    for number, one in seen:
        said_by.setdefault(number, []).append((one.label, _said(fields[one.path], one.value, names)))
    return said_by


def _said(field: FieldModel | None, value: Any, names: Mapping[str, str | None]) -> str:
    return (said(field, value, names) if field is not None else str(value or "")) or "—"


def _field(model: Model, object: str, path: str) -> FieldModel | None:
    """The field at the end of a path; None where a step is not there any more."""
    at: str | None = object
    field: FieldModel | None = None
    for step in path.split("."):
        of = model.objects.get(at or "")
        field = of.fields.get(step) if of is not None else None
        if field is None:
            return None
        at = field.to
    return field
