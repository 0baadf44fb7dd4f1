"""What widgets answer, by what they show: numbers of reports, records, approvals, words. The screen draws them, the API
answers `json()`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as made_by
from typing import Any

from dougong_metadata.model.report_types import ReportModel
from dougong_platform.approvals.reading.inbox import InboxRow
from dougong_platform.reports.answer import Answer, ListAnswer, ValueHead
from dougong_platform.reports.asked import Asked, Point

ALL, NOTHING = Point(), Asked()


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one's own number: the average of the `people` who have one, and the best of theirs (None where
    neither more nor less is good). `whose`: company, or seen (those that the viewer sees). `hidden`, with no numbers:
    few (too few people to name no one), range (days picked freely tell single people's numbers apart) or gone (the
    person under whose access it is worked out has left)."""

    whose: str
    average: str | None = None
    best: str | None = None
    people: int | None = None
    hidden: str | None = None


@dataclass(frozen=True, slots=True)
class NumberData:
    """One number. `before` is the same of the earlier period, `change` as in reports. `report` is the key of the report
    whose records stand behind it; without one, those of `object` that fit `filter` (None = all)."""

    head: ValueHead
    value: Any
    before: Any = None
    change: Any = None
    target: str | None = None
    report: str | None = None
    object: str | None = None
    filter: str | None = None
    point: Point = ALL
    answer: Answer | None = None
    beside: Beside | None = None

    def json(self) -> dict[str, Any]:
        """{label, format, value, before, change, target, report, object, filter, beside}."""
        said = {name: getattr(self, name) for name in ("value", "before", "change", "target", "report", "object")}
        shown = {"label": self.head.label, "format": self.head.format, "currency": self.head.currency}
        return {**shown, **said, "filter": self.filter, "beside": asdict(self.beside) if self.beside else None}


@dataclass(frozen=True, slots=True)
class ReportData:
    """A report's answer, for charts and tables. `value`: the number that is drawn or ranked, None = the first;
    `limit` of rows shown. A report of type list answers `listed`."""

    key: str
    report: ReportModel
    answer: Answer | None
    listed: ListAnswer | None = None
    value: str | None = None
    limit: int | None = None
    target: str | None = None
    asked: Asked = NOTHING

    def json(self) -> dict[str, Any]:
        """{report, answer} or {report, records}."""
        if self.listed is not None:
            return {"report": self.key, "object": self.listed.object, "records": self.listed.records}
        return {"report": self.key, "answer": self.answer.json() if self.answer else None, "value": self.value}


@dataclass(frozen=True, slots=True)
class RecordsData:
    """Records of a list view. `when` is the date in front, `late` the number of all records where it is past; a tick
    sets `done[0]` to `done[1]`; `filter` is None and `view` set where the list view alone says which."""

    object: str
    columns: tuple[str, ...]
    records: list[dict[str, Any]]
    count: int | None = None
    count_capped: bool = False
    view: str | None = None
    filter: str | None = None
    when: str | None = None
    done: tuple[str, str] | None = None
    late: int = 0

    def json(self) -> dict[str, Any]:
        """{object, records, count, count_capped, late}."""
        return {
            "object": self.object,
            "records": self.records,
            "count": self.count,
            "count_capped": self.count_capped,
            "late": self.late,
        }


@dataclass(frozen=True, slots=True)
class ApprovalsData:
    """What waits for the viewer, at most `limit` of `waiting`."""

    rows: list[InboxRow]
    waiting: int

    def json(self) -> dict[str, Any]:
        """{approvals, waiting}."""
        return {"approvals": [asdict(row) for row in self.rows], "waiting": self.waiting}


@dataclass(frozen=True, slots=True)
class CalendarData:
    """Records by day. `first` is a Monday, `weeks` the number of weeks from there; `month` is the one that is looked at
    ("2026-11"), "" where one week is; `previous` and `next` are days in the spans before and after. `days` are ISO
    dates of the viewer. `more`: there are further records that were not read."""

    object: str
    field: str
    title: str
    first: str
    weeks: int
    month: str
    day: str
    previous: str
    next: str
    days: Mapping[str, list[dict[str, Any]]] = made_by(default_factory=dict)
    more: bool = False

    def json(self) -> dict[str, Any]:
        """{object, field, first, weeks, days}."""
        return {
            "object": self.object,
            "field": self.field,
            "first": self.first,
            "weeks": self.weeks,
            "days": dict(self.days),
            "more": self.more,
        }


@dataclass(frozen=True, slots=True)
class WordsData:
    """Text that somebody wrote, in the viewer's language; blank lines part paragraphs. `over`: its last day is past."""

    text: str
    tone: str = ""
    over: bool = False

    def json(self) -> dict[str, Any]:
        """{text, tone, over}."""
        return {"text": self.text, "tone": self.tone, "over": self.over}


@dataclass(frozen=True, slots=True)
class ChangeData:
    """What changed lately: {object, id, title, what (create, update, restore), at, who} each."""

    changes: list[dict[str, Any]]

    def json(self) -> dict[str, Any]:
        """{changes}."""
        return {"changes": self.changes}


Data = NumberData | ReportData | RecordsData | ApprovalsData | CalendarData | WordsData | ChangeData
