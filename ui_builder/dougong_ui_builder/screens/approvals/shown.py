"""One approval as its page shows it: what it is about, why it came here, the course, what may be done."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dougong_platform.approvals.reading.inbox import mark_seen
from dougong_platform.approvals.reading.progress import progress
from dougong_ui_builder.screens.approvals.acts import Act, acts_of
from dougong_ui_builder.screens.approvals.course import Line
from dougong_ui_builder.screens.approvals.facts import Fact, facts_of, inputs_of
from dougong_ui_builder.screens.approvals.history import ahead_lines, now_lines, past_lines
from dougong_ui_builder.screens.approvals.notes import Note, notes_of, why_of
from dougong_ui_builder.screens.approvals.one import One

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel
    from dougong_platform.http.caller import Caller


class Shown(One):
    """A reader's approval with everything that its page is made of."""

    @cached_property
    def notes(self) -> list[Note]:
        return notes_of(self)

    @cached_property
    def why(self) -> list[str]:
        return why_of(self)

    @cached_property
    def facts(self) -> list[Fact]:
        return facts_of(self.progress)

    @cached_property
    def inputs(self) -> list[FieldModel]:
        """What may be changed with the decision."""
        return inputs_of(self.progress) if "approve" in self.may else []

    @cached_property
    def lines(self) -> list[Line]:
        """The course: what happened, what goes on, what is ahead."""
        return [*past_lines(self), *now_lines(self), *ahead_lines(self)]

    @property
    def acts(self) -> list[Act]:
        return acts_of(self)


def one_of(caller: Caller, id: str, *, see: bool = False) -> Shown:
    """The approval for this reader; `see`: a copy of his counts as seen. Raises NotFound."""
    found = Shown(caller, progress(caller, id))
    if see and any(t.kind == "cc" and t.user.id == caller.user and t.seen_at is None for t in found.tasks):
        mark_seen(caller, id)
    return found
