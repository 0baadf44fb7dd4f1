"""The approvals of a record on its page: what is under way, with its course in a line and what is locked meanwhile;
what may be submitted; earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_platform.approvals.moves.eligible import Offer, offers
from dougong_platform.approvals.reading.inbox import InboxRow, of_record
from dougong_platform.errors import NotFound
from dougong_ui_builder.approval_states import state_said
from dougong_ui_builder.components import label_text
from dougong_ui_builder.formats import as_moment, day, today
from dougong_ui_builder.screens.approvals.said import copy_said, left_said
from dougong_ui_builder.screens.approvals.shown import Shown, one_of
from dougong_ui_builder.screens.record_values.locked import LIVE, open_fields
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.record_values.reading import Found

EARLIER = 5
CELLS = 5  # of the course in a line


@dataclass(frozen=True, slots=True)
class Cell:
    """One stop of the course: whose, or an icon; what it is; when, or how long there is left. `state`: ok, now, stopped
    or ""."""

    text: str
    note: str
    state: str = ""
    name: str = ""
    icon: str = ""
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Running:
    """An approval that is under way; `state` in words, `tone` of its pill."""

    one: Shown
    cells: tuple[Cell, ...]
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier one."""

    id: str
    flow: str
    state: str
    tone: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Approvals:
    """`offered`: flows that this record may be submitted to now. `open_fields`: those that may be changed while it is
    locked, None where nothing is."""

    running: tuple[Running, ...] = ()
    past: tuple[Past, ...] = ()
    offered: tuple[Offer, ...] = ()
    open_fields: frozenset[str] | None = None

    @property
    def locked(self) -> bool:
        return self.open_fields is not None

    def opens(self, field: str) -> bool:
        """Whether a field may be changed now."""
        return self.open_fields is None or field in self.open_fields


NONE = Approvals()


def approvals_of(caller: Caller, found: Found) -> Approvals:
    """Nothing is looked up for an object without flows (what ran under one that is gone is found in the inbox), nor for
    a record in the recycle bin."""
    flows = caller.model.objects[found.object.name].approvals
    if found.deleted:
        return NONE
    rows = of_record(caller, found.object.name, found.id) if flows else []
    live = [row for row in rows if row.state in LIVE]
    running = tuple(one for row in live if (one := _running(caller, row)) is not None)
    past = tuple(_past(row) for row in rows if row.state not in LIVE)[:EARLIER]
    offered = tuple(one for one in offers(caller, found.object.name, found.id) if one.may) if flows else ()
    return Approvals(running, past, offered, open_fields(caller, live))


def _running(caller: Caller, row: InboxRow) -> Running | None:
    try:
        one = one_of(caller, row.approval)
    except NotFound:
        return None
    return Running(one, tuple(_cells(one)), *state_said(row.state))


def _past(row: InboxRow) -> Past:
    return Past(row.approval, row.flow_label, *state_said(row.state), row.closed_at or row.submitted_at)


def _cells(one: Shown) -> list[Cell]:
    """The submitter, who decided, who is asked, and what is next; the latest where there are many."""
    progress = one.progress
    cells = [Cell(gettext("submitted"), _when(progress.submitted_at), "ok", name=one.submitter)]
    cells += [cell for step in progress.steps if (cell := _stop(step)) is not None]
    ahead = [step for step in progress.ahead if step.kind in ("approve", "cc") and step.people]
    for step in ahead:
        names: Any = progress.names
        if step.kind == "cc":
            cells.append(Cell(copy_said(label_text(step.label)), gettext("to come"), icon="mail"))
        else:
            name = names.get(step.people[0].user) or "—"
            cells.append(Cell(label_text(step.label), gettext("to come"), name=name, title=name))
    if len(cells) > CELLS:
        now = next((i for i, cell in enumerate(cells) if cell.state == "now"), 1)
        start = max(1, min(now - 1, len(cells) - CELLS + 1))
        cells = [cells[0], *cells[start : start + CELLS - 1]]
    return cells


def _stop(step: Any) -> Cell | None:
    if step.kind != "approve" or step.state in ("cancelled", "skipped"):
        return None
    deciding = [task for task in step.tasks if task.kind == "decide" and task.state not in ("transferred", "cancelled")]
    if not deciding:
        return None
    if step.state == "open":
        left, over = left_said(step.due_at)
        first = next((task for task in deciding if task.state == "open"), deciding[0])
        more = f" +{len(deciding) - 1}" if len(deciding) > 1 else ""
        note = left or gettext("asked")
        name = first.user.name or "—"
        return Cell(step.label + more, note, "now", name, tone="bad" if over else "warn", title=name)
    last = max(deciding, key=lambda task: task.closed_at or "")
    person = last.decided_by or last.user
    state = {"approved": "ok", "passed": "ok"}.get(step.state, "stopped")
    said = {"approved": gettext("approved"), "rejected": gettext("rejected"), "returned": gettext("returned")}
    text = said.get(step.state, step.label)
    return Cell(text, _when(step.left_at), state, person.name or "—", title=f"{person.name} · {step.label}")


def _when(at: str | None) -> str:
    when = as_moment(at)
    if when is None:
        return ""
    return f"{when:%H:%M}" if when.date() == today() else f"{when:%m-%d}" if when.year == today().year else day(when)
