"""Dashboards: widgets at their places, checked against the reports and objects that they show. Called by `compile`; for
a body that somebody keeps as his, by the engine's `dashboards` (`dashboard_of`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.beside import names_of
from dougong_metadata.model.check_places import check_places
from dougong_metadata.model.check_references import ReferenceCheck
from dougong_metadata.model.compile_expressions import ExpressionCheck
from dougong_metadata.model.dashboard_types import DashboardFilters, DashboardModel, Place, WidgetModel
from dougong_metadata.model.given_widget import GivenWidget
from dougong_metadata.model.reading import Loaded, load_documents
from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problems
from dougong_metadata.widgets import registered

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


def compile_dashboards(
    loaded: Sequence[Loaded], reports: Mapping[str, ReportModel], expressions: ExpressionCheck
) -> dict[str, DashboardModel]:
    """Every dashboard by name, in order of position. What is wrong with any is recorded."""
    made = [_dashboard(one, reports, expressions) for one in loaded if one.kind.name == "dashboard"]
    return {found.name: found for found in sorted(made, key=lambda found: (found.position, found.name))}


def dashboard_of(
    model: Model, name: str, body: Mapping[str, Any], reports: Mapping[str, ReportModel] = MappingProxyType({})
) -> DashboardModel:
    """The dashboard of a body, over what `model` has; `name` is how it is known. `reports` are further ones that it may
    show; those named by a uuid are own ones, which may be there or not. Raises InvalidDocuments with every problem."""
    problems = Problems()
    loaded = load_documents([Document("dashboard", name, body)], problems, system=True)
    names = names_of(model)
    names.reports |= set(reports) | _own_reports(body)
    ReferenceCheck(names, problems).check(loaded)
    made = compile_dashboards(loaded, {**model.reports, **reports}, ExpressionCheck(names, problems))
    if problems or name not in made:
        raise InvalidDocuments(problems.sorted())
    return made[name]


def _own_reports(body: Mapping[str, Any]) -> set[str]:
    """The reports that somebody keeps as his, named by uuid: they are looked up, and checked, when the widget is."""
    widgets = body.get("widgets")
    named = (
        [one.get("report") for one in widgets.values() if isinstance(one, Mapping)]
        if isinstance(widgets, Mapping)
        else []
    )
    return {key for key in named if isinstance(key, str) and _UUID.match(key)}


def _dashboard(one: Loaded, reports: Mapping[str, ReportModel], expressions: ExpressionCheck) -> DashboardModel:
    check_places(one.document, one.body, expressions.problems)
    body, filters = one.body, one.body.get("filters") or {}
    widgets = [_widget(one, name, said, reports, expressions) for name, said in (body.get("widgets") or {}).items()]
    said = body.get("description")
    return DashboardModel(
        one.name,
        Label.of(body.get("label"), one.name),
        tuple(widget for widget in widgets if widget is not None),
        DashboardFilters(
            filters.get("period"), filters.get("compare"), filters.get("owner", False), filters.get("department", False)
        ),
        Label.of(said, one.name) if said else None,
        frozenset(body.get("for") or ()),
        body.get("only", False),
        body.get("position", 0),
        body.get("view_as"),
        body.get("beside_as"),
    )


def _widget(
    one: Loaded, name: str, said: Mapping[str, Any], reports: Mapping[str, ReportModel], expressions: ExpressionCheck
) -> WidgetModel | None:
    type_ = registered().get(said.get("type", ""))
    if type_ is None:
        return None  # told by the schema
    settings = type_.compile(GivenWidget(one, ("widgets", name), said, expressions, reports))
    at = said.get("at")
    if not isinstance(at, list) or len(at) != 4:
        return None
    label = Label.of(said["label"], name) if said.get("label") else None
    return WidgetModel(name, type_.name, Place(*at), label, settings)
