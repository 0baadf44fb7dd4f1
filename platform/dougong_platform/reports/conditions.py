"""The conditions of a report's records, as texts of the expression language: its own, and those of the visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import parse
from dougong_metadata.expressions.printing import quoted
from dougong_metadata.expressions.spans import in_span
from dougong_metadata.model.report_types import CrossFilter, ReportModel, department_path
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query.filter import bad_filter
from dougong_platform.query.single import uuid_text
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.periods import HOWS, Span, condition, earlier, span_of
from dougong_tenants.organisation import organisation_of

NO_COMPARISON = "none"


@dataclass(frozen=True, slots=True)
class Spans:
    """What the report looks at, and what that is compared with; None = all, or nothing."""

    now: Span | None
    before: Span | None = None
    how: str | None = None


def conditions_of(caller: Caller, report: ReportModel, asked: Asked) -> list[str]:
    """Those of the report's object, without the period. Raises BadRequest, BadFilter."""
    found = [report.where] if report.where else []
    found += [cross_condition(one) for one in report.cross]
    if asked.owner:
        found.append(f"{report.owner} = {quoted(_id(asked.owner))}")
    if asked.department:
        ids = ", ".join(quoted(one) for one in _with_those_below(caller, _id(asked.department)))
        found.append(f"{department_path(report.owner)} in ({ids})")
    if asked.where and asked.where.strip():
        found.append(_whole(asked.where))
    return found


def cross_condition(cross: CrossFilter) -> str:
    """COUNT(orders, …) > 0, or = 0."""
    inside = cross.of if cross.where is None else f"{cross.of}, {cross.where}"
    return f"COUNT({inside}) {'=' if cross.none else '>'} 0"


def spans_of(caller: Caller, report: ReportModel, asked: Asked) -> Spans:
    """The days that the report and its comparison are about. Raises BadRequest."""
    if report.period is None:
        return Spans(None)
    word = asked.period or report.period.range
    span = span_of(word, today_of(caller), caller.model.fiscal_start)
    how = asked.compare or report.compare
    if how == NO_COMPARISON or not how or span is None:
        return Spans(span)
    if how not in HOWS:
        raise BadRequest(
            en=f"“{how[:40]}” is no comparison: previous, year_ago or none.",
            zh=f"「{how[:40]}」不是可用的对比方式：previous、year_ago 或 none。",
        )
    return Spans(span, earlier(span, how, word), how)


def period_condition(report: ReportModel, span: Span | None) -> str | None:
    """That the report's date lies in the span; None for all, and where the values alone say what does."""
    if report.period is None or report.period.field is None:
        return None
    return condition(report.period.field, span) or None


def number_in(text: str, span: Span | None) -> str:
    """A value's text with the days in place of IN_PERIOD(); of all time a date has to be there."""
    return in_span(text, lambda date: condition(date, span) or f"not ISBLANK({date})")


def today_of(caller: Caller) -> date:
    """The caller's day."""
    return datetime.now(ZoneInfo(caller.timezone)).date()


def all_of_these(conditions: list[str]) -> str:
    """One condition that holds where all hold; "" for none."""
    if len(conditions) < 2:
        return "".join(conditions)
    return " and ".join(f"({text})" for text in conditions)


def _whole(text: str) -> str:
    """A condition that is one by itself, so that it stays one beside others. Raises BadFilter."""
    try:
        parse(text)
    except ExpressionError as error:
        raise bad_filter(error) from error
    return text


def _id(text: str) -> str:
    found = uuid_text(text)
    if found is None:
        raise BadRequest(en=f"“{text[:40]}” is not an id.", zh=f"「{text[:40]}」不是有效的 ID。")
    return found


def _with_those_below(caller: Caller, department: str) -> list[str]:
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    return sorted(
        one
        for one in organisation.departments
        if one == department or department in organisation.departments_above(one)
    ) or [department]
