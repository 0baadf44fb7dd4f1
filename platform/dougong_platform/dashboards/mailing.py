"""Dashboards as something that is sent: numbers, charts, tables and lists of their widgets, for one reader under his
own access (numbers: or that of the person the dashboard names), and a workbook of all. Calendars and texts stay on
the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from markupsafe import Markup

from dougong_metadata.label import Label
from dougong_metadata.model.dashboard_types import WidgetModel
from dougong_platform.dashboards.answering import NUMBERS, Answered, answered
from dougong_platform.dashboards.finding import find
from dougong_platform.dashboards.listed import object_of
from dougong_platform.dashboards.mailed_sheets import MOST_BYTES, workbook
from dougong_platform.dashboards.seeing import counting
from dougong_platform.dashboards.widget_data import ApprovalsData, NumberData, RecordsData, ReportData
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import ListAnswer
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.charts.data import change, chart_data
from dougong_platform.reports.number_texts import MINUS, as_decimal, said
from dougong_platform.reports.subscriptions import asked_words, words
from dougong_platform.reports.subscriptions.mail_tables import MailTable, of_answer, of_list
from dougong_platform.reports.subscriptions.pictures import pictures_of
from dougong_platform.reports.subscriptions.sources import Letter, Picture, register
from dougong_platform.reports.subscriptions.stored import DASHBOARD

SENT = NUMBERS | {"list", "approvals"}
MOST_ROWS = 10  # of one widget, in the mail itself
MOST_RECORDS = 1_000  # of one list, in the workbook
_SIGNS = {"up": "+", "down": MINUS}
_TITLE = Markup("<h2 style='font-size:15px;margin:20px 0 8px'>{}</h2>")
_IMAGE = Markup("<p style='margin:0 0 8px'><img src='cid:chart{}' alt='{}' style='max-width:100%'></p>")


class Dashboards:
    """The source of dashboards."""

    def label(self, caller: Caller, key: str) -> Label:
        """What it is called."""
        return find(caller, key).dashboard.label

    def check(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> None:
        """A dashboard has no value of its own to ask for."""
        find(caller, key)
        if only_if is not None and "value" in only_if:
            raise BadRequest(en="A dashboard has no value of its own.", zh="仪表盘本身没有数值。")

    def asked(self, caller: Caller, key: str, filters: Mapping[str, str]) -> list[str]:
        """In words."""
        return asked_words.said(caller, filters, None)

    def letter(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> Letter | None:
        """One part for each widget that shows numbers, in their order; None where there is nothing in any of them."""
        dashboard = find(caller, key).dashboard
        shown = sorted(
            (one for one in dashboard.widgets if one.type in SENT), key=lambda one: (one.place.y, one.place.x)
        )
        found = [answered(caller, dashboard, _longer(caller, one), asked) for one in shown]
        if only_if is not None and not any(_says_something(one) for one in found):
            return None
        reader = partial(counting, caller, dashboard)
        pictures = _pictures(caller, found)
        numbers = [one for one in found if isinstance(one.data, NumberData)]
        parts = [_numbers(caller, numbers)] if numbers else []
        parts += [_part(caller, reader, one, pictures) for one in found if not isinstance(one.data, NumberData)]
        label = dashboard.label.text(caller.locale)
        file = workbook(caller, reader, found, [_title(caller, one) for one in found])
        if file is not None and len(file) > MOST_BYTES:
            note, file = words.TOO_LARGE_DASHBOARD.text(caller.locale), None
            parts.append((note, Markup("<p>{}</p>").format(note)))
        return Letter(
            label,
            "\n\n".join(text for text, _ in parts),
            Markup("").join(html for _, html in parts),
            tuple(picture for _, picture in pictures.values()),
            None if file is None else (f"{label}.xlsx", file),
            placed=True,
        )


def _longer(caller: Caller, widget: WidgetModel) -> WidgetModel:
    """A list with as many records as its sheet takes, for whoever may export them."""
    object = object_of(caller, widget) if widget.type == "list" else None
    if object not in caller.model.objects or not caller.rights.object(str(object)).export:
        return widget
    return replace(widget, settings={**widget.settings, "limit": MOST_RECORDS})


def _says_something(one: Answered) -> bool:
    if isinstance(one.data, NumberData):
        return one.data.value not in (None, 0, "0")
    if isinstance(one.data, ReportData):
        return bool(
            one.data.answer.rows if one.data.answer is not None else one.data.listed and one.data.listed.records
        )
    if isinstance(one.data, RecordsData):
        return bool(one.data.records)
    return isinstance(one.data, ApprovalsData) and bool(one.data.waiting)


def _pictures(caller: Caller, found: list[Answered]) -> dict[str, tuple[int, Picture]]:
    """{widget: (number, picture)} of the charts that could be drawn."""
    wanted = {}
    for one in found:
        if one.widget.type == "chart" and isinstance(one.data, ReportData) and one.data.answer is not None:
            data = chart_data(one.data.report, one.data.answer, caller.locale, caller.tenant.currency)
            if data is not None:
                wanted[one.widget.name] = data
    made: dict[str, tuple[int, Picture]] = {}
    for name, data in wanted.items():
        for picture in pictures_of([data]):
            made[name] = (len(made), picture)
    return made


def _numbers(caller: Caller, found: list[Answered]) -> tuple[str, Markup]:
    """All single numbers as one table."""
    lines = []
    for one in found:
        assert isinstance(one.data, NumberData)
        head = one.data.head
        currency = head.currency or caller.tenant.currency
        value = said(one.data.value, head.format, caller.locale, currency, head.decimals)
        lines.append((_title(caller, one), value or "—", _change(caller, one.data)))
    wide = 3 if any(change for _, _, change in lines) else 2
    table = MailTable(("",) * wide, tuple(line[:wide] for line in lines), (False, True, True)[:wide])
    return table.text(), table.html()


def _change(caller: Caller, data: NumberData) -> str:
    """Against the earlier period with its sign, as the dashboard says it: of percents the points between."""
    found = change(as_decimal(data.value), as_decimal(data.before), data.head, caller.locale)
    return "" if found is None else f"{_SIGNS.get(found['way'], '')}{found['text']}"


def _part(
    caller: Caller, reader: Callable[[], Caller], one: Answered, pictures: Mapping[str, tuple[int, Picture]]
) -> tuple[str, Markup]:
    """A widget's title, picture and first rows; what went wrong with it in their place."""
    title = _title(caller, one)
    table = _table(caller, reader, one)
    if table is None:
        why = one.fault.message(caller.locale) if one.fault is not None else ""
        return f"{title}\n{why}", _TITLE.format(title) + Markup("<p>{}</p>").format(why)
    html = _TITLE.format(title)
    if one.widget.name in pictures:
        number, picture = pictures[one.widget.name]
        html += _IMAGE.format(number, picture.about)
    return f"{title}\n{table.text()}", html + table.html()


