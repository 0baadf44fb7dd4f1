"""The chips above a list: each condition of its filter in words, and the address of the list without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import format as printed
from dougong_metadata.expressions import parse
from dougong_ui_builder.screens.lists.columns import path_label
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, fields_of, kind_of, read, without, written
from dougong_ui_builder.screens.lists.saying import Names, names_in, operator_text, values_text
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.lists.state import ListState

_LONGEST = 60  # characters of a formula on a chip


@dataclass(frozen=True, slots=True)
class Chip:
    """`label` and `operator` are pale, `value` strong; `remove` is the address without the condition.
    `before` is the word that joins it to the one before ("or")."""

    label: str
    operator: str
    value: str
    remove: str
    before: str = ""
    formula: bool = False


def chips_of(caller: Caller, state: ListState) -> list[Chip]:
    """One chip per condition; a single one for a filter that only a formula can say."""
    if not state.filter:
        return []
    find = fields_of(caller.rights, state.object.name)
    try:
        block = read(state.filter, find)
    except ExpressionError:
        block = None
    if block is None:
        text = state.filter if len(state.filter) <= _LONGEST else state.filter[:_LONGEST] + "…"
        return [Chip(gettext("Formula"), "", text, state.url(filter=""), formula=True)]
    names = names_in(caller, block.lines, find)
    chips = []
    for at, item in enumerate(block.items):
        said = _said(caller, state, item, find, names)
        remove = state.url(filter=same_as_view(caller, state, written(without(block, at), find)))
        chips.append(Chip(*said, remove, gettext("or") if at and block.joined == "any" else ""))
    return chips


def _said(caller: Caller, state: ListState, item: Line | Block, find: FieldOf, names: Names) -> tuple[str, str, str]:
    if isinstance(item, Block):
        word = gettext(" or ") if item.joined == "any" else gettext(" and ")
        parts = [" ".join(p for p in _said(caller, state, line, find, names) if p) for line in item.items]
        return "", "", word.join(parts)
    model = find(item.path)
    assert model is not None, "read() knows every field"
    kind = kind_of(model)
    quiet = item.operator in ("in", "has any") or (item.operator == "=" and kind in ("truth", "date"))
    return (
        path_label(caller, state.object, item.path),
        "" if quiet else operator_text(item.operator, kind),
        values_text(model, item, names),
    )


def same_as_view(caller: Caller, state: ListState, filter: str) -> str:
    """`filter`, or the view's own text if that says the same: then nothing is unsaved."""
    find = fields_of(caller.rights, state.object.name)
    return state.view.filter if _normal(filter, find) == _normal(state.view.filter, find) else filter


def _normal(text: str, find: FieldOf) -> str:
    try:
        block = read(text, find)
        return printed(parse(text)) if block is None else written(block, find)
    except ExpressionError:
        return text
