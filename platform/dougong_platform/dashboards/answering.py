"""Answers one widget: its data by its type, under the right person's access; or the fault that it alone shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import structlog

from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_metadata.model.dashboard_types import DashboardModel, WidgetModel
from dougong_platform.approvals.reading.inbox import counts, inbox
from dougong_platform.dashboards.beside import number_beside
from dougong_platform.dashboards.calendars import calendar, today_of
from dougong_platform.dashboards.changes import SHOWN, recent_changes
from dougong_platform.dashboards.errors import WidgetFailed, WidgetUnknown
from dougong_platform.dashboards.finding import Found
from dougong_platform.dashboards.listed import records
from dougong_platform.dashboards.reported import number, report_data
from dougong_platform.dashboards.seeing import counting
from dougong_platform.dashboards.widget_data import ApprovalsData, Data, WordsData
from dougong_platform.errors import BadRequest, CallerOutdated
from dougong_platform.http.caller import Caller
from dougong_platform.reports.asked import Asked

NOTHING = Asked()
APPROVALS = 5  # shown where the widget says nothing
NUMBERS = frozenset({"number", "chart", "table", "leaderboard"})  # these are seen as somebody else, where one is named
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """A widget with its data, or with the fault in its place."""

    widget: WidgetModel
    data: Data | None = None
    fault: Fault | None = None


def with_filters(dashboard: DashboardModel, asked: Asked) -> Asked:
    """What is asked, where nothing is: the dashboard's first choices."""
    first = dashboard.filters
    return replace(asked, period=asked.period or first.period, compare=asked.compare or first.compare)


def widget(caller: Caller, found: Found, name: str, asked: Asked = NOTHING, *, day: str | None = None) -> Data:
    """The data of one widget; `day`: in the span that a calendar shows. Raises WidgetAway, and every fault of what it
    asks (of a report, a filter, a right)."""
    return data_of(caller, found.dashboard, found.widget(name), asked, day=day)


def data_of(
    caller: Caller, dashboard: DashboardModel, one: WidgetModel, asked: Asked = NOTHING, *, day: str | None = None
) -> Data:
    """As `widget`, of a widget at hand."""
    wanted = with_filters(dashboard, asked)
    if one.type == "calendar":
        return calendar(caller, one, wanted, day)
    if one.type == "number" and one.settings.get("beside"):
        return number_beside(caller, dashboard, one, wanted)
    answer = _ANSWERS.get(one.type)
    if answer is None:
        raise WidgetUnknown(en=f"There is no widget “{one.type[:40]}”.", zh=f"没有「{one.type[:40]}」这种组件。")
    seeing = counting(caller, dashboard) if one.type in NUMBERS else caller
    return answer(seeing, one, wanted)


def answered(
    caller: Caller, dashboard: DashboardModel, one: WidgetModel, asked: Asked = NOTHING, *, day: str | None = None
) -> Answered:
    """As `data_of`, with the fault in the widget: none takes the others along. Raises CallerOutdated alone."""
    try:
        return Answered(one, data_of(caller, dashboard, one, asked, day=day))
    except CallerOutdated:
        raise
    except Fault as fault:
        return Answered(one, fault=fault)
    except Exception:  # noqa: BLE001  # whatever breaks in one widget, the others stand
        _log.exception("widget failed", widget=one.name, type=one.type, dashboard=dashboard.name)
        return Answered(one, fault=WidgetFailed())


def _approvals(caller: Caller, one: WidgetModel, _: Asked) -> ApprovalsData:
    waiting = counts(caller)["todo"]
    most = int(one.settings.get("limit") or APPROVALS)
    return ApprovalsData(inbox(caller, "todo", limit=most).rows if waiting else [], waiting)


def _changes(caller: Caller, one: WidgetModel, _: Asked) -> Data:
    return recent_changes(caller, int(one.settings.get("limit") or SHOWN))


def _words(caller: Caller, one: WidgetModel, _: Asked) -> WordsData:
    said = one.settings.get("text")
    text = (said if isinstance(said, Label) else Label.of(said, "")).text(caller.locale)
    until = one.settings.get("until")
    over = until is not None and _day(until) < today_of(caller)
    return WordsData(text, str(one.settings.get("tone") or "info") if one.type == "announcement" else "", over)


def _day(given: object) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise BadRequest(en=f"“{given}” is no day.", zh=f"「{given}」不是日期。") from None


_ANSWERS: dict[str, Callable[[Caller, WidgetModel, Asked], Data]] = {
    "number": number,
    "chart": report_data,
    "table": report_data,
    "leaderboard": report_data,
    "list": records,
    "approvals": _approvals,
    "changes": _changes,
    "announcement": _words,
    "text": _words,
}
