"""Writes documents into the draft on behalf of a page; every page of the builder saves through here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_ui_builder.builder.draft_view import DraftView, problems_with


def make(kind: str, name: str, body: Mapping[str, Any]) -> Document | tuple[Problem, ...]:
    """The document, or why no document can hold this."""
    try:
        return Document(kind, name, body)
    except InvalidDocuments as fault:
        return tuple(fault.problems)


def own_problems(view: DraftView, document: Document) -> list[Problem]:
    """What would be wrong with this document in the draft; what is wrong with others is left to the plan.

    A problem of another document counts where this change causes it and the other was right before.
    """
    before = set(view.problems)
    found = problems_with(view, document)
    mine = [p for p in found if (p.kind, p.name) == document.key]
    return mine or [p for p in found if p not in before and not view.problems]


def save(caller: Caller, documents: Iterable[Document], seen: Mapping[tuple[str, str], str] | None = None) -> None:
    """Into the draft. `seen`: hashes the page was made from; raises DraftChanged if somebody was faster."""
    drafts.put(caller.database, caller.tenant, documents, by=caller.user, expected=seen or {})
