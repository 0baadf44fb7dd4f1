"""Reports by key: the tenant's documents by api name and people's own by id, as far as somebody may see them. Screens,
endpoints and subscriptions ask here."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.report_types import TYPES, ReportModel
from dougong_metadata.problems import Problem
from dougong_platform import own_documents
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.own_documents import OwnDocument
from dougong_platform.own_documents.bodies import REPORT, problems_of
from dougong_platform.query.visible import sees_report


@dataclass(frozen=True, slots=True)
class Found:
    """`key`: the api name of a document, or the id of an `own` one. `owner`: a user's id, None of a document.
    `editable`: whether the caller may change it here (documents are changed in the builder). `problems`: why an own one
    means nothing under today's metadata; its `report` then has a label and no more."""

    key: str
    report: ReportModel
    own: bool
    editable: bool
    owner: str | None = None
    problems: tuple[Problem, ...] = ()


def find(caller: Caller, key: str) -> Found:
    """The report with this key. Raises NotFound also for what the caller may not see, and InvalidDocuments for an own
    one that fits today's metadata no more."""
    report = caller.model.reports.get(key)
    if report is not None:
        if not sees_report(caller.rights, report):
            raise NotFound
        return Found(key, report, own=False, editable=caller.holds("metadata", REPORT))
    found = _own(caller, own_documents.find(caller, key, REPORT))
    if found.problems:
        if found.owner != caller.user and not found.editable:
            raise NotFound
        raise InvalidDocuments(found.problems)
    return found


def all_of(caller: Caller) -> list[Found]:
    """All reports that the caller may see: documents in their order, then his own and those shared with him by name."""
    seen = [report for report in caller.model.reports.values() if sees_report(caller.rights, report)]
    editable = caller.holds("metadata", REPORT)
    found = [
        Found(report.name, report, own=False, editable=editable)
        for report in sorted(seen, key=lambda r: (r.position, r.label.text(caller.locale)))
    ]
    own = (_own(caller, document) for document in own_documents.list_for(caller, REPORT))
    return found + [one for one in own if not one.problems or one.editable]


def _own(caller: Caller, document: OwnDocument) -> Found:
    made, problems = problems_of(caller, REPORT, document.id, document.label, document.body)
    if not isinstance(made, ReportModel):
        made = _broken(document)
    return Found(document.id, made, own=True, editable=document.editable, owner=document.owner, problems=problems)


def _broken(document: OwnDocument) -> ReportModel:
    object, type = document.body.get("object"), document.body.get("type")
    return ReportModel(
        document.id,
        Label(document.label, document.label),
        object if isinstance(object, str) else "",
        type if type in TYPES else "summary",
    )
