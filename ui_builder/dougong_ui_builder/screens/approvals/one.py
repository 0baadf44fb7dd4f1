"""One approval as its reader has it, made from the engine's Progress: what may be asked of it, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from dougong_platform.approvals.reading.progress import Progress
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.statistics.figures import may_read
from dougong_ui_builder.approval_states import state_said
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.approvals.facts import file_url
from dougong_ui_builder.screens.approvals.routes import BASE
from dougong_ui_builder.screens.approvals.said import due_pill, left_said, submitted_said
from dougong_ui_builder.words import gettext

if TYPE_CHECKING:
    from dougong_metadata.model.approval_types import ApprovalModel
    from dougong_platform.approvals.reading.shown_steps import StepShown, TaskShown
    from dougong_platform.http.caller import Caller


@dataclass
class One:
    """A reader's approval. `carried` and `then` are set by the page that shows it beside a list."""

    caller: Caller
    progress: Progress
    carried: Sequence[tuple[str, str]] = ()
    then: str | None = None
    _flow: list[ApprovalModel] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.progress.id

    @property
    def title(self) -> str:
        return self.progress.title

    @property
    def may(self) -> frozenset[str]:
        return self.progress.may

    @property
    def comment(self) -> str:
        """Whether deciding takes a comment."""
        return self.progress.comment

    @property
    def flow(self) -> str:
        return self.progress.flow_label

    @property
    def submitter(self) -> str:
        found = self.progress.submitter
        return (found.name if found is not None else None) or gettext("The system")

    @property
    def submitted(self) -> str:
        return submitted_said(self.progress.submitted_at)

    @property
    def is_mine(self) -> bool:
        """Whether the reader submitted it."""
        return self.progress.submitter is not None and self.progress.submitter.id == self.caller.user

    @property
    def note(self) -> str:
        return self.progress.note or ""

    @property
    def record_name(self) -> str:
        """What the record is called among its kind."""
        model = self.caller.model.objects.get(self.progress.object)
        return label_text(model) if model is not None else self.progress.object

    @property
    def record_url(self) -> str:
        return f"/o/{self.progress.object}/{self.progress.record}" if self.progress.readable else ""

    @property
    def behalf(self) -> str:
        """For whom the reader decides, where he is not asked himself."""
        return next((name or "" for _, name in self.progress.tasks[:1]), "")

    @property
    def tasks(self) -> Iterator[TaskShown]:
        """Everybody who was asked or told."""
        return (task for step in self.progress.steps for task in step.tasks)

    @cached_property
    def answerable(self) -> list[tuple[StepShown, TaskShown]]:
        """What waits for the reader: with its steps."""
        return [(step, task) for step in self.progress.steps for task in step.tasks if task.answerable]

    @property
    def in_branch(self) -> bool:
        """Whether the reader decides about one branch of several that run at the same time."""
        return bool(self.answerable) and self.answerable[0][0].depth > 0

    @property
    def open_steps(self) -> list[StepShown]:
        return [step for step in self.progress.steps if step.state == "open" and step.kind != "parallel"]

    @property
    def due_at(self) -> str | None:
        """The reader's own deadline, else the nearest one."""
        own = [step.due_at for step, _ in self.answerable if step.due_at]
        return min(own or [step.due_at for step in self.open_steps if step.due_at], default=None)

    @property
    def due(self) -> str:
        return due_pill(self.due_at)[0]

    @property
    def due_tone(self) -> str:
        return due_pill(self.due_at)[1]

    @property
    def due_title(self) -> str:
        return left_said(self.due_at)[0]

    @property
    def state_text(self) -> str:
        return state_said(self.progress.state)[0]

    @property
    def state_tone(self) -> str:
        return state_said(self.progress.state)[1]

    @property
    def rule_url(self) -> str:
        """The flow's definition, for those who may see it."""
        return f"/builder/approvals/{self.progress.flow}" if "metadata" in self.caller.rights.system else ""

    @property
    def statistics_url(self) -> str:
        """How the flow goes in general, for those who may know."""
        flow = self.progress.flow
        return f"/builder/approvals/{flow}/statistics" if may_read(self.caller, flow) else ""

    @cached_property
    def record(self) -> dict[str, Any]:
        """The values of the record that the approval shows, by field; with the currencies of its amounts."""
        found: dict[str, Any] = {}
        for one in self.progress.fields:
            found.setdefault(one.name, one.value)
            if one.unit and one.field.settings.get("currency_field"):
                found.setdefault(str(one.field.settings["currency_field"]), one.unit)
        return found

    @cached_property
    def displays(self) -> dict[str, Any]:
        """What the records behind links are called, by field."""
        return {one.name: one.called for one in self.progress.fields if one.called}

    @cached_property
    def files(self) -> list[dict[str, str]]:
        """Those that came with the submission."""
        first = next((event for event in self.progress.events if event.action == "submitted"), None)
        return self.files_of(first.files) if first is not None else []

    def files_of(self, ids: Sequence[str]) -> list[dict[str, str]]:
        """Files of an event, as templates show them."""
        known = self.progress.files
        return [{"name": known[id].name, "url": file_url(self.id, id)} for id in ids if id in known]

    @property
    def may_refuse(self) -> bool:
        return bool({"reject", "return"} & self.may)

    @property
    def refuse_label(self) -> str:
        return gettext("Return") if "return" in self.may else gettext("Reject")

    @property
    def refuse_word(self) -> str:
        return gettext("return") if "return" in self.may else gettext("reject")

    @property
    def return_targets(self) -> list[tuple[str, str]]:
        """(node, label) of earlier nodes to which it may be returned."""
        return [pair for pair in self.progress.return_targets if pair[0] != "submitter"]

    @property
    def to_submitter(self) -> bool:
        """Whether it may be returned to whoever submitted it."""
        return any(node == "submitter" for node, _ in self.progress.return_targets)

    @property
    def open_tasks(self) -> list[tuple[str, str, str]]:
        """(task, name, node) of everybody who is asked, or waits to be."""
        return [
            (task.id, task.user.name or "—", step.label)
            for step in self.progress.steps
            for task in step.tasks
            if task.state in ("open", "waiting") and task.kind != "cc"
        ]

    @property
    def nodes(self) -> list[tuple[str, str]]:
        """(name, label) of the nodes at which an administrator may go on: those outside of parallel branches."""
        flow = self.definition()
        if flow is None:
            return []
        return [
            (node.name, label_text(node))
            for node in flow.nodes.values()
            if node.kind != "branch" and not any(flow.nodes[of].kind == "parallel" for of, _ in flow.around(node.name))
        ]

    @property
    def question(self) -> str:
        """What the reader was asked for his opinion about."""
        asked = [e for e in self.progress.events if e.action == "consulted" and self.caller.user in _ids(e.users)]
        return (asked[-1].comment or "") if asked else ""

    def definition(self) -> ApprovalModel | None:
        """The version of the flow under which it runs; None where that no longer fits. Looked up once."""
        if not self._flow and self.progress.broken is None:
            with self.caller.database.transaction(self.caller.tenant, read_only=True) as tx:
                self.caller.verify(tx.entry)
                self._flow.append(flow_of(tx, self.caller.release, self.progress.flow, self.progress.version))
        return self._flow[0] if self._flow else None

    def href(self, act: str, **more: str) -> str:
        """The address of something that may be done."""
        asked = [*self.carried, *((("then", self.then),) if self.then else ()), *more.items()]
        return f"{BASE}/{self.id}/{act}" + (f"?{urlencode(asked)}" if asked else "")


def _ids(people: Sequence[Any]) -> Mapping[str, None]:
    return {one.id: None for one in people}
