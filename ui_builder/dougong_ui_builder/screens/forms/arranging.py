"""What a form holds: the layout's sections with the fields that the caller may fill in, their values and errors.

Called by the forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import LayoutSection
from dougong_platform.errors import FieldError
from dougong_ui_builder.screens.confirming import Question
from dougong_ui_builder.screens.record_values.layout import Arranged, Section, arrange, layout_for
from dougong_ui_builder.screens.record_values.reading import editable, file_entries, names_of

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, ObjectModel, RecordType
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.forms.lines import Lines

_REST = Label("Also required", "其他必填项")


@dataclass(slots=True)
class Form:
    """Everything the template draws. `general` are errors that belong to no field; `displays` as of a record;
    `kept` are given values whose fields the form does not show; `kinds` the record types that may be chosen."""

    object: ObjectModel
    values: dict[str, Any]
    arranged: Arranged
    record_type: str | None = None
    id: str | None = None
    version: int | None = None
    displays: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    general: list[str] = field(default_factory=list)
    lines: list[Lines] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    kinds: tuple[RecordType, ...] = ()
    may_create: bool = True
    question: Question | None = None  # what has to be confirmed before it is saved

    @property
    def fields(self) -> list[FieldModel]:
        """The fields in the form, in order."""
        return [f for section in self.arranged.sections for f in section.fields if f is not None]

    @property
    def faulty(self) -> bool:
        """Whether anything has to be changed before it can be saved."""
        return bool(self.errors or self.general or any(one.faulty for one in self.lines))


def form_of(
    caller: Caller,
    object: ObjectModel,
    values: Mapping[str, Any],
    *,
    id: str | None = None,
    quick: bool = False,
    typed: Mapping[str, str] | None = None,
    displays: Mapping[str, Any] | None = None,
) -> Form:
    """The form over these values. `typed` are words in links; `displays` what is known already."""
    kind = values.get("record_type")
    layout = layout_for(caller, object, kind)
    arranged = arrange(caller, object, layout, values, id)
    if quick:
        arranged.sections = [_quick_section(caller, object, layout.quick)]
    else:
        for section in arranged.sections:
            section.fields = [f for f in section.fields if f is None or editable(caller, f)]
        arranged.sections = [s for s in arranged.sections if any(s.fields)]
        if id is None:
            _add_required(caller, object, arranged)
    form = Form(object, dict(values), arranged, kind, id, kinds=choosable(caller, object))
    form.may_create = caller.rights.may(object.name, "create")
    missing = [f for f in form.fields if f.name not in (displays or {})]
    form.displays = names_of(caller, missing, values) | file_entries(caller, missing, values)
    form.displays |= dict(displays or {}) | dict(typed or {})
    return form


def choosable(caller: Caller, object: ObjectModel) -> tuple[RecordType, ...]:
    """The record types that the caller may choose."""
    if caller.rights.field(object.name, "record_type") != "edit":
        return ()
    permitted = caller.rights.record_types(object.name)
    return tuple(one for one in object.record_types.values() if permitted is None or one.name in permitted)


def _quick_section(caller: Caller, object: ObjectModel, quick: Sequence[str]) -> Section:
    """The layout's quick fields, else the name; and in any case what is required."""
    wanted = list(quick) or [object.name_field]
    wanted += [f.name for f in _required(object) if f.name not in wanted]
    fields = [object.fields[n] for n in wanted if editable(caller, object.fields[n])]
    return Section(LayoutSection("quick", object.label, 1, tuple(wanted)), list(fields))


def _required(object: ObjectModel) -> Iterable[FieldModel]:
    return (
        f
        for f in object.own_fields
        if f.required and f.default is None and f.visible_when is None and f.type.name != "auto_number"
    )


def _add_required(caller: Caller, object: ObjectModel, arranged: Arranged) -> None:
    """A layout that leaves out what is required could never be saved."""
    there = {f.name for s in arranged.sections for f in s.fields if f is not None}
    rest = [f for f in _required(object) if f.name not in there and editable(caller, f)]
    if rest:
        arranged.sections.append(Section(LayoutSection("rest", _REST, 2, ()), list(rest)))


def take_errors(form: Form, errors: Iterable[FieldError]) -> None:
    """Put each refusal beside its field, or above the form where it has none there."""
    there = {f.name for f in form.fields}
    for one in errors:
        if one.field in there:
            form.errors.setdefault(str(one.field), []).append(one.message)
        elif one.message not in form.general:
            form.general.append(one.message)
