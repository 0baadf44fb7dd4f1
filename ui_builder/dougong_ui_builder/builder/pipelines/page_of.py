"""What every page of one pipeline shows and changes: the document, its stages, the values behind them, its tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.label import Label
from dougong_metadata.problems import Problem
from dougong_platform.http.caller import Caller
from dougong_ui_builder.builder.documents.lists import last_changes, line
from dougong_ui_builder.builder.draft_view import DraftView, problems_with, read_draft
from dougong_ui_builder.builder.frame import draw
from dougong_ui_builder.builder.pipelines.values import Values, values_of
from dougong_ui_builder.builder.saving import make, save
from dougong_ui_builder.builder.vocabulary import Vocabulary, label_of
from dougong_ui_builder.words import gettext

Stages = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class PipelinePage:
    caller: Caller
    view: DraftView
    words: Vocabulary
    document: Document

    @property
    def name(self) -> str:
        """The pipeline's api name."""
        return self.document.name

    @property
    def object(self) -> str:
        return str(self.document.body.get("object", ""))

    @property
    def field(self) -> str:
        return str(self.document.body.get("field", ""))

    @property
    def url(self) -> str:
        return f"/builder/pipelines/{self.name}"

    @cached_property
    def values(self) -> Values | None:
        """None while the field is no picklist of the draft."""
        return values_of(self.view, self.object, self.field)

    @cached_property
    def stages(self) -> Stages:
        """As the draft has them, in order; what is no mapping counts as empty."""
        return stages_of(self.document)

    def label(self, value: str) -> Label:
        """What a stage is called: the label of its value."""
        return (self.values.labels if self.values else {}).get(value) or Label.of(None, value)

    def colour(self, value: str) -> str:
        """The stage's own colour, else its value's."""
        own = self.stages.get(value, {}).get("colour")
        return str(own or (self.values.colours if self.values else {}).get(value, "mute"))

    def problems(self) -> list[Problem]:
        """What is wrong with this pipeline in the draft."""
        return [p for p in self.view.problems if (p.kind, p.name) == self.document.key]

    def body(self, **changes: Any) -> dict[str, Any]:
        """The document's body with these keys changed."""
        return {k: v for k, v in {**self.document.json(), **changes}.items() if k not in ("kind", "name")}

    def write(self, stages: Mapping[str, Any], *others: Document, **changes: Any) -> list[Problem]:
        """Save the pipeline with these stages, and other documents with it; the problems that hinder it."""
        made = make("pipeline", self.name, self.body(**changes, stages=dict(stages)))
        if isinstance(made, tuple):
            return list(made)
        before = {(p.kind, p.name, p.path, p.code) for p in self.view.problems}
        found = problems_with(self.view, made, *others)
        problems = [p for p in found if (p.kind, p.name, p.path, p.code) not in before]
        if not problems:
            save(self.caller, [made, *others])
        return problems

    def draw(self, template: str, tab: str, **context: Any) -> str:
        """A page with the pipeline's head and tabs."""
        found = self.words.objects.get(self.object)
        field = found.fields.get(self.field) if found else None
        return draw(
            self.caller,
            self.view,
            template,
            made=self,
            document=self.document,
            title=label_of(self.document.body, self.name),
            object=found,
            field=field,
            tabs=self._tabs(tab),
            line=line(self.view, self.document, last_changes(self.caller, "pipeline", self.name)),
            **context,
        )

    def _tabs(self, current: str) -> list[dict[str, Any]]:
        tabs = [
            ("stages", gettext("Stages"), self.url, len(self.stages)),
            ("moves", gettext("Moves"), self.url + "/moves", None),
            ("settings", gettext("Settings"), self.url + "/settings", None),
        ]
        return [{"text": t, "href": href, "count": n, "current": key == current} for key, t, href, n in tabs]


def stages_of(document: Document | None) -> Stages:
    """The stages of a pipeline's document."""
    given = document.json().get("stages") if document is not None else None
    if not isinstance(given, Mapping):
        return {}
    return {str(value): dict(stage) if isinstance(stage, Mapping) else {} for value, stage in given.items()}


def pipeline_page(caller: Caller, name: str) -> PipelinePage:
    """Raises NotFound."""
    view = read_draft(caller)
    document = view.document("pipeline", name)
    return PipelinePage(caller, view, Vocabulary(view, caller.locale), document)
