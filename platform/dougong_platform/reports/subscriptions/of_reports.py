"""Reports as something that is sent: found, run and written for one reader under his own access."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.report_types import ReportModel
from dougong_platform import reports
from dougong_platform.errors import BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.reports.answer import Answer, ListAnswer
from dougong_platform.reports.asked import Asked
from dougong_platform.reports.charts.data import chart_data
from dougong_platform.reports.exporting import export
from dougong_platform.reports.finding import find
from dougong_platform.reports.number_texts import as_decimal
from dougong_platform.reports.sheets import answer_xlsx
from dougong_platform.reports.subscriptions import words
from dougong_platform.reports.subscriptions.asked_words import said
from dougong_platform.reports.subscriptions.mail_tables import MailTable, of_answer, of_list
from dougong_platform.reports.subscriptions.pictures import pictures_of
from dougong_platform.reports.subscriptions.sources import Letter, register
from dougong_platform.reports.subscriptions.stored import REPORT

MOST_ATTACHED = 10_000  # rows


class Reports:
    """The source of reports."""

    def label(self, caller: Caller, key: str) -> Label:
        """What it is called."""
        return find(caller, key).report.label

    def check(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> None:
        """Run it once: what it answers is not looked at. Raises what `run` raises, and BadRequest for a condition over
        a value that it does not have."""
        report = find(caller, key).report
        answer = reports.run(caller, report, asked)
        _holds(answer, only_if)

    def asked(self, caller: Caller, key: str, filters: Mapping[str, str]) -> list[str]:
        """In words."""
        return said(caller, filters, find(caller, key).report)

    def letter(self, caller: Caller, key: str, asked: Asked, only_if: Mapping[str, Any] | None) -> Letter | None:
        """Its table, its chart and its spreadsheet; None where there is no reason to send it."""
        report = find(caller, key).report
        answer = reports.run(caller, report, asked)
        if not _holds(answer, only_if):
            return None
        table, file = table_of(caller, report, answer), None
        if _is_large(answer):
            table = replace(table, notes=(*table.notes, words.TOO_LARGE.text(caller.locale)))
        else:
            file = _file(caller, report, asked, answer)
        charts = []
        if isinstance(answer, Answer) and answer.rows:
            charts.append(chart_data(report, answer, caller.locale, caller.tenant.currency))
        label = report.label.text(caller.locale)
        return Letter(
            label,
            table.text(),
            table.html(),
            pictures_of(charts),
            file,
            about=_days(caller, answer),
        )


def table_of(caller: Caller, report: ReportModel, answer: Answer | ListAnswer, most: int | None = None) -> MailTable:
    """The answer as a mail shows it."""
    more = {} if most is None else {"most": most}
    if isinstance(answer, ListAnswer):
        return of_list(caller, report.labels, answer, **more)
    return of_answer(caller, answer, **more)


def _days(caller: Caller, answer: Answer | ListAnswer) -> str:
    """The period in words; "" where there is none."""
    if not isinstance(answer, Answer) or answer.period is None:
        return ""
    first, after = answer.period
    last = (dt.date.fromisoformat(after) - dt.timedelta(days=1)).isoformat() if after else ""
    return words.PERIOD.text(caller.locale).format(first=first, last=last)


def _is_large(answer: Answer | ListAnswer) -> bool:
    """Whether its file would be more than a mail should carry."""
    if isinstance(answer, ListAnswer):
        more = answer.next is not None and (answer.count is None or answer.count_capped)
        return more or (answer.count or 0) > MOST_ATTACHED
    return len(answer.rows) * max(1, len(answer.columns)) > MOST_ATTACHED * 10


def _file(caller: Caller, report: ReportModel, asked: Asked, answer: Answer | ListAnswer) -> tuple[str, bytes] | None:
    """The spreadsheet. Rows of records go only to those who may export them."""
    if isinstance(answer, ListAnswer):
        if not caller.rights.object(answer.object).export:
            return None
        made = export(caller, report, asked, "xlsx")
        return made.name, made.read()
    with answer_xlsx(report, answer, caller.locale) as file:
        return f"{report.label.text(caller.locale)}.xlsx", file.read()


def _holds(answer: Answer | ListAnswer, only_if: Mapping[str, Any] | None) -> bool:
    """Whether there is a reason to send it. Raises BadRequest for a value that the report does not have."""
    if only_if is None:
        return True
    if isinstance(answer, ListAnswer):
        if "value" in only_if:
            raise _no_value(only_if["value"])
        return bool(answer.records)
    if "value" not in only_if:
        return bool(answer.rows) and _counts(answer)
    place = next((i for i, v in enumerate(answer.values) if v.name == only_if["value"] and v.role == "value"), None)
    if place is None:
        raise _no_value(only_if["value"])
    than = as_decimal(only_if["than"])
    cells = [row.all for row in ((answer.total,) if answer.total is not None else answer.rows)]
    found = [number for cell in cells if place < len(cell) and (number := as_decimal(cell[place])) is not None]
    if than is None:
        return False
    return any(number > than if only_if["is"] == "above" else number < than for number in found)


def _counts(answer: Answer) -> bool:
    """Whether any cell says something: a grid without groups has a row of zeros where there is nothing."""
    cells = (cell for row in answer.rows for cell in (row.all, *row.cells))
    return any(as_decimal(value) for cell in cells for value in cell)


def _no_value(name: Any) -> BadRequest:
    return BadRequest(en=f"The report has no value “{str(name)[:60]}”.", zh=f"报表没有名为「{str(name)[:60]}」的数值。")


register(REPORT, Reports())
