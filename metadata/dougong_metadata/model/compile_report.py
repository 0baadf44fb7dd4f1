"""Reports: what their documents say, checked against the objects whose records they count. Called by `compile`; for a
body that somebody keeps as his, or that is only tried out, by the engine's `reports` (`report_of`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.kinds.report_checks import value_names
from dougong_metadata.label import Label
from dougong_metadata.model.beside import names_of
from dougong_metadata.model.check_references import ReferenceCheck
from dougong_metadata.model.check_report_paths import PathCheck
from dougong_metadata.model.check_values import ValueCheck
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.flow_types import PipelineModel
from dougong_metadata.model.reading import Loaded, load_documents
from dougong_metadata.model.report_types import (
    ChartModel,
    CohortModel,
    CrossFilter,
    FunnelModel,
    FunnelStep,
    ReportGroup,
    ReportModel,
    ReportPeriod,
    ReportValue,
    TrendModel,
    owner_path,
)
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Path, Problems
from dougong_metadata.report_words import SPANNED

Said = Mapping[str, Any]


def compile_reports(
    loaded: Sequence[Loaded],
    pipelines: Mapping[str, PipelineModel],
    expressions: ExpressionCheck,
) -> dict[str, ReportModel]:
    """Every report by name, in order of position. What is wrong with any is recorded."""
    made = [
        _Report(one, one.body["object"], expressions, pipelines).made()
        for one in loaded
        if one.kind.name == "report" and one.body.get("object") in expressions.names.fields
    ]
    return {report.name: report for report in sorted(made, key=lambda report: (report.position, report.name))}


def report_of(model: Model, name: str, body: Said) -> ReportModel:
    """The report of a body, over the objects of `model`. `name` is how it is known (an own one's uuid). Raises
    InvalidDocuments with every problem found."""
    problems = Problems()
    loaded = load_documents([Document("report", name, body)], problems, system=True)
    names = names_of(model)
    ReferenceCheck(names, problems).check(loaded)
    made = compile_reports(loaded, model.pipelines, ExpressionCheck(names, problems))
    if problems or name not in made:
        raise InvalidDocuments(problems.sorted())
    return made[name]


def chart_of(said: Said | None) -> ChartModel | None:
    """The chart of a loaded body."""
    if not said or "type" not in said:
        return None
    target = said.get("target")
    return ChartModel(
        said["type"],
        tuple(said.get("values", ())),
        said.get("stacked", False),
        None if target is None else digits(target),
        said.get("smooth", False),
    )


def digits(number: float) -> str:
    """A number as expressions write it."""
    return format(Decimal(str(number)), "f")


@dataclass(frozen=True, slots=True)
class _Report:
    one: Loaded
    about: str
    checks: ExpressionCheck
    pipelines: Mapping[str, PipelineModel]

    def made(self) -> ReportModel:
        body, name = self.one.body, self.one.name
        paths = PathCheck(self.one, self.about, self.checks, self.pipelines)
        self.checks.filter(self.one, ("where",), body.get("where"), self.about)
        owner = owner_path(self.about, body.get("owner"))
        paths.user(("owner",), owner)
        values = self._values()
        rows = self._groups("rows", paths)
        columns = self._groups("columns", paths)
        self._having(paths, rows)
        paths.listed(body)
        said, folder = body.get("description"), body.get("folder")
        return ReportModel(
            name,
            Label.of(body.get("label"), name),
            self.about,
            body.get("type", "summary"),
            Label.of(said, name) if said else None,
            Label.of(folder, name) if folder else None,
            body.get("where"),
            tuple(self._cross(index, cross, paths) for index, cross in enumerate(body.get("cross") or ())),
            self._period(paths),
            owner,
            tuple(column["field"] for column in body.get("fields") or () if "field" in column),
            rows,
            columns,
            values,
            body.get("having"),
            tuple(body.get("sort") or ()),
            body.get("limit"),
            body.get("compare"),
            body.get("totals", True),
            chart_of(body.get("chart")),
            self._funnel(paths),
            self._cohort(paths),
            self._trend(paths),
            frozenset(body.get("for") or ()),
            body.get("position", 0),
            MappingProxyType(
                {
                    column["field"]: Label.of(column["label"], column["field"])
                    for column in body.get("fields") or ()
                    if column.get("label") and "field" in column
                }
            ),
        )

    def _groups(self, key: str, paths: PathCheck) -> tuple[ReportGroup, ...]:
        made = []
        for index, said in enumerate(self.one.body.get(key) or ()):
            if "by" in said:
                every = paths.grouped((key, index), said)
                made.append(
                    ReportGroup(
                        said["by"],
                        every,
                        None if said.get("step") is None else digits(said["step"]),
                        tuple(digits(edge) for edge in said.get("edges") or ()),
                        said.get("top"),
                        said.get("other", True),
                        said.get("sort"),
                        Label.of(said["label"], said["by"]) if said.get("label") else None,
                    )
                )
        return tuple(made)

    def _values(self) -> tuple[ReportValue, ...]:
        return tuple(
            ReportValue(
                name,
                Label.of(said.get("label"), name),
                said["value"],
                said.get("format", "auto"),
                said.get("decimals"),
                tuple(said.get("show") or ()),
                said.get("good", "up"),
                said.get("hidden", False),
            )
            for name, said in (self.one.body.get("values") or {}).items()
            if "value" in said
        )

    def _having(self, paths: PathCheck, groups: Sequence[ReportGroup]) -> None:
        body = self.one.body
        texts = {name: said["value"] for name, said in (body.get("values") or {}).items() if "value" in said}
        made = [name for name in value_names(body) if name not in texts]
        spanned = bool(body.get("period")) and body.get("type", "summary") in SPANNED
        check = ValueCheck(self.one, self.about, self.checks, texts, self._value_place, made, spanned)
        types = {group.by: paths.group_type(group) for group in reversed(groups)}
        types |= {f"{group.by}.{group.every}": paths.group_type(group) for group in groups if group.every}
        types |= check.check()
        what = ("a value or group of this report", "此报表的数值或分组")
        self.checks.over(self.one, ("having",), self.one.body.get("having"), types, what)

    def _value_place(self, name: str) -> Path:
        """Where the text of a value stands: a text alone is it."""
        raw = self.one.document.body["values"][name]
        return ("values", name, "value") if isinstance(raw, Mapping) else ("values", name)

    def _cross(self, index: int, said: Said, paths: PathCheck) -> CrossFilter:
        path: Path = ("cross", index)
        of = paths.relation((*path, "of"), said.get("of", ""))
        self.checks.filter(self.one, (*path, "where"), said.get("where"), of or "?")
        return CrossFilter(said.get("of", ""), said.get("where"), said.get("none", False))

    def _period(self, paths: PathCheck) -> ReportPeriod | None:
        said = self.one.body.get("period")
        if not said:
            return None
        paths.date(("period", "field"), said.get("field"))
        return ReportPeriod(said.get("field"), said.get("range", "all"))

    def _funnel(self, paths: PathCheck) -> FunnelModel | None:
        said = self.one.body.get("funnel")
        if not said:
            if self.one.body.get("type") == "win_loss":
                paths.decided(None)
            return None
        steps = []
        for name, step in (said.get("steps") or {}).items():
            where = step.get("where")
            self.checks.filter(self.one, ("funnel", "steps", name, "where"), where, self.about)
            if where:
                steps.append(FunnelStep(name, Label.of(step.get("label"), name), where))
        mode = said.get("mode", "now")
        paths.staged(("funnel",), said.get("field"), said.get("stages") or ())
        if mode != "now" and said.get("field"):
            paths.pipelined(("funnel", "field"), said["field"])
        if self.one.body.get("type") == "win_loss":
            paths.decided(said.get("field"))
        return FunnelModel(tuple(steps), said.get("field"), mode, tuple(said.get("stages") or ()))

    def _cohort(self, paths: PathCheck) -> CohortModel | None:
        said = self.one.body.get("cohort")
        if not said or "born" not in said or "event" not in said:
            return None
        paths.date(("cohort", "born"), said["born"])
        of = paths.event(("cohort", "event"), said["event"])
        self.checks.filter(self.one, ("cohort", "where"), said.get("where"), of or "?")
        return CohortModel(
            said["born"], said["event"], said.get("every", "month"), said.get("where"), said.get("ages", 12)
        )

    def _trend(self, paths: PathCheck) -> TrendModel | None:
        said = self.one.body.get("trend")
        if not said or "field" not in said:
            return None
        stages = tuple(said.get("stages") or ())
        paths.staged(("trend",), said["field"], stages)
        paths.pipelined(("trend", "field"), said["field"])
        paths.kept(("trend", "amount"), said.get("amount"))
        if self.one.body.get("type") == "trend" and said.get("amount"):
            paths.logged(("trend", "amount"))
        return TrendModel(said["field"], said.get("every", "week"), said.get("amount"), stages)
