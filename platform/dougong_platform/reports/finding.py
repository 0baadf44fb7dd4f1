"""Reports by key: the tenant's documents by api name, as far as somebody may see them. Screens and endpoints ask here."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.model.report_types import ReportModel
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller


@dataclass(frozen=True, slots=True)
class Found:
    """`key`: the api name of a document, or the id of an own one. `owner`: a user's id, None of a document.
    `editable`: whether the caller may change it here (documents are changed in the builder)."""

    key: str
    report: ReportModel
    own: bool
    editable: bool
    owner: str | None = None


def find(caller: Caller, key: str) -> Found:
    """The report with this key. Raises NotFound also for what the caller may not see."""
    report = caller.model.reports.get(key)
    if report is None or not may_see(caller, report):
        raise NotFound
    return Found(key, report, own=False, editable=caller.holds("metadata", "report"))


def all_of(caller: Caller) -> list[Found]:
    """All reports that the caller may see, in their order."""
    seen = [report for report in caller.model.reports.values() if may_see(caller, report)]
    editable = caller.holds("metadata", "report")
    return [
        Found(report.name, report, own=False, editable=editable)
        for report in sorted(seen, key=lambda r: (r.position, r.label.text(caller.locale)))
    ]


def may_see(caller: Caller, report: ReportModel) -> bool:
    """Whether the report is for the caller, and its object one that he may read."""
    rights = caller.rights
    if report.object not in caller.model.objects or rights.object(report.object).read == "none":
        return False
    return rights.is_admin or not report.for_sets or not report.for_sets.isdisjoint(rights.names)
