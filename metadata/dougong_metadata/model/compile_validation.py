"""Validations of all objects, by object, in the order of their names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import ValidationModel


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # reported by the kind


def compile_validations(loaded: Sequence[Loaded], expressions: ExpressionCheck) -> dict[str, list[ValidationModel]]:
    """By object; one whose condition is wrong is left out (recorded)."""
    made: dict[str, list[ValidationModel]] = {}
    for one in loaded:
        of = one.body.get("object")
        if one.kind.name != "validation" or not of:
            continue
        must = expressions.condition(one, ("must",), one.body.get("must"), of, saving=True)
        when = expressions.condition(one, ("when",), one.body.get("when"), of, saving=True)
        if must is not None:
            made.setdefault(of, []).append(
                ValidationModel(
                    one.name,
                    of,
                    must,
                    Label.of(one.body.get("message"), one.name),
                    one.body.get("field"),
                    when,
                    tuple(one.body.get("record_types", ())),
                    one.body.get("active", True),
                    one.body.get("severity") == "warn",
                    _day(one.body.get("starts")),
                )
            )
    return made
