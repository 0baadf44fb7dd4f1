"""What formulas and roll-ups must not do: read themselves, grow without bound, or change without a write.

A roll-up is kept by the writes of other records, so what it takes from them must not change without such a write: their
stored fields and formulas over those alone, not the clock, not the one who asks, nothing behind a lookup.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter, ColumnElement, literal_column

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.expressions.checked import Column, Gathering, Typed
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.model.names import Names
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import FieldModel
from dougong_metadata.problems import Path, Problems

MOST_PARTS = 5_000  # of a formula, with all formulas that it reads

Places = Mapping[tuple[str, str], tuple[Loaded, Path]]  # (object, field) -> where it is defined


def _reads(field: FieldModel) -> set[tuple[str, str]]:
    """(object, field) that a formula or roll-up takes its value from."""
    found: set[tuple[str, str]] = set()
    if field.formula is not None:
        found |= field.formula.fields
    if field.rollup is not None:
        found |= {(field.rollup.object, name) for name in (field.rollup.field, field.rollup.by) if name}
        found |= field.rollup.where.fields if field.rollup.where is not None else set()
    return found


def refuse_circles(places: Places, names: Names, problems: Problems) -> None:
    """What reads itself has no value; the problem names the whole chain."""
    known: set[tuple[str, str]] = set()  # ends in no circle, or was told already

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


def refuse_giants(places: Places, names: Names, problems: Problems) -> None:
    """A formula stands written out wherever it is read: formulas that read formulas twice double at every step."""
    if any(p.code == "circle" for p in problems.found):
        return
    sizes: dict[tuple[str, str], int] = {}

    def size(object: str, name: str) -> int:
        key = (object, name)
        field = names.fields.get(object, {}).get(name)
        if field is None or field.formula is None:
            return 1
        if key not in sizes:
            sizes[key] = min(parts(field.formula.typed, object), 10 * MOST_PARTS)
        return sizes[key]

    def parts(typed: Typed, object: str) -> int:
        total = 0
        for part in typed.walk():
            end = _end(part.names, object, names) if isinstance(part, Column) else None
            total += 1 if end is None else size(*end)
            if isinstance(part, Gathering):
                total += sum(parts(said, part.object) for said in (part.value, part.condition) if said is not None)
        return total

    for (object, name), (one, path) in places.items():
        if size(object, name) > MOST_PARTS:
            problems.add(
                one.document,
                path,
                "too_large",
                f"With the formulas that it reads it has more than {MOST_PARTS:,} parts; read each of them once.",
                f"连同其引用的公式共超过 {MOST_PARTS:,} 个部分；请减少重复引用。",
            )


def _end(path: tuple[str, ...], object: str, names: Names) -> tuple[str, str] | None:
    """(object, field) at the end of a path."""
    if path[0] == "$user":
        object, path = "user", path[1:]
    for step in path[:-1]:
        field = names.fields.get(object, {}).get(step)
        if field is None or field.to is None:
            return None
        object = field.to
    return (object, path[-1]) if path else None


def refuse_restless(places: Places, names: Names, problems: Problems) -> None:
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
