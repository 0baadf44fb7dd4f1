"""A flow as the draft has it, and the frame that all of its pages share: head, tabs, what hinders publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import organisation_for
from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.approvals.sentence import Sayer
from dougong_ui_builder.builder.approvals.tree import Nodes, nodes_in
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.builder.saving import make, save
from dougong_ui_builder.builder.vocabulary import Vocabulary, label_of
from dougong_ui_builder.words import gettext

KIND, BASE = "approval", "/builder/approvals"


@dataclass(frozen=True)
class FlowPage:
    caller: Caller
    view: DraftView
    words: Vocabulary
    document: Document

    @property
    def name(self) -> str:
        """The flow's api name."""
        return self.document.name

    @property
    def object(self) -> str:
        return str(self.document.body.get("object", ""))

    @property
    def url(self) -> str:
        return f"{BASE}/{self.name}"

    @cached_property
    def body(self) -> dict[str, Any]:
        """The document without kind and name."""
        return {key: value for key, value in self.document.json().items() if key not in ("kind", "name")}

    @cached_property
    def nodes(self) -> Nodes:
        """As the draft has them."""
        return nodes_in(self.body)

    @cached_property
    def organisation(self) -> Organisation:
        return organisation_for(self.caller)

    @cached_property
    def sayer(self) -> Sayer:
        return Sayer(self.view, self.caller.locale, self.organisation, self.object)

    @cached_property
    def problems(self) -> list[Problem]:
        """What is wrong with this flow in the draft; publishing is refused while there is any."""
        return [p for p in self.view.problems if (p.kind, p.name) == self.document.key]

    def with_body(self, body: Mapping[str, Any]) -> FlowPage:
        """The page of what was just saved."""
        return flow_page(self.caller, self.name) if body != self.body else self

    def write(self, body: Mapping[str, Any], seen: str | None) -> list[Problem]:
        """Save a body into the draft, with whatever problems: they are shown at their nodes and hinder publishing.

        Only what no document can hold is refused and returned. Raises DraftChanged.
        """
        made = make(KIND, self.name, body)
        if isinstance(made, tuple):
            return list(made)
        if made.hash != self.document.hash or seen not in (None, self.document.hash):
            save(self.caller, [made], {made.key: seen} if seen else None)
        return []

    def draw(self, template: str, tab: str, **context: Any) -> str:
        """A page with the flow's head; `tab` is flow, submit, outcomes, versions, statistics or try-out."""
        return draw(
            self.caller,
            self.view,
            template,
            made=self,
            document=self.document,
            title=label_of(self.document.body, self.name),
            object=self.words.objects.get(self.object),
            tab=tab,
            tabs=tabs(self.url, tab),
            running=running(self.caller, self.name),
            line=line(self.view, self.document, last_changes(self.caller, KIND, self.name)),
            faulty=len(self.problems),
            **context,
        )


def tabs(url: str, current: str) -> list[dict[str, Any]]:
    """The parts of a flow's pages."""
    parts = (
        ("flow", gettext("Flow"), url),
        ("submit", gettext("Submit and recall"), url + "/submit"),
        ("outcomes", gettext("Outcome actions"), url + "/outcomes"),
        ("versions", gettext("Versions"), url + "/versions"),
        ("statistics", gettext("Statistics"), url + "/statistics"),
    )
    return [{"text": text, "href": href, "current": key == current} for key, text, href in parts]


def flow_page(caller: Caller, name: str) -> FlowPage:
    """Raises NotFound."""
    view = read_draft(caller)
    return FlowPage(caller, view, Vocabulary(view, caller.locale), view.document(KIND, name))


def running(caller: Caller, flow: str) -> int:
    """How many approvals go through a flow now."""
    return running_counts(caller).get(flow, 0)


def running_counts(caller: Caller) -> dict[str, int]:
    """By flow: how many approvals have not ended."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        rows = tx.execute(
            "select flow, count(*) from _approval where state in ('running', 'returned') group by flow"
        ).fetchall()
    return {flow: int(many) for flow, many in rows}
