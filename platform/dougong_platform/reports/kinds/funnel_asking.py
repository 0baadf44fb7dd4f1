"""A funnel and a visit as a question, and the condition of each of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dougong_metadata.expressions.printing import quoted
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import FunnelModel, FunnelStep, ReportModel, ReportValue
from dougong_metadata.model.types import FieldModel
from dougong_platform.http.caller import Caller
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.conditions import (
    Spans,
    all_of_these,
    conditions_of,
    period_condition,
    spans_of,
    today_of,
)
from dougong_platform.reports.grouped.question import By, Compared, Number, Question
from dougong_platform.reports.kinds.asking import by_of, compared
from dougong_platform.reports.kinds.currencies import uncounted
from dougong_platform.reports.kinds.narrowing import narrowed
from dougong_platform.reports.kinds.stages import one_of, staged_field, stages_of
from dougong_platform.reports.kinds.standing import BEFORE, ENTERED_BRINGS, NOW, EnteredBy, StoodBy
from dougong_platform.reports.periods import Span

MOVED, DAYS_NUMBER = "_moved", "_took"  # numbers of the mode `entered`
_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-30"
_RECORDS = ReportValue("n", Label("Records", "记录数"), "COUNT()", "number")


@dataclass(frozen=True, slots=True)
class Funnel:
    """`mode`: steps, or one of a field's. `rows` are (key, label), in order. `today`: the reader's, as a day."""

    report: ReportModel
    mode: str
    rows: tuple[tuple[str, Label], ...]
    values: tuple[ReportValue, ...]
    question: Question
    spans: Spans
    today: str
    where: tuple[str, ...]
    steps: tuple[FunnelStep, ...] = ()
    field: FieldModel | None = None

    def number(self, name: str, at: int) -> str:
        """What the question calls a value of the row at this place."""
        return f"s{at}_{name}" if self.mode == "steps" else name

    @property
    def given(self) -> Mapping[str, str]:
        """The parameters of stages of the past."""
        if self.mode not in ("stock", "entered"):
            return {}
        first, last = self._days(self.spans.now)
        found = dict(zip(NOW, (first, _next(last)), strict=True))
        if self.spans.before is not None:
            first, last = self._days(self.spans.before)
            found |= zip(BEFORE, (first, _next(last)), strict=True)
        return found

    def conditions(self, span: Span | None) -> list[str]:
        """Of every record, whatever its row."""
        period = period_condition(self.report, span) if self.mode in ("steps", "now") else None
        return [*self.where, *([period] if period else [])]

    def holds(self, key: str | None, span: Span | None, *, went_on: bool = False) -> str | None:
        """That a record stands in the row (None: in any); None for a row that there is not."""
        keys = [one for one, _ in self.rows]
        if key is not None and key not in keys:
            return None
        if self.mode == "steps":
            return None if key is None else self._passed(keys.index(key))
        if key is None and self.mode == "now":
            return one_of(self.field.name if self.field else "", keys)
        if key is None:
            return " or ".join(f"({self._stage(one, span, went_on)})" for one in keys) or "FALSE"
        return self._stage(key, span, went_on)

    def _passed(self, at: int) -> str:
        return all_of_these([step.where for step in self.steps[: at + 1]])

    def _stage(self, value: str, span: Span | None, went_on: bool) -> str:
        assert self.field is not None, "only steps have none"
        name, (first, last) = self.field.name, self._days(span)
        if self.mode == "now":
            return f"{name} = {quoted(value)}"
        if self.mode == "stock":
            return f'STOOD({name}, {quoted(value)}, "{last}")'
        if not went_on:
            return f'ENTERED({name}, {quoted(value)}, "{first}", "{last}")'
        keys = [key for key, _ in self.rows]
        later = [quoted(key) for key in keys[keys.index(value) + 1 :]]
        if not later:
            return "FALSE"
        return f'WENT_ON({name}, {quoted(value)}, "{first}", "{last}", {", ".join(later)})'

    def _days(self, span: Span | None) -> tuple[str, str]:
        """First and last day; where records stood is asked of today at the latest."""
        first = str(span.first) if span is not None and span.first is not None else _FIRST_DAY
        last = str(span.last) if span is not None and span.last is not None else _LAST_DAY
        return first, min(last, self.today) if self.mode == "stock" else last


def funnel_of(caller: Caller, report: ReportModel, asked: Asked) -> Funnel:
    """What a report of type funnel asks. Raises BadField, BadRequest, BadFilter."""
    said = report.funnel or FunnelModel()
    values = report.values if any(v.name == "n" for v in report.values) else (_RECORDS, *report.values)
    values += uncounted(caller, report, values)
    spans = spans_of(caller, report, asked)
    where = tuple(conditions_of(caller, report, asked))
    today = str(today_of(caller))
    blank = Question(report.object, columns=tuple(by_of(one) for one in (*report.rows, *report.columns)), sums=True)
    if said.field is None:
        rows = tuple((step.name, step.label) for step in said.steps)
        found = Funnel(report, "steps", rows, values, blank, spans, today, where, said.steps)
        return _asked(caller, found, _of_steps(caller, found))
    field = staged_field(caller, report.object, said.field, stays=said.mode != "now")
    stages = stages_of(caller, field, said.stages, lost=False)
    rows = tuple((value, field.picklist.values[value].label) for value in stages) if field.picklist else ()
    found = Funnel(report, said.mode, rows, values, blank, spans, today, where, field=field)
    return _asked(caller, found, tuple(Number(value.name, value.text) for value in values))


def _asked(caller: Caller, funnel: Funnel, numbers: tuple[Number, ...]) -> Funnel:
    mode, stages = funnel.mode, tuple(key for key, _ in funnel.rows)
    question = replace(funnel.question, where=funnel.where, numbers=numbers)
    if mode in ("steps", "now"):
        period = period_condition(funnel.report, funnel.spans.now)
        question = replace(question, period=period, compared=compared(funnel.report, funnel.spans))
    elif funnel.spans.before is not None:
        question = replace(question, compared=Compared())
    if funnel.field is None:
        return replace(funnel, question=question)
    name = funnel.field.name
    if mode == "now":
        question = replace(question, where=(*funnel.where, one_of(name, stages)), rows=(By(name),))
    elif mode == "stock":
        question = replace(question, rows=(StoodBy(name, stages=stages),))
    else:
        more = (Number(MOVED, "COUNT(_went_on)"), Number(DAYS_NUMBER, "SUM(_days) / SUM(_stays)"))
        question = replace(
            question, rows=(EnteredBy(name, stages=stages),), numbers=(*numbers, *more), beside=ENTERED_BRINGS
        )
    return replace(funnel, question=question)


def _of_steps(caller: Caller, funnel: Funnel) -> tuple[Number, ...]:
    """Each value of each step: of the records that passed it and all before it."""
    found = []
    for at in range(len(funnel.rows)):
        condition = funnel.holds(funnel.rows[at][0], None) or ""
        names = {value.name: funnel.number(value.name, at) for value in funnel.values}
        for value in funnel.values:
            others = {name: called for name, called in names.items() if name != value.name}
            text = narrowed(caller.rights, funnel.report.object, value.text, condition, others)
            found.append(Number(names[value.name], text))
    return tuple(found)


def _next(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(1))
