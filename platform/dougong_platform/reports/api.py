"""HTTP endpoints of reports: which there are, one of them run, one that is not kept, and the records of a cell."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Blueprint, request

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.compile_report import report_of
from dougong_metadata.model.report_types import ReportModel
from dougong_platform import own_documents, reports
from dougong_platform.http.arguments import Arguments
from dougong_platform.http.bodies import load_body
from dougong_platform.http.endpoint import Caller, endpoint
from dougong_platform.own_documents.bodies import REPORT, known_model
from dougong_platform.query.listing import list_records
from dougong_platform.reports import schema
from dougong_platform.reports.answer import ListAnswer
from dougong_platform.reports.asked import Asked, Point
from dougong_platform.reports.finding import Found, all_of, find

blueprint = Blueprint("reports", __name__)
_ALL = "/api/v1/reports"
_ONE = f"{_ALL}/<key>"
_ASKED = tuple(one.name for one in fields(Asked))
_LARGEST = 256 * 1024  # bytes of a body
_ROWS = 50
_WRONG = (400, 403, 404, 422)
_UNKEPT = "unkept"  # the name of a report that has none


@blueprint.get(_ALL)
@endpoint("Reports", answers=schema.ReportList)
def list_all(caller: Caller) -> dict[str, Any]:
    """{"reports": […]}: those the caller may see."""
    Arguments(request, ())
    return {"reports": [_shown(caller, one) for one in all_of(caller)]}


@blueprint.get(_ONE)
@endpoint("One report", answers=schema.ReportDocumentShape, errors=(404, 422))
def show(caller: Caller, key: str) -> dict[str, Any]:
    """The report with its document."""
    Arguments(request, ())
    found = find(caller, key)
    return _shown(caller, found) | {"report": _document(caller, found)}


@blueprint.post(f"{_ONE}/run")
@endpoint("Run a report", body=schema.RunBody, answers=schema.AnswerShape, errors=_WRONG, reads=True)
def run_one(caller: Caller, key: str) -> dict[str, Any]:
    """Its numbers under the caller's access; of a list its records."""
    given = load_body(request, schema.RunBody, caller.locale, _LARGEST)
    return _answer(caller, find(caller, key).report, given)


@blueprint.post(f"{_ALL}/run")
@endpoint(
    "Run a report that is not kept", body=schema.RunBodyBody, answers=schema.AnswerShape, errors=_WRONG, reads=True
)
def run_unkept(caller: Caller) -> dict[str, Any]:
    """The numbers of a report document in the body."""
    given = load_body(request, schema.RunBodyBody, caller.locale, _LARGEST)
    body = {"label": {"en": "Report", "zh": "报表"}, **given["report"]}
    return _answer(caller, report_of(known_model(caller), _UNKEPT, body), given)


@blueprint.post(f"{_ONE}/records")
@endpoint(
    "The records behind a number", body=schema.RecordsBody, answers=schema.RecordsShape, errors=_WRONG, reads=True
)
def list_cell(caller: Caller, key: str) -> dict[str, Any]:
    """{"object", "filter", "count", "value", "records", "next"}: a page of the records of one cell."""
    given = load_body(request, schema.RecordsBody, caller.locale, _LARGEST)
    report = find(caller, key).report
    point = Point(tuple(given.get("row", ())), tuple(given.get("column", ())), given.get("value"))
    drill = reports.drill(caller, report, point, _asked(given))
    page = list_records(
        caller,
        drill.object,
        fields=given.get("fields_"),
        filter=drill.filter,
        limit=given.get("limit", _ROWS),
        cursor=given.get("cursor"),
    )
    return {
        "object": drill.object,
        "filter": drill.filter,
        "labels": list(drill.labels),
        "count": drill.count,
        "value": drill.value,
        "records": page.records,
        "next": page.next,
    }


def _shown(caller: Caller, found: Found) -> dict[str, Any]:
    report, locale = found.report, caller.locale
    return {
        "key": found.key,
        "label": report.label.text(locale),
        "description": report.description.text(locale) if report.description else None,
        "folder": report.folder.text(locale) if report.folder else None,
        "object": report.object,
        "type": report.type,
        "own": found.own,
        "owner": found.owner,
        "editable": found.editable,
        "broken": bool(found.problems),
    }


def _document(caller: Caller, found: Found) -> dict[str, Any] | None:
    """The body; None where it speaks of what the caller may not know."""
    own = own_documents.find(caller, found.key, REPORT) if found.own else None
    given = own.body if own is not None else caller.model.documents[REPORT, found.key].json()
    body = {key: value for key, value in given.items() if key not in ("kind", "name")}
    try:
        report_of(known_model(caller), found.report.name, {**body, "label": body.get("label") or found.key})
    except InvalidDocuments:
        return None
    return body


def _answer(caller: Caller, report: ReportModel, given: dict[str, Any]) -> dict[str, Any]:
    asked = _asked(given)
    answer = reports.run(caller, report, asked, given.get("cursor"))
    if not isinstance(answer, ListAnswer):
        return answer.json()
    return {
        "object": answer.object,
        "fields": list(answer.fields),
        "records": answer.records,
        "next": answer.next,
        "count": answer.count,
        "count_capped": answer.count_capped,
        "totals": answer.totals,
    }


def _asked(given: dict[str, Any]) -> Asked:
    said = {name: given.get(name) for name in _ASKED}
    for name in ("owner", "department"):
        said[name] = str(said[name]) if said[name] is not None else None
    if said["sort"] is not None:
        said["sort"] = tuple(said["sort"])
    return Asked(**said)
