"""A widget as its type compiles it: its loaded body, and the checks that the types share. Problems get their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from dougong_metadata.kinds.report_checks import check_chart, check_period, shown_values
from dougong_metadata.model.check_report_paths import PathCheck
from dougong_metadata.model.check_values import ValueCheck
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.problems import Path

_PLACING = ("type", "at", "label")
_GROUPED = ("summary", "matrix")  # types of reports that can be asked person by person
_NOT_WITH_VIEW_AS = (
    "One's own number does not go with “view_as”, where everybody sees the same: say “beside_as” instead.",
    "以某人的权限查看时，不显示查看者本人的数值：请以「beside_as」代替「view_as」。",
)
_OF_VIEWER = (
    "What stands beside one's own number is the same for everybody: leave “$user” out, it is added by “by”.",
    "对照值对所有人相同：请去掉「$user」，本人条件由「by」自动加上。",
)
_BY_GROUPS = (
    "This report cannot be asked person by person: choose a summary that leaves no groups out.",
    "此报表无法按人统计：请选择未省略任何分组的汇总报表。",
)


@dataclass(frozen=True, slots=True)
class GivenWidget:
    """`said` is the loaded body of the widget at `path` of the document `one`; `reports` those that it may name."""

    one: Loaded
    path: Path
    said: Mapping[str, Any]
    checks: ExpressionCheck
    reports: Mapping[str, ReportModel]

    def settings(self) -> Mapping[str, Any]:
        """What was said besides the place: lists as tuples, nothing that can be changed."""
        return MappingProxyType({key: _frozen(value) for key, value in self.said.items() if key not in _PLACING})

    def gives(self, key: str) -> bool:
        """Whether the document says something there, right or wrong."""
        return key in self._raw()

    def _raw(self) -> Any:
        at: Any = self.one.document.body
        for step in self.path:
            at = at[step]
        return at

    def wrong(self, key: str, code: str, en: str, zh: str) -> None:
        """Records a problem with what stands under the key."""
        self.checks.problems.add(self.one.document, (*self.path, key), code, en, zh)

    def needed(self, key: str) -> None:
        """It has to be there."""
        if not self.gives(key):
            self.wrong(key, "required", f"“{key}” is needed.", f"缺少「{key}」。")

    def one_of(self, first: str, second: str) -> bool:
        """Exactly one of the two is there."""
        if self.gives(first) != self.gives(second):
            return True
        en, zh = (
            f"This widget has either “{first}” or “{second}”.",
            f"此组件须指定「{first}」或「{second}」，二者择一。",
        )
        self.checks.problems.add(self.one.document, self.path, "one_source", en, zh)
        return False

    def not_with(self, key: str, other: str) -> None:
        """It goes with another key, which is not there."""
        if self.gives(key):
            self.wrong(key, "not_with", f"“{key}” goes with “{other}”.", f"「{key}」须与「{other}」一起使用。")

    def report(self) -> ReportModel | None:
        """The report that it names; None where there is none or that is wrong itself (told elsewhere)."""
        return self.reports.get(self.said.get("report", ""))

    def report_value(self, key: str, report: ReportModel | None) -> None:
        """The name of a value that the report shows."""
        name = self.said.get(key)
        if report is None or name is None:
            return
        known = shown_values(body_of(report))
        if name not in known:
            what = (f"a value that “{report.name}” shows", f"「{report.name}」显示的数值")
            self.checks.problems.unknown(self.one.document, (*self.path, key), name, *what, known)

    def numbers(self, key: str, report: ReportModel | None) -> None:
        """The report has numbers."""
        if report is not None and report.type == "list":
            self.wrong(
                key,
                "no_numbers",
                f"“{report.name}” is a list without numbers.",
                f"「{report.name}」是明细列表，没有数值。",
            )

    def grouped(self, report: ReportModel | None) -> None:
        """The report has rows that can come first."""
        if report is not None and not report.rows:
            self.wrong("report", "no_rows", f"“{report.name}” has no rows.", f"「{report.name}」没有行分组。")

    def chart(self, key: str, report: ReportModel | None) -> None:
        """The report can be drawn, as the widget or the report itself says."""
        said = self.said.get(key)
        if report is not None and report.type == "list":
            self.numbers("report", report)
        elif report is not None and isinstance(said, Mapping):
            check_chart(self.one.document, (*self.path, key), said, body_of(report), self.checks.problems)

    def condition(self, key: str, about: object) -> None:
        """A condition on records of the object."""
        if isinstance(about, str):
            self.checks.filter(self.one, (*self.path, key), self.said.get(key), about)

    def aggregate(self, key: str, about: object) -> None:
        """A number over records of the object."""
        text = self.said.get(key)
        if isinstance(about, str) and about in self.checks.names.fields and text:
            spanned, place = bool(self.said.get("period")), (*self.path, key)
            ValueCheck(self.one, about, self.checks, {key: text}, lambda _: place, spanned=spanned).check()

    def date(self, key: str, about: object) -> None:
        """A path to a date."""
        if isinstance(about, str) and self.said.get(key):
            self._paths(about).date((*self.path, key), self.said[key])

    def period(self, key: str, about: object) -> None:
        """{field, range}: a path to a date; none where the value asks what lies in the period."""
        said = self.said.get(key)
        texts = [str(self.said.get("value") or "")]
        check_period(self.one.document, (*self.path, key), self._raw().get(key), texts, self.checks.problems)
        if isinstance(about, str) and isinstance(said, Mapping) and said.get("field"):
            self._paths(about).date((*self.path, key, "field"), said["field"])

    def dated(self, key: str, about: str | None) -> None:
        """The same where the document does not say whose path it is."""
        self.field((*self.path, key), self.said.get(key), about)
        self.date(key, about)

    def person(self, key: str, about: object) -> None:
        """A path to a user."""
        if isinstance(about, str) and self.said.get(key):
            self._paths(about).user((*self.path, key), self.said[key])

    def beside(self, key: str) -> None:
        """{by}: a path to a user. What it is beside is worked out for everybody alike, over groups of people."""
        said = self.said.get(key)
        if not isinstance(said, Mapping) or not said.get("by"):
            return
        report, path = self.report(), (*self.path, key, "by")
        about = report.object if report is not None else self.said.get("object")
        if report is not None:
            self.field(path, said["by"], about)
        if isinstance(about, str):
            self._paths(about).user(path, said["by"])
        if self.one.document.body.get("view_as"):
            self.wrong(key, "not_with_view_as", *_NOT_WITH_VIEW_AS)
        if any("$user" in (text or "") for text in (self.said.get("where"), *_conditions(report))):
            self.wrong(key, "beside_of_viewer", *_OF_VIEWER)
        if report is not None and (report.type not in _GROUPED or report.having or report.limit or _cut(report)):
            self.wrong(key, "beside_by_groups", *_BY_GROUPS)

    def listed(self, key: str) -> str | None:
        """The object of the list view that it names."""
        of = self.checks.names.list_views.get(self.said.get(key, ""))
        return of if of in self.checks.names.fields else None

    def field(self, path: Path, name: str | None, about: str | None) -> None:
        """A path from records of the object, where the document does not say whose."""
        if name and about:
            self._paths(about).field(path, name, about)

    def paths(self, key: str, about: str | None) -> None:
        """A list of such paths."""
        for index, name in enumerate(self.said.get(key) or ()):
            self.field((*self.path, key, index), name, about)

    def picked(self, key: str, about: str | None) -> None:
        """{field, …}: a picklist field of the object, where the document does not say whose it is."""
        said = self.said.get(key)
        if not said or not about or "field" not in said:
            return
        path = (*self.path, key, "field")
        field = self._paths(about).field(path, said["field"], about)
        if field is not None and field.picklist is None:
            text = f"“{field.name}” is not a picklist field."
            self.checks.problems.add(self.one.document, path, "not_a_picklist", text, f"「{field.name}」不是单选字段。")

    def done(self, key: str, about: str | None) -> tuple[str, str] | None:
        """(field, value): a value of a picklist field of the object."""
        said = self.said.get(key)
        if not said or not about or "field" not in said or "value" not in said:
            return None
        field = self._paths(about).end(said["field"])
        if field is not None and field.picklist is not None and said["value"] not in field.picklist.values:
            what = (f"a value of “{field.name}”", f"「{field.name}」的选项")
            path = (*self.path, key, "value")
            self.checks.problems.unknown(self.one.document, path, said["value"], *what, field.picklist.values)
        return said["field"], said["value"]

    def day(self, key: str) -> None:
        """A day that there is."""
        try:
            date.fromisoformat(self.said.get(key, "2026-01-01"))
        except ValueError:
            self.wrong(key, "no_such_day", f"There is no day {self.said[key]}.", f"没有 {self.said[key]} 这一天。")

    def _paths(self, about: str) -> PathCheck:
        return PathCheck(self.one, about, self.checks, {})


def body_of(report: ReportModel) -> Mapping[str, Any]:
    """The report as the checks of documents see it."""
    return {
        "type": report.type,
        "rows": report.rows,
        "columns": report.columns,
        "values": {value.name: {"hidden": value.hidden} for value in report.values},
        "trend": {"amount": report.trend.amount} if report.trend is not None else None,
        "funnel": {"mode": report.funnel.mode} if report.funnel is not None else None,
    }


def _conditions(report: ReportModel | None) -> tuple[str | None, ...]:
    """Every expression of the report that decides what is counted."""
    if report is None:
        return ()
    return (report.where, *(cross.where for cross in report.cross), *(value.text for value in report.values))


def _cut(report: ReportModel) -> bool:
    return any(group.top is not None and not group.other for group in (*report.rows, *report.columns))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return tuple(_frozen(item) for item in value) if isinstance(value, (list, tuple)) else value
