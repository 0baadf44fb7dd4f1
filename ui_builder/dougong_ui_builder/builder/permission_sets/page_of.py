"""What every page of one permission set shows: its head, tabs with counts, how many hold it; and how it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from dougong_metadata.documents import Document
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_platform.people.held_sets import holders, organisation_for
from dougong_ui_builder import toasts
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.documents.views import places_of
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import document_label, draw, problem_links
from dougong_ui_builder.builder.saving import make, own_problems, save
from dougong_ui_builder.builder.vocabulary import ObjectWords, Vocabulary
from dougong_ui_builder.words import gettext

Answer = str | Response | tuple[str, int]
KIND = "permission_set"
BASE = "/builder/permission_sets"


@dataclass(frozen=True)
class SetPage:
    caller: Caller
    view: DraftView
    words: Vocabulary
    document: Document

    @property
    def name(self) -> str:
        """The set's api name."""
        return self.document.name

    @property
    def objects(self) -> list[ObjectWords]:
        """The objects on which rights are granted, as the draft has them; those of people are everybody's to read."""
        return [one for one in self.words.objects.values() if not one.system]

    @property
    def body(self) -> dict[str, Any]:
        """A copy of the document's body, to be changed."""
        return {key: value for key, value in self.document.json().items() if key not in ("kind", "name")}

    def draw(self, template: str, tab: str, problems: list[Problem] | None = None, **context: Any) -> str:
        """A page with the set's head and tabs."""
        found = problems
        if found is None:
            found = [p for p in self.view.problems if (p.kind, p.name) == self.document.key]
        changed = last_changes(self.caller, KIND, self.name)
        return draw(
            self.caller,
            self.view,
            template,
            document=self.document,
            title=document_label(self.document),
            base=f"{BASE}/{self.name}",
            line=line(self.view, self.document, changed),
            tabs=self._tabs(tab),
            held=holders(organisation_for(self.caller), self.name),
            may_grant="people" in self.caller.rights.system,
            problems=problem_links(found),
            uses=places_of(self.view, KIND, self.name),
            seen=request.form.get("@seen") or self.document.hash,
            **context,
        )

    def save(self, body: Mapping[str, Any]) -> list[Problem]:
        """Put the changed body into the draft; what is wrong with it where it was not saved."""
        made = make(KIND, self.name, {key: value for key, value in body.items() if value not in ({}, [], ())})
        problems = list(made) if isinstance(made, tuple) else own_problems(self.view, made)
        if isinstance(made, tuple) or (problems and request.form.get("@do") != "keep"):
            return problems
        seen = request.form.get("@seen")
        save(self.caller, [made], {made.key: seen} if seen else None)
        toasts.say(gettext("Saved in the draft"))
        return []

    def _tabs(self, current: str) -> list[dict[str, Any]]:
        body, base = self.document.body, f"{BASE}/{self.name}"
        tabs = [
            ("objects", gettext("Objects"), base, len(body.get("objects") or ())),
            ("fields", gettext("Object fields"), f"{base}/fields", len(body.get("fields") or ())),
            ("settings", gettext("Apps and system"), f"{base}/settings", None),
        ]
        return [{"text": t, "href": href, "count": n, "current": key == current} for key, t, href, n in tabs]


def set_page(caller: Caller, name: str) -> SetPage:
    """Raises NotFound."""
    view = read_draft(caller)
    document = view.document(KIND, name)
    return SetPage(caller, view, Vocabulary(view, caller.locale), document)
