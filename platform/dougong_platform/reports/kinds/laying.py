"""Answers whose rows are known beforehand (steps, stages, ages' cohorts, days): cells laid out under columns that the
report's groups make. Used by funnels, cohorts and trends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from dougong_metadata.expressions.types import Type
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel, ReportValue
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import OTHER, Cell, GroupHead, Head, ValueHead
from dougong_platform.reports.asked import Drill
from dougong_platform.reports.conditions import Spans
from dougong_platform.reports.grouped.fact import level_of
from dougong_platform.reports.grouped.group import Group
from dougong_platform.reports.grouped.ordering import linked_object
from dougong_platform.reports.grouped.question import Compared, Number, Question
from dougong_platform.reports.grouped.running import Line, run
from dougong_platform.reports.kinds.asking import Grid
from dougong_platform.reports.kinds.grid import MOST_COLUMNS
from dougong_platform.reports.kinds.heads import heads
from dougong_platform.reports.labels import KeyLabels

Keys = tuple[Any, ...]
Numbers = Mapping[tuple[Keys | None, Keys | None], tuple[Cell, Cell]]  # (row, column) → (now, before); None: over all
_WIDE = Label("Only {n} of the columns are shown.", "仅显示 {n} 列。")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a report's groups make, in order; none where there are no groups."""

    groups: tuple[Group, ...]
    keys: tuple[Keys, ...]
    heads: tuple[Head, ...]
    notices: tuple[str, ...] = ()

    @property
    def capped(self) -> bool:
        """Whether there are more."""
        return bool(self.notices)


def columns_of(caller: Caller, groups: Sequence[Group], found: Iterable[Keys]) -> Columns:
    """Those of these keys, each once."""
    keys = set(found)
    if not groups:
        return Columns((), (), ())
    labels = [KeyLabels(caller, one, {key[at] for key in keys}) for at, one in enumerate(groups)]
    ordered = sorted(keys, key=lambda key: tuple(label.order(part) for label, part in zip(labels, key, strict=True)))
    shown = tuple(ordered[:MOST_COLUMNS])
    said = tuple(tuple(label.of(part) for label, part in zip(labels, key, strict=True)) for key in shown)
    notice = _WIDE.text(caller.locale).format(n=MOST_COLUMNS)
    return Columns(
        tuple(groups),
        shown,
        tuple(Head(key, label) for key, label in zip(shown, said, strict=True)),
        (notice,) if len(ordered) > len(shown) else (),
    )


def group_heads(caller: Caller, report: ReportModel, groups: Sequence[Group]) -> tuple[GroupHead, ...]:
    """What the columns are grouped by."""
    given = (*report.rows, *report.columns)
    found = []
    for one, said in zip(groups, given, strict=True):
        label = said.label or one.field.label
        linked = linked_object(one.field) if one.by.every is None else None
        found.append(GroupHead(one.text, label.text(caller.locale), one.field.type.name, one.by.every, linked))
    return tuple(found)


def by_keys(lines: Iterable[Line], rows: int, groups: int) -> Numbers:
    """Lines by the keys of all `rows` groups that come first and those of the others."""
    places: dict[int, tuple[bool, bool]] = {}
    for of_rows in (True, False):
        for of_columns in (True, False):
            about = (*(range(rows) if of_rows else ()), *(range(rows, groups) if of_columns else ()))
            places.setdefault(level_of(about, groups), (of_rows and rows > 0, of_columns and groups > rows))
    found = {}
    for line in lines:
        if line.level not in places:
            continue  # of some of the rows' groups alone
        row_too, column_too = places[line.level]
        keys = tuple(OTHER if at in line.others else key for at, key in enumerate(line.keys))
        found[keys[:rows] if row_too else None, keys[rows:] if column_too else None] = (line.numbers, line.before)
    return found


def value_heads(
    caller: Caller, values: Sequence[ReportValue], types: Mapping[str, Type], spans: Spans
) -> list[ValueHead]:
    """The heads of values, with the earlier span's and the change where there is one."""
    compared = Compared("", "") if spans.before is not None else None
    plain = tuple(replace(value, show=()) for value in values)
    return heads(caller, Grid(Question("", compared=compared), plain, spans), types)


def with_changes(values: Sequence[ReportValue], now: Sequence[Any], before: Sequence[Any] | None) -> list[Any]:
    """The numbers of these values as `value_heads` has them."""
    if before is None:
        return list(now)
    return [part for v, a, b in zip(values, now, before, strict=True) for part in (a, b, change(a, b, v.by_gap))]


def fraction(part: Any, whole: Any) -> str | None:
    """A share, or a rate; blank of nothing."""
    if part is None or whole is None or Decimal(str(whole)) == 0:
        return None
    return f"{(Decimal(str(part)) / Decimal(str(whole))).quantize(Decimal('0.000001')):f}"


def change(now: Any, before: Any, by_gap: bool = False) -> str | None:
    """By which fraction it became more; `by_gap` by how much."""
    if now is None or before is None:
        return None
    return fraction(Decimal(str(now)) - Decimal(str(before)), 1 if by_gap else abs(Decimal(str(before))))


def column_conditions(columns: Sequence[Group], key: Keys, shown: Callable[[], Iterable[Keys]]) -> list[str]:
    """That a record falls into the column. `shown`: the keys of all columns. Raises BadRequest."""
    if len(key) not in (0, len(columns)):
        raise no_such_cell()
    found = []
    for at, (one, part) in enumerate(zip(columns, key, strict=False)):
        try:
            found.append(one.holds(part) if part != OTHER else _others(one, at, key, shown()))
        except (ValueError, TypeError, ArithmeticError, IndexError):
            raise no_such_cell() from None
    return [text for text in found if text]


def _others(one: Group, at: int, key: Keys, shown: Iterable[Keys]) -> str:
    kept = dict.fromkeys(other[at] for other in shown if other[:at] == key[:at] and other[at] != OTHER)
    name = ".".join(one.path)
    held = " or ".join(f"({one.holds(part)})" for part in kept if part is not None)
    if None in kept:
        return f"not ISBLANK({name}) and not ({held})" if held else f"not ISBLANK({name})"
    return f"(ISBLANK({name}) or not ({held}))" if held else ""


def drilled(
    caller: Caller,
    report: ReportModel,
    filter: str,
    values: Sequence[ReportValue],
    name: str,
    labels: Sequence[str],
    head: ValueHead | None,
) -> Drill:
    """The records of the report's object that fit, and what the value `name` comes to over them."""
    numbers = (*(Number(value.name, value.text) for value in values), Number("_records", "COUNT()"))
    _, lines = run(caller, Question(report.object, (filter,) if filter else (), numbers=numbers))
    found = dict(zip([number.name for number in numbers], lines[0].numbers, strict=True))
    return Drill(report.object, filter, int(found["_records"]), found.get(name), (), tuple(labels), head)


def no_such_cell() -> BadRequest:
    """For keys that cannot be."""
    return BadRequest(en="This report has no such cell.", zh="此报表没有该单元格。")
