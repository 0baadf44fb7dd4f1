"""The list of flows: what each does in words, how many approvals go through it now, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from dougong_metadata.documents import Document
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import organisation_for
from dougong_tenants.organisation import Organisation
from dougong_ui_builder.builder.approvals.page_of import BASE, KIND, running_counts
from dougong_ui_builder.builder.approvals.routes import blueprint
from dougong_ui_builder.builder.approvals.sentence import Sayer, counted
from dougong_ui_builder.builder.approvals.tree import nodes_in
from dougong_ui_builder.builder.documents.lists import Line, last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw
from dougong_ui_builder.page import page


@dataclass(frozen=True, slots=True)
class Row:
    """One flow. `of`: what its object is called; `start`: who may submit what; `faults`: how much is wrong with it."""

    line: Line
    of: str
    says: str
    start: str
    nodes: int
    active: bool
    running: int
    faults: int

    @property
    def url(self) -> str:
        return f"{BASE}/{self.line.document.name}"


@blueprint.get("")
@page("metadata", KIND)
def list_flows(caller: Caller) -> str:
    """?q= finds by words, ?object= those of an object."""
    view = read_draft(caller)
    object, words = request.args.get("object", ""), request.args.get("q", "").strip().lower()
    rows = rows_of(caller, view)
    objects = sorted({row.line.object for row in rows if row.line.object})
    return draw(
        caller,
        view,
        "approval_flows/list.html",
        rows=[row for row in rows if _fits(row, object, words)],
        total=len(rows),
        words=words,
        object=object,
        objects=[(name, document_label(view.documents.get(("object", name)), name)) for name in objects],
    )


def rows_of(caller: Caller, view: DraftView) -> list[Row]:
    """The flows of the draft by object, and those that it takes away."""
    changed, going, organisation = last_changes(caller, KIND), running_counts(caller), organisation_for(caller)
    gone = [
        old
        for key, entry in view.entries.items()
        if key[0] == KIND and entry.document is None and (old := view.released(*key)) is not None
    ]
    documents = sorted([*view.of_kind(KIND), *gone], key=lambda one: (str(one.body.get("object") or ""), one.name))
    made = []
    for document in documents:
        row = line(view, document, changed)
        made.append(_row(caller, view, document, row, going.get(document.name, 0), organisation))
    return made


def _row(caller: Caller, view: DraftView, document: Document, row: Line, going: int, organisation: Organisation) -> Row:
    of = str(document.body.get("object") or "")
    body = document.json()
    nodes, sayer = nodes_in(body), Sayer(view, caller.locale, organisation, of)
    return Row(
        row,
        document_label(view.documents.get(("object", of)), of),
        sayer.flow(nodes),
        sayer.start(body),
        counted(nodes),
        body.get("active") is not False,
        going,
        sum((p.kind, p.name) == document.key for p in view.problems),
    )


def _fits(row: Row, object: str, words: str) -> bool:
    texts = (row.line.en.lower(), row.line.zh.lower(), row.line.document.name, row.says.lower(), row.of.lower())
    return (not object or row.line.object == object) and (not words or any(words in text for text in texts))
