"""Formulas and roll-ups: what type their results have, what they read, and that none of them reads itself.

A roll-up is kept by the writes of other records, so what it takes from them must not change without such a write: their
stored fields and formulas over those alone, not the clock, not the one who asks, nothing behind a lookup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter, ColumnElement, literal_column

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.field_types import registered
from dougong_metadata.field_types.formula import result_settings
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import ROLLUP_KINDS, RollupModel
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel, Use
from dougong_metadata.problems import Path, Problems, path_text

_NUMBERS = ("number", "money")
_ORDERED = (*_NUMBERS, "date", "datetime", "time")
_KEPT = (*_ORDERED, "text", "boolean")  # what first and last may take over
_NOT_KEPT = frozenset(
    {"min", "max", "currency_field", "format", "formula", "returns", "of", "where", "by", *ROLLUP_KINDS}
)


def result_type(body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The name and settings of the type that a formula of this body has in the model; None where it is no formula."""
    if body.get("type") != "formula":
        return None
    returns = body.get("returns", "text")
    return returns if returns in registered() else "text", result_settings(dict(body))


def name_rollups(loaded: Sequence[Loaded], names: Names, problems: Problems) -> None:
    """Gives every roll-up in `names` its result's type. One over a roll-up waits until that one has its own."""
    bodies = {
        (one.name, name): (one, body)
        for one in loaded
        if one.kind.name == "object"
        for name, body in one.body.get("fields", {}).items()
        if body.get("type") == "rollup" and names.fields[one.name].get(name) is not None
    }
    done: set[tuple[str, str]] = set()

    def settle(key: tuple[str, str]) -> None:
        if key in done or key not in bodies:
            return
        done.add(key)
        one, body = bodies[key]
        link = _link(one, key[1], body, names)
        found = _said(body)
        if link is not None and found is not None and found[1] is not None:
            settle((link.object, found[1]))
        names.fields[key[0]][key[1]] = _rollup(one, key[1], body, link, names, problems)

    for key in bodies:
        settle(key)


def _link(one: Loaded, name: str, body: Mapping[str, Any], names: Names) -> FieldModel | None:
    object, _, field = str(body.get("of", "")).partition(".")
    return names.fields.get(object, {}).get(field)


