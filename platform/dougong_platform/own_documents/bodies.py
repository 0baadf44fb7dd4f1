"""The bodies of own documents: what of them may be said at all, and what they mean under today's model.

What a person may not read does not exist for what he writes: a body is checked against the model as he may know it.
Whoever opens one has it compiled against the whole model, for what it shows is worked out under his own rights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import orjson

from dougong_metadata.errors import FieldValueError, InvalidDocuments
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.model.dashboard_types import DashboardModel
from dougong_metadata.model.report_types import ReportModel
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problem
from dougong_platform.errors import FieldError, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import uuid_text
from dougong_platform.query.visible import sees_report, visible_objects

REPORT, DASHBOARD = "report", "dashboard"
KINDS = (REPORT, DASHBOARD)
LARGEST = 100_000  # bytes of JSON
# What documents alone may say: who sees an own one is said by sharing it, and nobody sees through another's eyes.
_NOT_FOR_OWN = ("kind", "name", "label", "for", "only", "view_as", "beside_as", "position", "folder")
Find = Callable[[Caller, str, str | None], Any]
_NONE: Mapping[str, ReportModel] = MappingProxyType({})
_CLOSED = {
    "en": "The report shown here is not shared with you, or not there any more.",
    "zh": "此处的报表未共享给您，或已不存在。",
}
_TEXTS = {
    "too_large": ("This is too large to be kept.", "内容过大，无法保存。"),
    "unknown_key": (
        "“{key}” can only be said by the administrator's documents.",
        "“{key}”只能在管理员的配置中使用。",
    ),
    "bad_character": ("This holds what cannot be stored.", "含有无法存储的内容。"),
}


def known_model(caller: Caller) -> Model:
    """The model as the caller may know it."""
    rights = caller.rights
    seen, model = visible_objects(rights), caller.model
    return replace(
        model,
        hash=f"{model.hash} {rights.shape!r}",
        objects=seen,
        list_views={name: views for name, views in model.list_views.items() if name in seen},
        reports={name: report for name, report in model.reports.items() if sees_report(rights, report)},
    )


def compiled(
    model: Model,
    kind: str,
    name: str,
    label: str,
    body: Mapping[str, Any],
    reports: Mapping[str, ReportModel] = _NONE,
) -> ReportModel | DashboardModel:
    """What a body means; `reports`: own ones by id, that a dashboard may show. Raises InvalidDocuments with every
    problem."""
    from dougong_metadata.model.compile_dashboard import dashboard_of
    from dougong_metadata.model.compile_report import report_of

    whole = {**body, "label": label}
    return report_of(model, name, whole) if kind == REPORT else dashboard_of(model, name, whole, reports)


def check(
    caller: Caller, kind: str, label: str, body: Mapping[str, Any], reports: Mapping[str, ReportModel] = _NONE
) -> None:
    """Raise RecordsInvalid or InvalidDocuments for a body that may not be kept, each problem with its path. `reports`:
    the own ones that a dashboard shows."""
    errors = list(_refused(caller, body))
    if errors:
        raise RecordsInvalid(errors)
    compiled(known_model(caller), kind, "own", label, body, reports)


def own_reports(caller: Caller, kind: str, body: Mapping[str, Any], find: Find) -> dict[str, ReportModel]:
    """The own reports that a dashboard's body shows, by id, as far as the caller may open them; `find` is that of
    own_documents."""
    found: dict[str, ReportModel] = {}
    for id in _shown_reports(body) if kind == DASHBOARD else ():
        try:
            document = find(caller, id, REPORT)
            made = compiled(caller.model, REPORT, document.id, document.label, document.body)
        except (NotFound, InvalidDocuments):
            continue
        if isinstance(made, ReportModel):
            found[id] = made
    return found


def _shown_reports(body: Mapping[str, Any]) -> set[str]:
    widgets = body.get("widgets")
    shown = widgets.values() if isinstance(widgets, Mapping) else ()
    named = (str(one.get("report") or "") for one in shown if isinstance(one, Mapping))
    return {name for name in named if uuid_text(name) is not None}


def opened(body: Mapping[str, Any], reports: Mapping[str, ReportModel]) -> Mapping[str, Any]:
    """The body for a reader: a widget whose own report he may not open says so, the others stand."""
    closed = _shown_reports(body) - set(reports)
    if not closed:
        return body
    widgets = {
        name: {"type": "text", "text": _CLOSED, "at": one.get("at")} if one.get("report") in closed else one
        for name, one in body["widgets"].items()
    }
    return {**body, "widgets": widgets}


def problems_of(
    caller: Caller,
    kind: str,
    name: str,
    label: str,
    body: Mapping[str, Any],
    reports: Mapping[str, ReportModel] = _NONE,
) -> tuple[ReportModel | DashboardModel | None, tuple[Problem, ...]]:
    """(what it means today, nothing) or (None, why it means nothing to the caller any more), without a name that he may
    not know."""
    found: tuple[Problem, ...] = ()
    body = opened(body, reports) if kind == DASHBOARD else body
    try:
        made = compiled(caller.model, kind, name, label, body, reports)
        if not isinstance(made, ReportModel) or caller.rights.object(made.object).read != "none":
            return made, ()
    except InvalidDocuments as wrong:
        found = wrong.problems
    try:
        compiled(known_model(caller), kind, name, label, body, reports)
    except InvalidDocuments as wrong:
        found = wrong.problems
    return None, found


def _refused(caller: Caller, body: Mapping[str, Any]) -> list[FieldError]:
    try:
        clean(dict(body))
        large = len(orjson.dumps(dict(body))) > LARGEST
    except (FieldValueError, orjson.JSONEncodeError):
        return [_error(caller, "body", "bad_character")]
    if large:
        return [_error(caller, "body", "too_large")]
    return [_error(caller, key, "unknown_key", key=key) for key in _NOT_FOR_OWN if key in body]


def _error(caller: Caller, field: str, code: str, **data: Any) -> FieldError:
    text = _TEXTS[code][caller.locale.startswith("zh")].format(**data)
    return FieldError(field, code, text)
