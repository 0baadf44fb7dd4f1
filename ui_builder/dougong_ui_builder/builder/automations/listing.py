"""The list of automations, each as a sentence, with how it went in the last 30 days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from dougong_platform.automations import reading
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.automations import sentence
from dougong_ui_builder.builder.automations.routes import blueprint
from dougong_ui_builder.builder.documents.lists import Line, last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw
from dougong_ui_builder.builder.vocabulary import Vocabulary
from dougong_ui_builder.page import page


@dataclass(frozen=True, slots=True)
class Row:
    """`went`: {"done", "failed", "cut", "skipped"} of the last 30 days; `last`: when it last ran;
    `of`: what its object is called."""

    line: Line
    says: str
    active: bool
    went: dict[str, int]
    last: str | None
    of: str = ""


@blueprint.get("")
@page("metadata", "automation")
def list_automations(caller: Caller) -> str:
    """?q= finds by words, ?object= those of an object."""
    view = read_draft(caller)
    object, words = request.args.get("object", ""), request.args.get("q", "").strip().lower()
    rows = rows_of(caller, view)
    objects = sorted({row.line.object for row in rows if row.line.object})
    return draw(
        caller,
        view,
        "automations/list.html",
        rows=[row for row in rows if _fits(row, object, words)],
        total=len(rows),
        words=words,
        object=object,
        objects=[(name, document_label(view.documents.get(("object", name)), name)) for name in objects],
    )


def rows_of(caller: Caller, view: DraftView, object: str | None = None) -> list[Row]:
    """Those of the draft, by object and order; of one object if said."""
    words = Vocabulary(view, caller.locale)
    changed = last_changes(caller, "automation")
    known: dict[str, Any] = {one["name"]: one for one in reading.automations(caller)}
    documents = [d for d in view.of_kind("automation") if object is None or d.body.get("object") == object]
    gone = [
        old
        for key, entry in view.entries.items()
        if key[0] == "automation" and entry.document is None and (old := view.released(*key)) is not None
    ]
    documents += [old for old in gone if object is None or old.body.get("object") == object]
    made = []
    for document in sorted(documents, key=lambda d: (str(d.body.get("object") or ""), _position(d.body), d.name)):
        found = known.get(document.name, {})
        says = sentence.when(words, document.body)
        active = document.body.get("active") is not False
        of = str(document.body.get("object") or "")
        own = document_label(view.documents.get(("object", of)), of) if of else ""
        row = Row(line(view, document, changed), says, active, found.get("counts") or {}, found.get("last_run_at"), own)
        made.append(row)
    return made


def _position(body: Any) -> int:
    given = body.get("position", 0)
    return given if isinstance(given, int) else 0


def _fits(row: Row, object: str, words: str) -> bool:
    texts = (row.line.en.lower(), row.line.zh.lower(), row.line.document.name, row.says.lower())
    return (not object or row.line.object == object) and (not words or any(words in text for text in texts))
