"""What the draft changes: every document, in words first and as YAML below, with the plan beside it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from flask import Response, request

from dougong_metadata.folders import document_path
from dougong_metadata.model.describe import Change, describe_change
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import ANY_KIND, Caller
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.draft import Entry
from dougong_platform.releases.listing import last_publish, list_releases
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.changes.difference import yaml_difference
from dougong_ui_builder.builder.changes.effects import CAUSES
from dougong_ui_builder.builder.changes.routes import blueprint
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw
from dougong_ui_builder.languages import current_locale
from dougong_ui_builder.page import page, redirect_to
from dougong_ui_builder.words import gettext

HOW = {"add": "good", "change": "info", "delete": "bad"}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One changed document of the list; `says` is its first change in words."""

    entry: Entry
    label: str
    how: str
    says: str
    who: str
    stale: bool


@blueprint.get("/changes")
@blueprint.get("/changes/<kind>/<name>")
@page("metadata", ANY_KIND)
def show_changes(caller: Caller, kind: str = "", name: str = "") -> str:
    """The list, the chosen change (the first unless the address says which), the plan, the releases."""
    view = read_draft(caller)
    mine = {key: entry for key, entry in view.entries.items() if caller.rights.may_shape(entry.kind)}
    lines = [change_line(view, entry) for entry in mine.values()]
    if kind and (kind, name) not in mine:
        raise NotFound
    chosen = mine.get((kind, name)) or next(iter(mine.values()), None)
    people = request.args.get("by") == "person"
    return draw(
        caller,
        view,
        "builder/changes.html",
        groups=_by_person(lines) if people else [("", lines)],
        people=people,
        lines=lines,
        bears_access="metadata" in caller.rights.system and any(e.kind in CAUSES for e in mine.values()),
        chosen=change_line(view, chosen) if chosen else None,
        places=places(view, chosen) if chosen else [],
        diff=difference(view, chosen) if chosen else [],
        releases=list_releases(caller.database, caller.tenant, limit=30),
        running=last_publish(caller.database, caller.tenant, caller.locale),
    )


@blueprint.post("/changes/discard")
@page("metadata")
def discard(caller: Caller) -> Response:
    """Forget the whole draft."""
    count = drafts.discard(caller.database, caller.tenant)
    toasts.say(gettext("%(count)s changes discarded", count=count))
    return redirect_to("/builder/changes")


@blueprint.post("/changes/<kind>/<name>/revert")
@page("metadata")
def revert_change(caller: Caller, kind: str, name: str) -> Response:
    """Forget the change of one document."""
    if not drafts.discard(caller.database, caller.tenant, [(kind, name)]):
        raise NotFound
    toasts.say(gettext("As released again"))
    return redirect_to("/builder/changes")


@blueprint.get("/changes/export")
@page("metadata")
def export(caller: Caller) -> Response:
    """A zip of YAML files: the draft's documents, as `dougong metadata` reads and writes them."""
    view = read_draft(caller)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for _, document in sorted(view.documents.items()):
            archive.writestr(document_path(document), document.yaml())
    name = f"{caller.tenant.name}-metadata.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made.getvalue(), mimetype="application/zip", headers=headers)


def change_line(view: DraftView, entry: Entry) -> ChangeLine:
    """How the list shows a change."""
    old = view.released(entry.kind, entry.name)
    label = document_label(entry.document or old, entry.name)
    found = places(view, entry)
    locale, says = current_locale(), ""
    if found and found[0].path:
        one = found[0]
        says = f"{one.label.text(locale)}: {one.old.text(locale)} → {one.new.text(locale)}"
        says += f" +{len(found) - 1}" if len(found) > 1 else ""
    how = "delete" if entry.document is None else "change" if old else "add"
    stale = (old.hash if old else None) != entry.base
    return ChangeLine(entry, label, how, says, view.names.get(entry.by or "", gettext("System")), stale)


def places(view: DraftView, entry: Entry) -> list[Change]:
    """Every changed place in words."""
    return describe_change(view.released(entry.kind, entry.name), entry.document)


def difference(view: DraftView, entry: Entry) -> list[tuple[str, str]]:
    """As YAML."""
    return yaml_difference(view.released(entry.kind, entry.name), entry.document)


def _by_person(lines: list[ChangeLine]) -> list[tuple[str, list[ChangeLine]]]:
    people: dict[str, list[ChangeLine]] = {}
    for line in lines:
        people.setdefault(line.who, []).append(line)
    return sorted(people.items())
