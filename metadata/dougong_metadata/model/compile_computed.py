"""Formulas and roll-ups: what type their results have, and their expressions. Called by `compile`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from dougong_metadata.field_types import registered
from dougong_metadata.field_types.formula import result_settings
from dougong_metadata.model.check_computed import refuse_circles, refuse_giants, refuse_restless
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
    {"min", "max", "currency_field", "rate_field", "format", "formula", "returns", "of", "where", "by", *ROLLUP_KINDS}
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
    for object, name in places:
        field = names.fields[object].get(name)
        if field is not None and field.rollup is not None:
            names.fields[object][name] = replace(field, rollup=replace(field.rollup, basis=_basis(field.rollup, names)))
    refuse_circles(places, names, expressions.problems)
    refuse_giants(places, names, expressions.problems)
    refuse_restless(places, names, expressions.problems)


def _basis(rollup: RollupModel, names: Names) -> tuple[str, ...]:
    """The formulas of the counted records that a roll-up reads, directly or through others."""
    fields, found = names.fields[rollup.object], {}
    waiting = [name for name in (rollup.field, rollup.by) if name]
    waiting += [path[0] for path in rollup.where.paths] if rollup.where is not None else []
    while waiting:
        name = waiting.pop()
        formula = getattr(fields.get(name), "formula", None)
        if formula is not None and name not in found:
            found[name] = f"{name} = {formula.text}"
            waiting += [path[0] for path in formula.paths]
    return tuple(sorted(found.values()))
