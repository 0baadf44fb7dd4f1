"""What every page of one object shows: its head, its tabs with counts, its documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.documents.views import places_of
from dougong_ui_builder.builder.draft_view import DraftView, read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.builder.objects.counts import count_records
from dougong_ui_builder.builder.vocabulary import ObjectWords, Vocabulary
from dougong_ui_builder.words import gettext

ATTACHED = ("validation", "pipeline", "automation", "layout", "list_view")  # kinds whose documents belong to an object


@dataclass(frozen=True)
class ObjectPage:
    caller: Caller
    view: DraftView
    words: Vocabulary
    document: Document

    @property
    def name(self) -> str:
        """The object's api name."""
        return self.document.name

    @property
    def object(self) -> ObjectWords:
        """The object as the draft has it."""
        return self.words.objects[self.name]

    def attached(self, kind: str) -> list[Document]:
        """Documents of a kind that belong to this object."""
        return [d for d in self.view.of_kind(kind) if d.body.get("object") == self.name]

    def draw(self, template: str, tab: str, **context: Any) -> str:
        """A page with the object's head and tabs."""
        changed = last_changes(self.caller, "object", self.name)
        return draw(
            self.caller,
            self.view,
            template,
            document=self.document,
            object=self.object,
            tabs=self._tabs(tab),
            line=line(self.view, self.document, changed),
            records=count_records(self.caller, self.name),
            **context,
        )

    def _tabs(self, current: str) -> list[dict[str, Any]]:
        body, base = self.document.body, f"/builder/objects/{self.name}"
        sizes = {key: len(body.get(key) or ()) for key in ("record_types", "unique_keys", "indexes")}
        tabs = [
            ("fields", gettext("Object fields"), base, len(self.object.own_fields)),
            ("types", gettext("Record types"), base + "/types", sizes["record_types"]),
            ("keys", gettext("Unique and indexes"), base + "/keys", sizes["unique_keys"] + sizes["indexes"]),
            ("validations", gettext("Validations"), base + "/validations", len(self.attached("validation"))),
            ("automations", gettext("Automations"), base + "/automations", len(self.attached("automation"))),
            ("pipelines", gettext("Pipelines"), base + "/pipelines", len(self.attached("pipeline"))),
            ("layouts", gettext("Layouts"), base + "/layouts", len(self.attached("layout"))),
            ("list_views", gettext("List views"), base + "/list_views", len(self.attached("list_view"))),
            ("access", gettext("Who may see"), base + "/access", None),
            ("details", gettext("Settings"), base + "/details", None),
            ("uses", gettext("Where used"), base + "/uses", len(places_of(self.view, "object", self.name))),
        ]
        return [{"text": t, "href": href, "count": n, "current": key == current} for key, t, href, n in tabs]


def object_page(caller: Caller, name: str) -> ObjectPage:
    """Raises NotFound."""
    view = read_draft(caller)
    document = view.document("object", name)
    return ObjectPage(caller, view, Vocabulary(view, caller.locale), document)
