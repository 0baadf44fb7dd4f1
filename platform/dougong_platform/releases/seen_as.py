"""Dashboards with numbers that everybody sees under one person's access: who may publish what they show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dougong_metadata.documents import Document
from dougong_metadata.label import Label
from dougong_platform.errors import SeenAsNotYours
from dougong_platform.http.caller import Caller
from dougong_platform.releases.draft import Entry

_LENT = ("view_as", "beside_as")  # keys of dashboards that name whose access everybody's numbers have


def require_seen_as(caller: Caller, entries: Iterable[Entry]) -> None:
    """Raise SeenAsNotYours where the draft opens somebody's numbers to others: by a dashboard seen as that person, or
    by a report on one. Whoever decides about people may."""
    if caller.rights.is_admin or "people" in caller.rights.system:
        return
    drafted = {(entry.kind, entry.name): entry.document for entry in entries}
    documents: Mapping[tuple[str, str], Document | None] = {**caller.model.documents, **drafted}
    for (kind, name), document in documents.items():
        if kind != "dashboard" or document is None or not any(document.body.get(key) for key in _LENT):
            continue
        if (kind, name) in drafted or any(("report", report) in drafted for report in _reports(document)):
            label = document.body.get("label")
            given = Label.of(label if isinstance(label, (str, Mapping)) else None, name)
            raise SeenAsNotYours(en=given.en, zh=given.zh)


def _reports(dashboard: Document) -> Iterator[str]:
    widgets = dashboard.body.get("widgets")
    for widget in widgets.values() if isinstance(widgets, Mapping) else ():
        if isinstance(widget, Mapping) and isinstance(widget.get("report"), str):
            yield widget["report"]
