"""A line of a plan: what is done, and to how many records."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import Use
from dougong_platform.releases.impact import Impact


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step with its impact. `action` as in `dougong_metadata.model.changes`, or `add_validation`,
    `rebuild_table`, `table_full`, `move_stage`, `open_stays`, `end_stays`, or what nouns advise: `keep_version`,
    `approval_reads`.

    Of move_stage `name` is "pipeline.stage", `choices` are the stages to which its records may go, `chosen` the one
    that was said.
    """

    action: str
    object: str
    says: Label
    impact: Impact
    field: str | None = None
    name: str | None = None
    fields: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    choices: Mapping[str, Label] = dataclasses.field(default_factory=dict)
    chosen: str | None = None

    def text(self, locale: str) -> str:
        """One line for people."""
        note = f" — {self.impact.note.text(locale)}" if self.impact.note else ""
        return f"{self.says.text(locale)} ({self.object}{'.' + self.field if self.field else ''}){note}"

    def json(self, locale: str) -> dict[str, Any]:
        """As the API answers it."""
        return {
            "action": self.action,
            "object": self.object,
            "field": self.field,
            "name": self.name,
            "fields": list(self.fields),
            "text": self.says.text(locale),
            "uses": [{"kind": u.kind, "name": u.name, "path": u.path} for u in self.uses],
            "impact": self.impact.json(locale),
            **self._choice(locale),
        }

    def _choice(self, locale: str) -> dict[str, Any]:
        if not self.choices:
            return {}
        choices = [{"value": value, "label": label.text(locale)} for value, label in self.choices.items()]
        return {"choices": choices, "chosen": self.chosen}
