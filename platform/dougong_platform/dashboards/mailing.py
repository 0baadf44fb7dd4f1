"""Dashboards as something that is sent: the numbers of their widgets as tables and pictures, for one reader under his
own access (or that of the person the dashboard names). Lists, approvals and calendars stay on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from dougong_metadata.label import Label
from dougong_platform.dashboards.answering import NUMBERS, Answered, answered
from dougong_platform.dashboards.finding import find
from dougong_platform.dashboards.widget_data import NumberData, ReportData
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.charts.data import chart_data
from dougong_platform.reports.number_texts import said
from dougong_platform.reports.subscriptions import asked_words
from dougong_platform.reports.subscriptions.mail_tables import MailTable, of_answer, of_list
from dougong_platform.reports.subscriptions.pictures import pictures_of
from dougong_platform.reports.subscriptions.sources import Letter, Picture, register
from dougong_platform.reports.subscriptions.stored import DASHBOARD

MOST_ROWS = 10  # of one widget
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
            (one for one in dashboard.widgets if one.type in NUMBERS), key=lambda one: (one.place.y, one.place.x)
        )
        found = [answered(caller, dashboard, one, asked) for one in shown]
        if only_if is not None and not any(_says_something(one) for one in found):
            return None
        pictures = _pictures(caller, found)
        numbers = [one for one in found if isinstance(one.data, NumberData)]
        parts = [_numbers(caller, numbers)] if numbers else []
        parts += [_part(caller, one, pictures) for one in found if not isinstance(one.data, NumberData)]
        return Letter(
            dashboard.label.text(caller.locale),
            "\n\n".join(text for text, _ in parts),
            Markup("").join(html for _, html in parts),
            tuple(picture for _, picture in pictures.values()),
            placed=True,
        )


def _says_something(one: Answered) -> bool:
    if isinstance(one.data, NumberData):
        return one.data.value not in (None, 0, "0")
    if isinstance(one.data, ReportData):
        return bool(
            one.data.answer.rows if one.data.answer is not None else one.data.listed and one.data.listed.records
        )
    return False


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
        label = one.widget.label.text(caller.locale) if one.widget.label is not None else head.label
        lines.append((label, said(one.data.value, head.format, caller.locale, currency, head.decimals) or "—"))
    table = MailTable(("", ""), tuple(lines), (False, True))
    return table.text(), table.html()


def _part(caller: Caller, one: Answered, pictures: Mapping[str, tuple[int, Picture]]) -> tuple[str, Markup]:
    """A widget's title, picture and first rows; what went wrong with it in their place."""
    title = _title(caller, one)
    if one.fault is not None or not isinstance(one.data, ReportData):
        why = one.fault.message(caller.locale) if one.fault is not None else ""
        return f"{title}\n{why}", _TITLE.format(title) + Markup("<p>{}</p>").format(why)
    html = _TITLE.format(title)
    if one.widget.name in pictures:
        number, picture = pictures[one.widget.name]
        html += _IMAGE.format(number, picture.about)
    table = _table(caller, one.data)
    return f"{title}\n{table.text()}", html + table.html()


def _title(caller: Caller, one: Answered) -> str:
    if one.widget.label is not None:
        return one.widget.label.text(caller.locale)
    return one.data.report.label.text(caller.locale) if isinstance(one.data, ReportData) else one.widget.name


def _table(caller: Caller, data: ReportData) -> MailTable:
    most = min(data.limit or MOST_ROWS, MOST_ROWS)
    if data.answer is not None:
        return of_answer(caller, data.answer, most)
    assert data.listed is not None
    return of_list(caller, data.report, data.listed, most)


register(DASHBOARD, Dashboards())