def _said(body: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """(kind, field), where exactly one kind is said."""
    kinds = [(kind, body[kind]) for kind in ROLLUP_KINDS if body.get(kind)]
    if len(kinds) != 1:
        return None
    kind, field = kinds[0]
    return kind, None if kind == "count" else str(field)


def _rollup(
    one: Loaded, name: str, body: Mapping[str, Any], link: FieldModel | None, names: Names, problems: Problems
) -> FieldModel | None:
    field, path = names.fields[one.name][name], ("fields", name)
    if field is None or link is None:
        return None  # an unknown link is reported as every reference is
    if link.to != one.name or link.system:
        problems.add(
            one.document,
            (*path, "of"),
            "not_pointing_here",
            f"“{link.object}.{link.name}” does not point to {one.name}.",
            f"「{link.object}.{link.name}」不指向 {one.name}。",
        )
        return None
    said = _said(body)
    if said is None:
        problems.add(
            one.document,
            path,
            "one_of_many",
            f"A roll-up says one of {', '.join(ROLLUP_KINDS)}.",
            f"汇总字段须在 {'、'.join(ROLLUP_KINDS)} 中选择一项。",
        )
        return None
    kind, of = said
    taken = _taken(one, (*path, kind), kind, of, link.object, names, problems) if of else None
    if of and taken is None:
        return None
    by = body.get("by") or ("created_at" if kind in ("first", "last") else None)
    if by and _taken(one, (*path, "by"), "by", by, link.object, names, problems) is None:
        return None
    type_name, settings = _result(kind, taken)
    return replace(
        field,
        type=registered()[type_name],
        settings=MappingProxyType(settings),
        picklist=taken.picklist if taken is not None and kind in ("first", "last") else None,
        to=taken.to if taken is not None and kind in ("first", "last") else None,
        rollup=RollupModel(link.object, link.name, kind, of, by),
    )


def _taken(
    one: Loaded, path: Path, kind: str, of: str, child: str, names: Names, problems: Problems
) -> FieldModel | None:
    """The field of the records that the roll-up takes, if its type fits."""
    fields = names.fields[child]
    if of not in fields:
        problems.unknown(one.document, path, of, f"a field of {child}", f"{child} 字段", fields)
        return None
    taken = fields[of]
    if taken is None:
        return None
    names.used(f"{child}.{of}", Use(one.kind.name, one.name, path_text(path)))
    fitting = _NUMBERS if kind in ("sum", "average") else _KEPT if kind in ("first", "last") else _ORDERED
    if taken.type.expression_type not in fitting:
        problems.add(
            one.document,
            path,
            "not_for_type",
            f"“{of}” is {taken.type.label['en'].lower()}: it has no {kind}.",
            f"「{of}」是{taken.type.label['zh']}，不能用于 {kind}。",
        )
        return None
    return taken


def _result(kind: str, taken: FieldModel | None) -> tuple[str, dict[str, Any]]:
    if taken is None:
        return "integer", {}
    settings = {key: value for key, value in taken.settings.items() if key not in _NOT_KEPT}
    name = taken.type.name
    if kind == "average" and name == "integer":
        return "decimal", {"precision": 18, "scale": 2}
    if name in ("auto_number", "external_key"):
        return "text", {}
    return ("lookup" if name == "detail" else name), settings


def check_computed(loaded: Sequence[Loaded], names: Names, expressions: ExpressionCheck) -> None:
    """Checks the expressions of formulas and roll-ups, puts them into `names`, and refuses circles."""
    places: dict[tuple[str, str], tuple[Loaded, Path]] = {}
    for one in loaded:
        if one.kind.name != "object":
            continue
        fields = names.fields[one.name]
        for name, body in one.body.get("fields", {}).items():
            field = fields.get(name)
            if field is None or body.get("type") not in ("formula", "rollup"):
                continue
            path: Path = ("fields", name, "formula" if body["type"] == "formula" else "of")
            places[one.name, name] = (one, path)
            if body["type"] == "formula":
                fields[name] = replace(field, formula=expressions.value(one, path, body.get("formula"), field))
            elif field.rollup is not None:
                where = ("fields", name, "where")
                checked = expressions.condition(one, where, body.get("where"), field.rollup.object)
                fields[name] = replace(field, rollup=replace(field.rollup, where=checked))
    _refuse_circles(places, names, expressions.problems)
    _refuse_restless(places, names, expressions.problems)


def _reads(field: FieldModel) -> set[tuple[str, str]]:
    """(object, field) that a formula or roll-up takes its value from."""
    found: set[tuple[str, str]] = set()
    if field.formula is not None:
        found |= field.formula.fields
    if field.rollup is not None:
        found |= {(field.rollup.object, name) for name in (field.rollup.field, field.rollup.by) if name}
        found |= field.rollup.where.fields if field.rollup.where is not None else set()
    return found


def _refuse_circles(places: Mapping[tuple[str, str], tuple[Loaded, Path]], names: Names, problems: Problems) -> None:
    known: set[tuple[str, str]] = set()  # leads into no circle, or was told already

    def visit(key: tuple[str, str], chain: list[tuple[str, str]]) -> None:
        if key in chain:
            circle = [*chain[chain.index(key) :], key]
            one, path = places[key]
            said = " → ".join(f"{object}.{name}" for object, name in circle)
            problems.add(one.document, path, "circle", f"It reads itself: {said}.", f"计算依赖成环：{said}。")
            return
        field = names.fields.get(key[0], {}).get(key[1])
        if key in known or field is None or key not in places:
            return
        for read in sorted(_reads(field)):
            visit(read, [*chain, key])
        known.add(key)

    for key in places:
        visit(key, [])


def _refuse_restless(places: Mapping[tuple[str, str], tuple[Loaded, Path]], names: Names, problems: Problems) -> None:
    """What a roll-up takes must stand still between the writes of its records."""
    if any(p.code == "circle" for p in problems.found):
        return
    for (object, name), (one, _) in places.items():
        field = names.fields[object].get(name)
        if field is None or field.rollup is None:
            continue
        rollup = field.rollup
        reason = _restless(rollup.where, rollup.object, names) if rollup.where is not None else None
        where = "where"
        for taken in (rollup.field, rollup.by):
            if reason is None and taken:
                formula = (names.fields[rollup.object].get(taken) or field).formula
                reason = _restless(formula, rollup.object, names) if formula is not None else None
                where = rollup.kind if taken == rollup.field else "by"
        if reason is not None:
            problems.add(
                one.document,
                ("fields", name, where),
                "not_for_rollup",
                f"A roll-up is kept by the writes of {rollup.object}; {reason[0]} changes without one.",
                f"汇总字段在 {rollup.object} 写入时更新，而{reason[1]}会在没有写入时变化。",
            )


def _restless(checked: Checked, object: str, names: Names) -> tuple[str, str] | None:
    far = next((path for path in checked.paths if len(path) > 1), None)
    if far is not None:
        return f"“{'.'.join(far)}”", f"「{'.'.join(far)}」"
    away = next((o for o, _ in (*sorted(checked.relations), *sorted(checked.fields)) if o != object), None)
    if away is None and checked.relations:
        away = object
    if away is not None:
        return f"what it counts in {away}", f"它在 {away} 中统计的内容"
    if _asks(checked):
        return "the time or the one who asks", "当前时间或提问者"
    for path in checked.paths:
        below = (names.fields[object].get(path[0]) or _NO_FIELD).formula
        if below is not None and (reason := _restless(below, object, names)) is not None:
            return reason
    return None


class _NoField:
    formula: Checked | None = None


_NO_FIELD = _NoField()


class _AnyRows:
    """Columns for an expression whose SQL is only looked at."""

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return literal_column("x")

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        value, condition = build(self)
        return value if condition is None else value.op("?")(condition)


def _asks(checked: Checked) -> bool:
    """Whether the answer depends on who asks, where and when."""
    if checked.user_paths or checked.functions & {"TODAY", "NOW"}:
        return True
    found = visitors.iterate(compile_sql(checked, _AnyRows()))
    return any(isinstance(part, BindParameter) and str(part.key).startswith("env_") for part in found)
