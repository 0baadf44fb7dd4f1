"""Dashboards by key: the tenant's documents by api name and people's own by id, as far as somebody may see them.
Screens and endpoints ask here."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_metadata.model.dashboard_types import DashboardModel, WidgetModel
from dougong_metadata.problems import Problem
from dougong_platform import own_documents
from dougong_platform.dashboards.errors import DashboardBroken, WidgetAway
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.own_documents import OwnDocument
from dougong_platform.own_documents.bodies import DASHBOARD, own_reports, problems_of
from dougong_platform.query.single import uuid_text


@dataclass(frozen=True, slots=True)
class Found:
    """`key`: the api name of a document, or the id of an own one. `owner`: a user's id, None of a document.
    `editable`: whether the caller may change it (documents: in the draft of the metadata). `problems`: why an own one
    means nothing under today's metadata; its `dashboard` then has a label and no more."""

    key: str
    dashboard: DashboardModel
    own: bool
    editable: bool
    owner: str | None = None
    problems: tuple[Problem, ...] = ()

    def widget(self, name: str) -> WidgetModel:
        """The widget of that name. Raises WidgetAway."""
        for one in self.dashboard.widgets:
            if one.name == name:
                return one
        raise WidgetAway(name=name[:60])


def find(caller: Caller, key: str) -> Found:
    """The dashboard with this key. Raises NotFound also for what the caller may not see, DashboardBroken for an own one
    that speaks of what is gone."""
    if uuid_text(key) is not None:
        found = _own(caller, own_documents.find(caller, key, DASHBOARD))
        if found.problems:
            raise DashboardBroken(found.dashboard.label.text(caller.locale), found.problems, caller.locale)
        return found
    dashboard = caller.model.dashboards.get(key)
    if dashboard is None or not may_see(caller, dashboard):
        raise NotFound
    return Found(key, dashboard, own=False, editable=caller.holds("metadata", "dashboard"))


def _own(caller: Caller, document: OwnDocument) -> Found:
    reports = own_reports(caller, DASHBOARD, document.body, own_documents.find)
    made, problems = problems_of(caller, DASHBOARD, document.id, document.label, document.body, reports)
    if not isinstance(made, DashboardModel):
        made = DashboardModel(document.id, Label(document.label, document.label), ())
    return Found(document.id, made, own=True, editable=document.editable, owner=document.owner, problems=problems)


def documents(caller: Caller) -> list[Found]:
    """The tenant's dashboards that the caller may see, in their order."""
    seen = [one for one in caller.model.dashboards.values() if may_see(caller, one)]
    editable = caller.holds("metadata", "dashboard")
    return [
        Found(one.name, one, own=False, editable=editable)
        for one in sorted(seen, key=lambda d: (d.position, d.label.text(caller.locale)))
    ]


def all_of(caller: Caller) -> list[Found]:
    """All dashboards that the caller may see: documents in their order, then his own and those shared with him, also
    such as mean nothing any more."""
    return documents(caller) + [_own(caller, one) for one in own_documents.list_for(caller, DASHBOARD)]


def may_see(caller: Caller, dashboard: DashboardModel) -> bool:
    """Whether the dashboard is open to the caller: to everybody, or `only` to those it is made for."""
    return caller.rights.is_admin or not dashboard.only or meets(caller, dashboard)


def meets(caller: Caller, dashboard: DashboardModel) -> bool:
    """Whether the dashboard is made for one of the caller's permission sets."""
    return not dashboard.for_sets.isdisjoint(caller.rights.names)
