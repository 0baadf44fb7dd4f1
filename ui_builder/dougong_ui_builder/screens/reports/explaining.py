"""How a report is worked out, in words: whose records, which of them, over what time, and what each number is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dougong_metadata.errors import ExpressionError
from dougong_platform.errors import BadRequest
from dougong_platform.query.filter import scope
from dougong_platform.query.visible import visible_objects
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.lists.columns import path_label
from dougong_ui_builder.screens.lists.lines import Block, FieldOf, Line, fields_of, kind_of, read
from dougong_ui_builder.screens.lists.saying import Names, names_in, operator_text, values_text
from dougong_ui_builder.screens.reports.bar import bar_of, said_period
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.report_types import CrossFilter, ReportGroup, ReportModel
    from dougong_platform.http.caller import Caller
    from dougong_platform.reports.answer import Answer
    from dougong_platform.reports.asked import Asked


@dataclass(frozen=True, slots=True)
class Told:
    """One line: what it is about, the words, and the formula behind them where there is one."""

    about: str
    words: str
    code: str = ""


def explained(caller: Caller, report: ReportModel, asked: Asked, answer: Answer | None = None) -> list[Told]:
    """The whole report, line by line."""
    return [*_records(caller, report, asked), *_time(caller, report, asked, answer), *_numbers(caller, report)]


def set_in_words(caller: Caller, report: ReportModel, asked: Asked) -> list[str]:
    """What the visitor has set: "Owner: Ann"."""
    found = [f"{one.label}{gettext(': ')}{one.shown}" for one in bar_of(caller, report, asked).choices if one.value]
    if asked.where:
        found.append(condition_words(caller, report.object, asked.where)[0] or asked.where)
    return found


def condition_words(caller: Caller, object: str, text: str) -> tuple[str, str]:
    """A condition in words, and the formula itself where words cannot say it."""
    find = fields_of(caller.rights, object)
    try:
        block = read(text, find)
    except ExpressionError:
        block = None
    if block is None:
        return "", text
    try:
        return _block(caller, object, block, find, names_in(caller, block.lines, find)), ""
    except BadRequest:
        return "", text


def _block(caller: Caller, object: str, block: Block, find: FieldOf, names: Names) -> str:
    parts = []
    for item in block.items:
        if isinstance(item, Block):
            parts.append(f"({_block(caller, object, item, find, names)})")
        else:
            parts.append(_line(caller, object, item, find, names))
    return (gettext(" or ") if block.joined == "any" else gettext(" and ")).join(parts)


def _line(caller: Caller, object: str, line: Line, find: FieldOf, names: Names) -> str:
    model = find(line.path)
    assert model is not None, "read() knows every field"
    label = path_label(caller, caller.model.objects[object], line.path)
    said = (label, operator_text(line.operator, kind_of(model)), values_text(model, line, names))
    return " ".join(part for part in said if part)


def _records(caller: Caller, report: ReportModel, asked: Asked) -> Iterator[Told]:
    object = caller.model.objects[report.object]
    yield Told(gettext("Records"), label_text(object.plural))
    if report.where:
        yield Told(gettext("Only those where"), *condition_words(caller, report.object, report.where))
    for cross in report.cross:
        yield _cross(caller, report, cross)
    for words in set_in_words(caller, report, asked):
        yield Told(gettext("Set by you"), words)
    access = gettext("Only records that you may see are counted: others may see other numbers.")
    yield Told(gettext("Who sees what"), access)


def _cross(caller: Caller, report: ReportModel, cross: CrossFilter) -> Told:
    about = gettext("Without any of") if cross.none else gettext("With at least one of")
    return Told(about, related_label(caller, report.object, cross.of), cross.where or "")


def related_label(caller: Caller, object: str, relation: str) -> str:
    """The records of a relation, as people call them; its own name where the reader may not know it."""
    if object not in visible_objects(caller.rights):
        return relation
    link = scope(caller.rights, object).relations(object).get(relation)
    return label_text(caller.model.objects[link.object].plural) if link is not None else relation


def _time(caller: Caller, report: ReportModel, asked: Asked, answer: Answer | None) -> Iterator[Told]:
    if report.period is None:
        return
    named = report.period.field
    field = f"{field_words(caller, report.object, named)}{gettext(': ')}" if named else ""
    given = asked.period or report.period.range
    words = said_period(caller, given)
    days = _days(answer.period) if answer is not None and ".." not in given else ""
    yield Told(gettext("Period"), f"{field}{words}" + (f" ({days})" if days else ""))
    if answer is not None and answer.before is not None:
        yield Told(gettext("Compared with"), _days(answer.before))


def _days(span: tuple[str, str] | None) -> str:
    """The days of an answer's period, of which the last is the first one behind it."""
    if span is None or not (span[0] or span[1]):
        return ""
    first, until = span
    try:
        last = (date.fromisoformat(until) - timedelta(1)).isoformat() if until else "…"
    except ValueError:
        last = until
    return f"{first or '…'} – {last}"


def _numbers(caller: Caller, report: ReportModel) -> Iterator[Told]:
    for about, groups in ((gettext("Rows by"), report.rows), (gettext("Columns by"), report.columns)):
        if groups:
            yield Told(about, gettext(", ").join(_group(caller, report.object, one) for one in groups))
    for value in report.values:
        if not value.hidden:
            yield Told(label_text(value.label), *_value(caller, report.object, value.text))
    if report.having:
        yield Told(gettext("Only rows where"), "", report.having)


_ONE_AGGREGATE = re.compile(r"\s*([A-Z_]+)\(\s*([a-z][a-z0-9_.]*)?\s*\)\s*")


def _value(caller: Caller, object: str, text: str) -> tuple[str, str]:
    """A number in words if it is one aggregate of one field; else its formula."""
    found = _ONE_AGGREGATE.fullmatch(text)
    if found is None:
        return "", text
    function, path = found.groups()
    if path is None:
        return (gettext("Number of records"), "") if function == "COUNT" else ("", text)
    words = {
        "SUM": gettext("Sum of %(name)s"),
        "AVG": gettext("Average of %(name)s"),
        "MIN": gettext("Smallest %(name)s"),
        "MAX": gettext("Largest %(name)s"),
        "MEDIAN": gettext("Median of %(name)s"),
        "COUNT_DISTINCT": gettext("Number of different %(name)s"),
    }.get(function)
    name = field_words(caller, object, path)
    return (words % {"name": name}, "") if words is not None and name != path else ("", text)


def _group(caller: Caller, object: str, group: ReportGroup) -> str:
    words = label_text(group.label) if group.label else field_words(caller, object, group.by)
    if group.every:
        words = gettext("%(field)s by %(span)s", field=words, span=span_words().get(group.every, group.every))
    if group.top:
        words = gettext("%(field)s (top %(n)s)", field=words, n=group.top)
    return words


def span_words() -> dict[str, str]:
    """How dates are grouped."""
    return {
        "day": gettext("day"),
        "week": gettext("week"),
        "month": gettext("month"),
        "quarter": gettext("quarter"),
        "year": gettext("year"),
        "fiscal_quarter": gettext("fiscal quarter"),
        "fiscal_year": gettext("fiscal year"),
        "hour": gettext("hour of the day"),
        "weekday": gettext("day of the week"),
        "month_of_year": gettext("month of the year"),
    }


def field_words(caller: Caller, object: str, path: str) -> str:
    """A path as people read it; what one may not know, as it stands in the document."""
    try:
        return path_label(caller, caller.model.objects[object], path)
    except BadRequest:
        return path
