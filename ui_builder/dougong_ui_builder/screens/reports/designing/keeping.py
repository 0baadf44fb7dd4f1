"""Saving what the builder has before it: as one's own, as a copy, or into the draft for everybody. Nobody's change is
overwritten unseen: who saves later is shown both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_platform import own_documents
from dougong_platform.errors import DraftChanged, RecordsInvalid
from dougong_platform.own_documents.errors import DocumentChanged
from dougong_ui_builder.builder.api_names import free_name
from dougong_ui_builder.builder.draft_view import read_draft
from dougong_ui_builder.builder.saving import make, own_problems
from dougong_ui_builder.builder.saving import save as save_draft
from dougong_ui_builder.screens.reports.designing.body import Body, for_type
from dougong_ui_builder.screens.reports.designing.opening import DOCUMENT, OWN, Opened, opened

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

OF_EVERYBODY = ("label", "folder", "for", "position")  # what only a document says


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved meanwhile: what there is now, and in whose words it is said."""

    sentence: str
    now: Opened


class Refused(Exception):
    """It cannot be kept as it is; `problems` have their paths, `sentences` none."""

    def __init__(self, problems: tuple[Problem, ...] = (), sentences: tuple[str, ...] = ()) -> None:
        super().__init__(*sentences)
        self.problems, self.sentences = problems, sentences


def keep_own(caller: Caller, found: Opened, body: Mapping[str, Any], version: str) -> str | Conflict:
    """Change one's own report (or one shared for editing), or create it: its key. Raises Refused."""
    label = Label.of(body.get("label"), "").text(caller.locale)
    held = {key: value for key, value in for_type(body).items() if key not in OF_EVERYBODY}
    try:
        if found.source != OWN:
            return own_documents.create(caller, "report", label, held).id
        own_documents.change(caller, found.key, _number(version), label=label, body=held)
    except DocumentChanged as fault:
        return Conflict(fault.message(caller.locale), opened(caller, found.key))
    except InvalidDocuments as fault:
        raise Refused(tuple(fault.problems)) from fault
    except RecordsInvalid as fault:
        raise Refused(sentences=tuple(error.message for error in fault.errors)) from fault
    return found.key


def publish(caller: Caller, found: Opened, body: Mapping[str, Any], version: str) -> str | Conflict:
    """Put the report into the draft, where everybody will get it from: its api name. Raises Refused."""
    view = read_draft(caller)
    is_there = found.source == DOCUMENT
    taken = {name for kind, name in view.documents if kind == "report"}
    name = found.key if is_there else free_name(body.get("label"), taken, "report")
    made = make("report", name, _document_body(found, body))
    if isinstance(made, tuple):
        raise Refused(made)
    wrong = [problem for problem in own_problems(view, made) if (problem.kind, problem.name) == made.key]
    if wrong:
        raise Refused(tuple(wrong))
    try:
        save_draft(caller, [made], {made.key: version} if is_there else {})
    except DraftChanged as fault:
        return Conflict(fault.message(caller.locale), opened(caller, name))
    return name


def _document_body(found: Opened, body: Mapping[str, Any]) -> Body:
    held = for_type(body)
    for key in ("folder", "for", "position"):  # said elsewhere: kept as they are
        if found.source == DOCUMENT and key in found.body:
            held[key] = found.body[key]
    return held


def _number(version: str) -> int:
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0


__all__ = ["Conflict", "Document", "Refused", "keep_own", "publish"]
