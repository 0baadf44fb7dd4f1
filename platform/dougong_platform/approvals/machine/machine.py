"""What the machine works on: the state, the flow, the world, and the list of what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dougong_metadata.expressions import Checked
from dougong_metadata.model.approval_types import ApprovalModel, ApprovalNode, TimeLimit
from dougong_platform.approvals.state import RUNNING, Approval, Search, Step, Task, Text


class World(Protocol):
    """What the machine has to know. Real, or that of a preview."""

    @property
    def now(self) -> str:
        """The moment, as the API writes it."""

    def holds(self, condition: Checked) -> bool:
        """Whether a condition of the flow holds for the record."""

    def saw(self, condition: Checked) -> Mapping[str, Any]:
        """The values that a condition of the flow reads of the record, by path."""

    def search(self, approval: Approval, node: ApprovalNode) -> Search:
        """Who is asked at a node."""

    def administrators(self) -> Search:
        """Those who are asked where nothing else is left."""

    def copied(self, approval: Approval, node: ApprovalNode) -> Sequence[str]:
        """Who gets a copy."""

    def deadline(self, limit: TimeLimit) -> tuple[str | None, str | None]:
        """When those asked now are reminded, and when their time is up."""

    def act(self, approval: Approval, node: ApprovalNode) -> Text | None:
        """Does an action node's actions; what went wrong, if it did."""

    def new_id(self) -> str:
        """For a task."""


@dataclass(slots=True)
class Happened:
    """One line of the history, to be. `actor` None: the engine itself."""

    action: str
    step: int | None = None
    node: str | None = None
    task: str | None = None
    actor: str | None = None
    behalf: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    via: str | None = None


@dataclass(slots=True)
class Machine:
    """`actor` is who moves it now (None: the engine). `done` are the nodes that came to an outcome, in order; `outcome`
    the event of the whole approval."""

    approval: Approval
    flow: ApprovalModel
    world: World
    actor: str | None = None
    happened: list[Happened] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    outcome: str | None = None

    @property
    def runs(self) -> bool:
        return self.approval.state == RUNNING

    def note(
        self,
        action: str,
        step: Step | None = None,
        task: Task | None = None,
        *,
        actor: str | None = None,
        behalf: str | None = None,
        **data: Any,
    ) -> None:
        """Add to the history."""
        self.happened.append(
            Happened(
                action,
                step.number if step is not None else None,
                step.node if step is not None else None,
                task.id if task is not None else None,
                actor,
                behalf,
                {name: value for name, value in data.items() if value is not None},
            )
        )

    def new_step(self, node: ApprovalNode, within: int | None, branch: str | None, state: str = "open") -> Step:
        """Visit a node."""
        left = None if state == "open" else self.world.now
        step = Step(
            len(self.approval.steps) + 1,
            node.name,
            node.kind,
            within,
            branch,
            state,
            entered_at=self.world.now,
            left_at=left,
        )
        self.approval.steps.append(step)
        return step

    def new_task(self, step: Step, user: str, **more: Any) -> Task:
        """Ask somebody."""
        task = Task(self.world.new_id(), step.number, user, opened_at=self.world.now, **more)
        self.approval.tasks.append(task)
        return task

    def close(self, step: Step, state: str) -> None:
        """The step is over: nobody is asked there any more."""
        step.state, step.left_at = state, self.world.now
        for task in self.approval.tasks_of(step):
            if task.state in ("open", "waiting") and task.kind != "cc":
                task.state, task.closed_at = "cancelled", self.world.now

    def lineage(self, step: Step) -> tuple[tuple[int, str | None], ...]:
        """The (parallel step, branch) pairs around a step, the outermost first."""
        found: list[tuple[int, str | None]] = []
        while step.within is not None:
            found.insert(0, (step.within, step.branch))
            step = self.approval.step(step.within)
        return tuple(found)

    def inside(self, lineage: Sequence[tuple[int, str | None]]) -> Iterator[Step]:
        """The open steps in this region."""
        wanted = tuple(lineage)
        for step in self.approval.open_steps():
            if self.lineage(step)[: len(wanted)] == wanted:
                yield step
