"""The report's condition as lines, or as an expression where it says more than lines can: the list's filter builder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dougong_metadata.errors import ExpressionError
from dougong_platform.errors import BadFilter
from dougong_platform.query.filter import parse_filter
from dougong_ui_builder.screens.lists.filter_form import act, read_form
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, fields_of, offered, read, written
from dougong_ui_builder.screens.lists.saying import Names, names_in

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.reports.designing.known import Known

PART = "where"  # the form's word for "the filters are in it"


@dataclass(slots=True)
class Filters:
    """`block` is None where the condition is edited as an expression; `text` is what it says so far."""

    find: FieldOf
    block: Block | None
    text: str
    names: Names = field(default_factory=dict)
    problem: BadFilter | None = None
    only_formula: bool = False


def filters_of(caller: Caller, known: Known, text: str) -> Filters:
    """The filters that a body's `where` says."""
    find = fields_of(caller.rights, known.object)
    try:
        block = read(text, find)
    except ExpressionError:
        block = None
    return _ready(caller, Filters(find, block, text, only_formula=block is None), known)


def posted_filters(caller: Caller, known: Known, form: MultiDict[str, str], action: str) -> Filters:
    """The filters of a form, after one of their buttons: `add`, `add.0`, `group`, `remove.0`, `remove.0.1`, `formula`,
    `lines`, or a path to filter by ("path=shelf.room")."""
    find = fields_of(caller.rights, known.object)
    formula = form.get("formula")
    block = read_form(form, find) if formula is None else None
    found = Filters(find, block, (formula or "").strip())
    if block is not None:
        _acted(found, block, action, known)
    if action == "lines" and formula is not None:
        return filters_of(caller, known, found.text)
    if action == "formula":
        found.block = None
    return _ready(caller, found, known)


def _acted(found: Filters, block: Block, action: str, known: Known) -> None:
    verb, _, path = action.partition("=")
    if verb == "path" and found.find(path) is not None:
        block.items.append(Line(path, ""))
    elif action and action not in ("formula", "lines"):
        act(block, action, _first(known))
    try:
        found.text = written(block, found.find)
    except ExpressionError as error:
        found.problem = BadFilter(error.data["en"], error.data["zh"], error.position, error.length, error.hint)


def _first(known: Known) -> str:
    """The field of a new line."""
    at = known.model.objects[known.object]
    choices = (name for name, one in at.fields.items() if one.picklist is not None and not one.system)
    return next(choices, at.name_field)


def _ready(caller: Caller, found: Filters, known: Known) -> Filters:
    if found.block is not None:
        found.names = names_in(caller, found.block.lines, found.find)
        for line in found.block.lines:
            model = found.find(line.path)
            if model is not None and not line.operator:
                line.operator = offered(model)[0]
    if found.problem is None and found.text:
        try:
            parse_filter(caller.rights, known.object, found.text)
        except BadFilter as fault:
            found.problem = fault
    return found
