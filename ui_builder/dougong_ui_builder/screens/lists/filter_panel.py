"""The filter builder: a popover of the list (a page without JavaScript) whose every change comes back as HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response, render_template, request

from dougong_metadata.errors import ExpressionError
from dougong_platform.errors import BadFilter
from dougong_platform.query.filter import parse_filter
from dougong_platform.query.listing import list_records
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.screens.lists.chips import same_as_view
from dougong_ui_builder.screens.lists.columns import grouped_choices, path_label
from dougong_ui_builder.screens.lists.filter_form import act, read_form
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, fields_of, kind_of, offered, read, written
from dougong_ui_builder.screens.lists.panel import answer
from dougong_ui_builder.screens.lists.routes import blueprint
from dougong_ui_builder.screens.lists.saying import Names, names_in, operator_text, value_text
from dougong_ui_builder.screens.lists.state import ListState, state_of

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller


@dataclass(slots=True)
class Builder:
    """What the builder shows. `block` is None in formula mode; `text` is the filter it stands for."""

    state: ListState
    find: FieldOf
    block: Block | None
    text: str
    names: Names = field(default_factory=dict)
    problem: BadFilter | None = None
    only_formula: bool = False  # the filter says more than lines can
    count: tuple[int, bool] | None = None  # matching, and whether there are more than counted
    total: tuple[int, bool] | None = None


@blueprint.get("/o/<object>/list/filter")
@page()
def show_filter(caller: Caller, object: str) -> str:
    """The builder over the list's present filter; with `add` one more empty line."""
    state = state_of(caller, object)
    find = fields_of(caller.rights, object)
    try:
        block = read(state.filter, find)
    except ExpressionError:
        block = None
    builder = Builder(state, find, block, state.filter, only_formula=block is None)
    if block is not None and (request.args.get("add") or not block.items):
        act(block, "add", _first(caller, state))
    return _drawn(caller, builder)


@blueprint.post("/o/<object>/list/filter")
@page()
def change_filter(caller: Caller, object: str) -> Response | str:
    """`do`: count (the foot alone, the default), draw, apply, clear, formula, lines, or a button of `filter_form.act`.

    The form itself posts without `do`: htmx would hand a value of the form on to its buttons.
    """
    state = state_of(caller, object)
    form, action = request.form, request.form.get("do", "count")
    if action == "clear":
        return redirect_to(state.url(filter=""))
    builder = _posted(caller, state, form.get("formula"))
    if action == "apply" and builder.problem is None:
        return redirect_to(state.url(filter=same_as_view(caller, state, builder.text)))
    if action == "formula":
        builder.block = None
    elif action == "lines" and builder.problem is None:
        builder.block = read(builder.text, builder.find)
        builder.only_formula = builder.block is None
    elif builder.block is not None:
        act(builder.block, action, _first(caller, state))
        builder.text = written(builder.block, builder.find)
    if action == "count":
        _count(caller, builder)
        return render_template("lists/filter_foot.html", builder=builder)
    return _drawn(caller, builder)


def _posted(caller: Caller, state: ListState, formula: str | None) -> Builder:
    find = fields_of(caller.rights, state.object.name)
    block = read_form(request.form, find) if formula is None else None
    builder = Builder(state, find, block, (formula or "").strip())
    try:
        if block is not None:
            builder.text = written(block, find)
        parse_filter(caller.rights, state.object.name, builder.text)
    except ExpressionError as error:
        builder.problem = BadFilter(error.data["en"], error.data["zh"], error.position, error.length, error.hint)
    except BadFilter as fault:
        builder.problem = fault
    return builder


def _first(caller: Caller, state: ListState) -> str:
    """The field of a new line: the first column that is not the name."""
    find = fields_of(caller.rights, state.object.name)
    candidates = [p for p in state.columns if (m := find(p)) is not None and kind_of(m) in ("choice", "link", "date")]
    return next(iter(candidates), state.object.name_field)


def _count(caller: Caller, builder: Builder) -> None:
    object = builder.state.object.name

    def counted(filter: str | None) -> tuple[int, bool]:
        found = list_records(caller, object, fields=["id"], filter=filter, sort=["id"], limit=1, count=True)
        return found.count or 0, found.count_capped

    try:
        builder.count = counted(builder.text or None) if builder.problem is None else None
        builder.total = counted(None) if builder.text else builder.count
    except BadFilter as fault:
        builder.problem = fault


def _drawn(caller: Caller, builder: Builder) -> str:
    if builder.block is not None:
        builder.names = names_in(caller, builder.block.lines, builder.find)
        for line in builder.block.lines:
            model = builder.find(line.path)
            if model is not None and not line.operator:
                line.operator = offered(model)[0]
    _count(caller, builder)
    groups = grouped_choices(caller, builder.state.object, offered) if builder.block is not None else []
    return answer(
        "lists/filter.html",
        builder.state,
        builder=builder,
        groups=groups,
        is_line=_is_line,
        operators=_operators,
        kind_of=kind_of,
        value_text=_values_said(builder),
        path_label=lambda path: path_label(caller, builder.state.object, path),
    )


def _operators(model: FieldModel, chosen: str) -> list[tuple[str, str]]:
    found = offered(model)
    kind = kind_of(model)
    return [(op, operator_text(op, kind)) for op in (found if chosen in found else [*found, chosen])]


def _values_said(builder: Builder) -> Callable[..., str]:
    return lambda model, value: value_text(model, value, builder.names)


def _is_line(item: Line | Block) -> bool:
    return isinstance(item, Line)
