"""/reports: every report that one may see, under its folder, with a box to find one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from dougong_metadata.model.report_types import TYPES
from dougong_platform.reports.finding import Found, all_of
from dougong_tenants.organisation import organisation_of
from dougong_ui_builder.components import label_text
from dougong_ui_builder.page import page
from dougong_ui_builder.screens.reports.routes import blueprint
from dougong_ui_builder.words import gettext, lazy_gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dougong_platform.http.caller import Caller

TYPE_WORDS = {
    "list": lazy_gettext("List"),
    "summary": lazy_gettext("Summary"),
    "matrix": lazy_gettext("Matrix"),
    "funnel": lazy_gettext("Funnel"),
    "cohort": lazy_gettext("Cohort"),
    "trend": lazy_gettext("Trend"),
    "win_loss": lazy_gettext("Won and lost"),
}
TYPE_ICONS = {
    "list": "list-details",
    "summary": "table",
    "matrix": "grid-dots",
    "funnel": "chart-funnel",
    "cohort": "stack-2",
    "trend": "chart-line",
    "win_loss": "trophy",
}
assert TYPE_WORDS.keys() == TYPE_ICONS.keys() == set(TYPES)


@dataclass(frozen=True, slots=True)
class Line:
    """One report. `owner`: who keeps it as his, "" for those of the company."""

    key: str
    label: str
    about: str
    object: str
    type: str
    icon: str
    owner: str
    own: bool
    broken: bool = False  # it fits today's metadata no more

    @property
    def text(self) -> str:
        """What is searched."""
        return f"{self.label} {self.about} {self.object} {self.type} {self.owner}"


@dataclass(frozen=True, slots=True)
class Folder:
    label: str
    lines: tuple[Line, ...]


@blueprint.get("/reports")
@page()
def show_all(caller: Caller) -> str:
    """The page; `q` leaves those that hold all of its words."""
    text = request.args.get("q", "").strip()[:200]
    found = all_of(caller)
    return render_template(
        "reports/reports.html",
        folders=folders_of(caller, found, text),
        total=len(found),
        text=text,
        may_make=may_make(caller),
    )


def may_make(caller: Caller) -> bool:
    """Whether there is any object of which the caller could make a report."""
    rights = caller.rights
    return any(rights.object(one.name).read != "none" for one in caller.model.objects.values() if not one.system)


def folders_of(caller: Caller, found: Sequence[Found], text: str = "") -> list[Folder]:
    """The reports under their folders: in the order of the first of each, what people keep for themselves behind."""
    words = text.lower().split()
    folders: dict[str, list[Line]] = {}
    for one, line in zip(found, _lines(caller, found), strict=True):
        if all(word in line.text.lower() for word in words):
            folders.setdefault(_folder(caller, one), []).append(line)
    return [Folder(label, tuple(lines)) for label, lines in folders.items()]


def _folder(caller: Caller, found: Found) -> str:
    if found.report.folder is not None:
        return label_text(found.report.folder)
    if not found.own:
        return gettext("Reports")
    return gettext("My reports") if found.owner == caller.user else gettext("Shared with me")


def _lines(caller: Caller, found: Sequence[Found]) -> list[Line]:
    owners = {one.owner for one in found if one.owner is not None}
    people = organisation_of(caller.database, caller.tenant, caller.stamp).people if owners else {}
    objects = caller.model.objects
    names = {id: people[id].name for id in owners if id in people}
    return [
        Line(
            one.key,
            label_text(one.report.label),
            label_text(one.report.description) if one.report.description else "",
            label_text(objects[one.report.object].plural) if one.report.object in objects else "",
            str(TYPE_WORDS[one.report.type]),
            TYPE_ICONS[one.report.type],
            names.get(one.owner or "", ""),
            one.own,
            bool(one.problems),
        )
        for one in found
    ]
