"""Live checks of expressions and condition rows for inputs of the builder; answers are JSON for its islands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import Checked, Scope, check, nodes, parse
from dougong_metadata.expressions.conditions import Group, Row, Value, from_rows, to_rows
from dougong_metadata.expressions.facts import placed, split
from dougong_metadata.expressions.scope import Mode
from dougong_metadata.field_types.registry import registered
from dougong_metadata.label import Label
from dougong_metadata.model.compile_text import compile_text
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_ui_builder.builder.documents.counting import count_shown
from dougong_ui_builder.builder.documents.routes import blueprint
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.page import page

LONGEST = 10_000  # characters of an expression


@blueprint.post("/builder/check-expression")
@page("metadata", ANY_KIND)
def check_expression(caller: Caller) -> Response:
    """{text, object, yields, field, saving, returns} → {ok, type | message, position, length, hint}.

    `yields`: condition, filter, value, text (one with {{ expressions }} in it), aggregate (a number of a report) or
    elsewhere (a condition on other things than the object's records); `returns`: the type of a formula's result.
    """
    given = _body()
    text = str(given.get("text", ""))[:LONGEST]
    if given.get("yields") == "text":
        return jsonify(_said_of_text(caller, text, given))
    return jsonify(_said(caller, text, given)[1])


@blueprint.post("/builder/check-condition")
@page("metadata", ANY_KIND)
def check_condition(caller: Caller) -> Response:
    """{object, text} or {object, rows, joined} → {ok, text, rows, joined, shown, of, …}.

    `rows` is null when the text says more than rows can; `shown` of `of` recent records meet the condition.
    """
    given = _body()
    try:
        text = from_rows(_group(given)) if isinstance(given.get("rows"), list) else str(given.get("text", ""))[:LONGEST]
        group = to_rows(text)
    except ExpressionError as fault:
        return jsonify(_fault(fault, caller.locale) | {"text": str(given.get("text", ""))})
    rows = None if group is None or any(isinstance(item, Group) for item in group.items) else _rows_json(group)
    answer = {"ok": True, "text": text, "rows": rows, "joined": group.joined if group else "all"}
    if text.strip():
        checked, said = _said(caller, text, given)
        counts = checked is not None and "metadata" in caller.rights.system  # counting looks at everybody's records
        answer |= said | (count_shown(caller, checked) if checked is not None and counts else {})
    return jsonify(answer)


def _said(caller: Caller, text: str, given: Mapping[str, Any]) -> tuple[Checked | None, dict[str, Any]]:
    model, object = _meant(caller, given)
    yields = given.get("yields")
    if object not in model.objects or not text.strip():
        return None, {"ok": True, "type": ""}
    expected = _expected(model, given, object) if yields == "value" else None
    mode: Mode = "value" if yields == "value" else "condition"
    scope = Scope.of(model, object, mode, saving=bool(given.get("saving")), past=yields == "filter")
    try:
        if yields in ("aggregate", "elsewhere"):
            _check_loosely(text, str(yields), model, object)
            return None, {"ok": True, "type": ""}
        checked = check(text, scope, expected)
    except ExpressionError as fault:
        return None, _fault(fault, caller.locale)
    return checked, {"ok": True, "type": checked.type.words("zh" if caller.locale.startswith("zh") else "en")}


def _check_loosely(text: str, yields: str, model: Model, object: str) -> None:
    """What can be said of a number of a report, or of a condition on other things than the object's records, by itself:
    the form alone knows what the names in it mean. Raises ExpressionError."""
    node = parse(text)
    if yields == "aggregate":
        named = {path.names[0] for path in nodes.walk(node) if isinstance(path, nodes.Path) and len(path.names) == 1}
        others = named - model.objects[object].fields.keys()
        for measure in split(text, Scope.of(model, object, "aggregate", past=True), others).measures:
            try:
                check(measure.text, Scope.of(model, measure.object, "aggregate", past=True, spanned=True))
            except ExpressionError as fault:
                raise placed(fault, measure) from fault


def _meant(caller: Caller, given: Mapping[str, Any]) -> tuple[Model, str]:
    """The model, and the object in it: "order_line.order" means the records whose field that is."""
    view = read_draft(caller)
    return view.model or view.base.model, str(given.get("object", "")).partition(".")[0]


def _expected(model: Model, given: Mapping[str, Any], object: str) -> FieldModel | None:
    """The field that takes the value: of the object, or of another (`field_of`); a formula that is being written."""
    returns, name = str(given.get("returns") or ""), str(given.get("field", ""))
    if returns in registered():
        return FieldModel(object, name or "formula", registered()[returns], Label(returns, returns), 0)
    of = model.objects.get(str(given.get("field_of") or object))
    return of.fields.get(name) if of else None


def _said_of_text(caller: Caller, text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    model, object = _meant(caller, given)
    if object not in model.objects or not text.strip():
        return {"ok": True, "type": ""}
    scope = Scope.of(model, object, "value", saving=bool(given.get("saving")))
    wrong: list[ExpressionError] = []

    def checked(_locale: str, expression: str, _text: str, start: int) -> Checked | None:
        try:
            return check(expression, scope)
        except ExpressionError as fault:
            wrong.append(
                ExpressionError(fault.message("en"), fault.message("zh"), start + fault.position, fault.length)
            )
            return None

    compile_text(
        {"en": text}, checked, lambda _l, fault, _t: wrong.append(fault), lambda of: model.objects[of].name_field
    )
    return _fault(wrong[0], caller.locale) if wrong else {"ok": True, "type": ""}


def _fault(fault: ExpressionError, locale: str) -> dict[str, Any]:
    return {
        "ok": False,
        "message": fault.message(locale),
        "position": fault.position,
        "length": fault.length,
        "hint": fault.hint,
    }


def _body() -> Mapping[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _rows_json(group: Group) -> list[dict[str, Any]]:
    return [
        {"path": r.path, "operator": r.operator, "values": [{"kind": v.kind, "text": v.text} for v in r.values]}
        for r in group.items
        if isinstance(r, Row)
    ]


def _group(given: Mapping[str, Any]) -> Group:
    rows = []
    for row in given["rows"][:50]:
        if isinstance(row, dict) and isinstance(row.get("values", []), list):
            values = tuple(
                Value(v.get("kind", "text"), str(v.get("text", ""))) for v in row["values"][:200] if isinstance(v, dict)
            )
            rows.append(Row(str(row.get("path", "")), str(row.get("operator", "")), values))
    return Group("any" if given.get("joined") == "any" else "all", tuple(rows))
