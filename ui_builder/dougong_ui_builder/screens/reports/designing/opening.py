"""Which report the builder has before it: a new one, one of a person's own, or a document of the tenant (for those who
may shape reports: as the draft has it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_metadata.documents import Document
from dougong_platform import own_documents
from dougong_platform.errors import NotFound
from dougong_platform.query.single import uuid_text
from dougong_platform.reports.finding import find
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.screens.reports.designing.body import KEYS, Body

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

NEW, OWN, DOCUMENT = "new", "own", "document"


@dataclass(frozen=True, slots=True)
class Opened:
    """`key` is "" of a new one. `version`: what it is compared with when it is saved (of a document its hash). `may`:
    whether it is this one that is saved; else a copy is. `publishes`: whether the person may shape everybody's."""

    source: str
    key: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    may: bool = True
    publishes: bool = False
    is_own: bool = False
    owner: str = ""
    draft: DraftView | None = None

    @property
    def address(self) -> str:
        """Of its builder."""
        return f"/reports/{self.key}/edit" if self.key else "/reports/new"

    @property
    def in_draft(self) -> bool:
        """Whether what is shown is a draft that nobody else sees yet."""
        return self.draft is not None and bool(self.draft.mark("report", self.key))


def opened(caller: Caller, key: str) -> Opened:
    """Raises NotFound for what the caller may not see."""
    publishes = may_publish(caller)
    if not key:
        return Opened(NEW, publishes=publishes)
    if uuid_text(key) is not None:
        found = own_documents.find(caller, key, "report")
        body: Body = {**found.body, "label": found.label}
        return Opened(
            OWN, found.id, body, str(found.version), found.editable, publishes, found.is_own, found.owner_name or ""
        )
    if publishes:
        view = read_draft(caller)
        document = view.document("report", key)
        return Opened(DOCUMENT, key, _body(document), document.hash, True, True, draft=view)
    find(caller, key)
    released = caller.model.documents.get(("report", key))
    if released is None:
        raise NotFound
    return Opened(DOCUMENT, key, _body(released), released.hash, False)


def may_publish(caller: Caller) -> bool:
    """Whether the caller may shape the reports that everybody has."""
    return caller.holds("metadata", "report")


def _body(document: Document) -> Body:
    return {key: value for key, value in document.json().items() if key in KEYS}
