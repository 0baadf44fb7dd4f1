"""An approval as it stands: its steps, and who was asked at each. Loaded and saved by `store`, moved by `machine`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

Text = Mapping[str, str]  # {"en": …, "zh": …}

RUNNING, RETURNED = "running", "returned"
OUTCOMES = ("approved", "rejected", "recalled", "ended")
DECIDED = ("approved", "rejected", "returned")


@dataclass(slots=True)
class Task:
    """Somebody who is asked, at one step. Words as in tables.py."""

    id: str
    step: int
    user: str
    kind: str = "decide"
    state: str = "open"
    place: str = "base"
    parent: str | None = None
    position: int = 0
    why: Text | None = None
    automatic: str | None = None
    comment: str | None = None
    decided_by: str | None = None
    given_by: str | None = None
    opened_at: str | None = None
    closed_at: str | None = None
    seen_at: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def counts(self) -> bool:
        """Whether it is still part of the step's decision."""
        return self.kind == "decide" and self.state not in ("transferred", "cancelled")


@dataclass(slots=True)
class Step:
    """One visit of a node. `resume`: where to go on once it is done, instead of at the next node. `asked_again`: those
    who approved it before it was interrupted. Of a step that was returned for good, `resume` is [{"anew": number}]: the
    first step after that. `branches`: of a parallel node, open, approved or rejected by name."""

    number: int
    node: str
    kind: str
    within: int | None = None
    branch: str | None = None
    state: str = "open"
    why: Text | None = None
    resume: Sequence[Mapping[str, Any]] | None = None
    asked_again: Sequence[str] = ()
    branches: dict[str, str] = field(default_factory=dict)
    entered_at: str | None = None
    left_at: str | None = None
    remind_at: str | None = None
    due_at: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def began_anew(self) -> int:
        """The number of the first step after this one was returned for good: what was approved before it no longer
        counts. 1 of any other step."""
        return int(self.resume[0].get("anew", 1)) if self.state == "returned" and self.resume else 1


# An approval may have five hundred tasks, and each is copied whenever it is loaded: `copy` would take several times as
# long.
_OF_TASK = attrgetter(*(one.name for one in fields(Task)))
_OF_STEP = attrgetter(*(one.name for one in fields(Step)))


@dataclass(slots=True)
class Approval:
    """One running or finished flow on one record. `choices`: the people that the submitter named, by node. `stage`:
    {"pipeline", "stage", "move": bool} for whose gate it was submitted. `resume`: as of a step, for the submitter."""

    id: str
    flow: str
    version: int
    object: str
    record: str
    title: str
    submitter: str | None
    submitted_at: str | None = None
    note: str | None = None
    state: str = RUNNING
    ended_at: str | None = None
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stage: Mapping[str, Any] | None = None
    resume: Sequence[Mapping[str, Any]] | None = None
    open: Sequence[str] | None = None
    deletes: bool = False
    record_version: int | None = None
    turn: int = 1
    urged_at: str | None = None
    steps: list[Step] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.state in (RUNNING, RETURNED)

    def step(self, number: int) -> Step:
        """The step of that number (they count from 1)."""
        return self.steps[number - 1]

    def open_steps(self) -> Iterator[Step]:
        return (step for step in self.steps if step.is_open)

    def tasks_of(self, step: Step) -> list[Task]:
        """Who was asked there, in order."""
        return [task for task in self.tasks if task.step == step.number]

    def copied(self) -> Approval:
        """The same with steps and tasks of its own. What they hold is never changed in place."""
        steps = [Step(*_OF_STEP(step)) for step in self.steps]
        return replace(self, steps=steps, tasks=[Task(*_OF_TASK(task)) for task in self.tasks])

    def task(self, id: str) -> Task | None:
        return next((task for task in self.tasks if task.id == id), None)


@dataclass(frozen=True, slots=True)
class Found:
    """One person that the rules of a node found, and why."""

    user: str
    why: Text


@dataclass(frozen=True, slots=True)
class Search:
    """What the rules of a node came to. `outcome`: ask (of `people`, in order, each once), skip (nobody is needed: the
    node counts as approved), refuse (the approval is rejected). `why` says so in words where it is not ask; `notes` say
    who was left out or replaced. `own`: people holds the submitter, who approves by that."""

    outcome: str
    people: tuple[Found, ...] = ()
    why: Text | None = None
    notes: tuple[Text, ...] = ()
    own: bool = False


def now_text(moment: dt.datetime) -> str:
    """A moment as the API writes it."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