def _title(caller: Caller, one: Answered) -> str:
    if one.widget.label is not None:
        return one.widget.label.text(caller.locale)
    if isinstance(one.data, NumberData):
        return one.data.head.label
    if isinstance(one.data, ReportData):
        return one.data.report.label.text(caller.locale)
    if isinstance(one.data, RecordsData):
        return caller.model.objects[one.data.object].plural.text(caller.locale)
    return words.APPROVALS.text(caller.locale) if one.widget.type == "approvals" else one.widget.name


def _table(caller: Caller, reader: Callable[[], Caller], one: Answered) -> MailTable | None:
    """The first rows; None of what has none."""
    data = one.data
    if isinstance(data, ReportData):
        most = min(data.limit or MOST_ROWS, MOST_ROWS)
        if data.answer is not None:
            return of_answer(caller, data.answer, most)
        assert data.listed is not None
        return of_list(reader(), data.report.labels, data.listed, most)
    if isinstance(data, RecordsData):
        listed = ListAnswer(data.object, data.columns, data.records, None, data.count, data.count_capped)
        return of_list(caller, {}, listed, MOST_ROWS)
    return _approvals(caller, data) if isinstance(data, ApprovalsData) else None


def _approvals(caller: Caller, data: ApprovalsData) -> MailTable:
    """What waits for the reader."""
    shown = data.rows[:MOST_ROWS]
    notes = []
    if data.waiting > len(shown):
        notes.append(words.MORE_ROWS.text(caller.locale).format(shown=len(shown), count=f"{data.waiting:,}"))
    if not shown:
        notes.append(words.NOTHING.text(caller.locale))
    lines = tuple((row.title, row.flow_label, row.submitter_name or "") for row in shown)
    heads = tuple(head.text(caller.locale) for head in words.APPROVAL_HEADS)
    return MailTable(heads, lines, (False, False, False), 0, tuple(notes))


register(DASHBOARD, Dashboards())
