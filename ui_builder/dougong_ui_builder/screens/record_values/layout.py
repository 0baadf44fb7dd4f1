"""Which layout a record has, and its sections as they show for a row: conditional ones with the reason.

Called by the record page and by forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import ExpressionError
from dougong_platform.records.unsaved import conditions
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.screens.lists.columns import path_label
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, fields_of, kind_of
from dougong_ui_builder.screens.lists.lines import read as read_lines
from dougong_ui_builder.screens.lists.saying import Names, names_in, operator_text, values_text
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.expressions import Checked
    from dougong_metadata.model.types import FieldModel, LayoutModel, LayoutSection, ObjectModel
    from dougong_platform.http.caller import Caller


@dataclass(slots=True)
class Section:
    """`fields` holds None for an empty cell. `shown`: whether its condition holds; `why`: the condition in words."""

    model: LayoutSection
    fields: list[FieldModel | None]
    shown: bool = True
    why: str = ""


@dataclass(slots=True)
class Arranged:
    """A layout over one row. `hidden` and `needed` are fields whose own visible_when fails or required_when holds."""

    layout: LayoutModel
    sections: list[Section]
    hidden: frozenset[str]
    needed: frozenset[str]
    conditional: bool  # whether anything depends on values


def layout_for(caller: Caller, object: ObjectModel, record_type: str | None) -> LayoutModel:
    """The layout for a record type: its own before the one for all."""
    found = caller.model.layouts[object.name]
    own = next((one for one in found if record_type and record_type in one.record_types), None)
    return own or next((one for one in found if not one.record_types), found[0])


def arrange(
    caller: Caller, object: ObjectModel, layout: LayoutModel, values: Mapping[str, Any], id: str | None = None
) -> Arranged:
    """The layout's sections with the fields that the caller may read, and what shows for this row."""
    sections = [Section(one, _fields(caller, object, one.fields)) for one in layout.sections]
    fields = [f for section in sections for f in section.fields if f is not None]
    asked: list[Checked] = []
    for condition in (
        *(s.model.visible_when for s in sections),
        *(f.visible_when for f in fields),
        *(f.required_when for f in fields),
    ):
        if condition is not None and condition not in asked:
            asked.append(condition)
    holds = dict(zip(asked, conditions(caller, object.name, asked, values, id), strict=True))
    for section in sections:
        condition = section.model.visible_when
        if condition is not None:
            section.shown, section.why = holds[condition], reason(caller, object, condition)
    return Arranged(
        layout,
        [s for s in sections if any(s.fields)],
        frozenset(f.name for f in fields if f.visible_when is not None and not holds[f.visible_when]),
        frozenset(f.name for f in fields if f.required_when is not None and holds[f.required_when]),
        bool(asked),
    )


def _fields(caller: Caller, object: ObjectModel, names: Sequence[str]) -> list[FieldModel | None]:
    """Fields in order; None for "-"."""
    readable = set(caller.rights.shown(object.name)) or {
        n for n in object.fields if caller.rights.field(object.name, n) != "none"
    }
    return [None if name == "-" else object.fields[name] for name in names if name == "-" or name in readable]


def reason(caller: Caller, object: ObjectModel, condition: Checked) -> str:
    """ "Shown because Currency is not CNY", as far as the condition can be said in words the reader may know."""
    said = in_words(caller, object, condition)
    return gettext("Shown because %(condition)s", condition=said) if said else gettext("Shown by a rule")


def in_words(caller: Caller, object: ObjectModel, condition: Checked) -> str | None:
    """ "Currency is not CNY"; None for what cannot be said so, or of fields that the reader may not know."""
    find = fields_of(caller.rights, object.name)
    try:
        block = read_lines(condition.text, find)
    except ExpressionError:
        block = None
    if block is None or not block.items:
        return None
    return _block(caller, object, block, find, names_in(caller, block.lines, find))


def _block(caller: Caller, object: ObjectModel, block: Block, find: FieldOf, names: Names) -> str:
    word = gettext(" or ") if block.joined == "any" else gettext(" and ")
    return word.join(
        _line(caller, object, item, find, names)
        if isinstance(item, Line)
        else _block(caller, object, item, find, names)
        for item in block.items
    )


def _line(caller: Caller, object: ObjectModel, line: Line, find: FieldOf, names: Names) -> str:
    model = find(line.path)
    assert model is not None, "read() knows every field"
    said = [
        path_label(caller, object, line.path),
        operator_text(line.operator, kind_of(model)),
        values_text(model, line, names),
    ]
    return ("" if current_locale() == "zh" else " ").join(part for part in said if part)
