"""Sharing rules by object, in the order of their names."""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.label import Label
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import SharingRule
from dougong_metadata.problems import Problems

_NAMED = ("users", "departments", "departments_below", "teams", "permission_sets")


def compile_sharing(
    loaded: Sequence[Loaded], expressions: ExpressionCheck, problems: Problems
) -> dict[str, tuple[SharingRule, ...]]:
    """The active rules; one whose condition is wrong is left out (recorded)."""
    made: dict[str, list[SharingRule]] = {}
    for one in sorted(loaded, key=lambda found: found.name):
        of = one.body.get("object")
        if one.kind.name != "sharing" or not of or not isinstance(one.body.get("with"), dict):
            continue
        when = expressions.condition(one, ("when",), one.body.get("when"), of)
        worked_out = expressions.formulas_in(when) if when is not None else []
        if worked_out:
            problems.add(
                one.document,
                ("when",),
                "formula_in_rule",
                f"“{worked_out[0]}” is a formula, which no index finds; write out what it says.",
                f"「{worked_out[0]}」是公式，无法通过索引查找；请直接写出其条件。",
            )
        if expressions.is_detail(of):
            problems.add(
                one.document,
                ("object",),
                "owned_by_parent",
                f"“{of}” is owned by a parent and as open as it: share the parent.",
                f"「{of}」从属于上级记录，权限随之：请共享其上级对象。",
            )
        if one.body.get("active", True) and (when is not None or not one.body.get("when")):
            reached = one.body["with"]
            made.setdefault(of, []).append(
                SharingRule(
                    one.name,
                    of,
                    Label.of(one.body.get("label"), one.name),
                    when,
                    one.body.get("access", "read"),
                    bool(reached.get("everyone")),
                    **{name: frozenset(reached.get(name, ())) for name in _NAMED},
                )
            )
    return {of: tuple(rules) for of, rules in made.items()}
