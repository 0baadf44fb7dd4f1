"""Approvals, compiled: a tree of nodes, who is asked at each, and what happens where nobody can be asked. Part of the
Model; read by the engine's `approvals`, the designer and the try-out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from dougong_metadata.label import Label
from dougong_metadata.problems import Path

if TYPE_CHECKING:
    from dougong_metadata.expressions import Checked
    from dougong_metadata.model.flow_types import AutomationModel, Recipient, TemplateText

NODE_KINDS = ("approve", "branch", "parallel", "cc", "action", "end")
APPROVERS = (
    "user",
    "permission_set",
    "role",
    "team",
    "department",
    "manager",
    "managers",
    "department_head",
    "field",
    "choice",
    "expression",
)
# What an approver may do besides approving.
ALLOWED = ("refuse", "return", "transfer", "add", "consult")
NODE_EVENTS = ("approved", "rejected")
EVENTS = ("submitted", "approved", "rejected", "returned", "recalled")


@dataclass(frozen=True, slots=True)
class Approvers:
    """One rule that finds people. `kind` is one of APPROVERS.

    `value`: the e-mail (user), the name (permission_set, role, team, department, choice: of what it chooses from), the
    path (field). `of` is a path to a user whose line is meant (manager, managers, department_head); None = the
    submitter. `levels`: how many up; a department's own head is 0. managers: everybody from the first to that level, or
    to as many levels as `levels_by` says, ending with the first who holds `until`. choice: the submitter names `least`
    to `most` people, out of the holders of a permission set, a team or a department (`source`). `expression` gives the
    id of a user or an e-mail.
    """

    kind: str
    value: str = ""
    of: tuple[str, ...] | None = None
    levels: int = 1
    levels_by: Checked | None = None
    until: str | None = None
    source: str = "permission_set"
    least: int = 1
    most: int = 1
    expression: Checked | None = None

    @property
    def path(self) -> tuple[str, ...] | None:
        """The path whose value it needs."""
        return tuple(self.value.split(".")) if self.kind == "field" else self.of

    @property
    def asked(self) -> Iterator[Checked | tuple[str, ...]]:
        """What has to be known of the record."""
        if self.path is not None:
            yield self.path
        for checked in (self.expression, self.levels_by):
            if checked is not None:
                yield checked


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """`hours` from the moment of asking, working hours of `calendar` (None = the default one) if `working`, else of the
    clock. `remind`: hours before it when those asked are reminded (None = not). `then`: remind, escalate (each one's
    manager takes over), transfer (`to` take over), approve, reject."""

    hours: float
    working: bool = True
    calendar: str | None = None
    remind: float | None = None
    then: str = "remind"
    to: tuple[Approvers, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A way through a branch or parallel node. `condition` None: otherwise (branch), or always (parallel). `first` is
    its first node, None where there is none."""

    name: str
    label: Label
    condition: Checked | None = None
    first: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovalNode:
    """One node. `inside`: (name of the branch or parallel node, name of the branch) in whose list it stands; `next`:
    the one after it there; `path`: where it stands in the document.

    approve: `by` finds who is asked; `need` is any, all, sequence or count (of `count`); `comment` optional, required,
    or on_refusal; `allow` some of ALLOWED. `same`: ask, once (whoever approved before need not again), consecutive (…
    at the node before). `own`, where the submitter himself is found: ask, approve, manager, administrator, refuse.
    `nobody`, where none is found: skip, administrator, refuse. `left`, for people who have left: manager,
    administrator, leave_out. parallel: `join` is all, any or count (of `count`) of its branches. `on`: actions by event
    (NODE_EVENTS), "do" of an action node. end: `outcome` approved or rejected, with its `message`.
    """

    name: str
    kind: str
    label: Label
    path: Path = ()
    inside: tuple[str, str] | None = None
    next: str | None = None
    by: tuple[Approvers, ...] = ()
    need: str = "any"
    count: int = 1
    edit: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    comment: str = "optional"
    allow: frozenset[str] = frozenset(ALLOWED)
    limit: TimeLimit | None = None
    same: str = "consecutive"
    own: str = "manager"
    nobody: str = "administrator"
    left: str = "manager"
    branches: tuple[Branch, ...] = ()
    join: str = "all"
    to: tuple[Recipient, ...] = ()
    on: Mapping[str, AutomationModel] = field(default_factory=dict)
    outcome: str = "approved"
    message: Label | None = None

    @property
    def asked(self) -> Iterator[Checked | tuple[str, ...]]:
        """What has to be known of the record at this node."""
        for rule in (*self.by, *(self.limit.to if self.limit is not None else ())):
            yield from rule.asked
        yield from (branch.condition for branch in self.branches if branch.condition is not None)

    def branch(self, name: str) -> Branch:
        """The branch called `name`; raises KeyError."""
        return {branch.name: branch for branch in self.branches}[name]


@dataclass(frozen=True, slots=True)
class ApprovalModel:
    """A flow on records of `object` (of `record_types`, () = all) for which `entry` holds.

    `submitters` may submit; () = whoever may edit the record. It is submitted by itself on `created`, when a save takes
    the field of `crosses` above the number, and (`gate`) when somebody tries to enter a stage whose gate asks for it.
    `digest` tells versions of the flow apart. `recall` is until_decision, any_time or never. While it runs the record
    is locked (`lock`), but for the fields in `open`. `shown` are the fields that approvers see, () = those of the page.
    What it has opened (gates of stages) stays open as long as the fields in `lapses` keep the values that were
    approved. `deletes`: approved, it deletes the record, and people delete records only through it. `on`: what is done
    on each of EVENTS.
    """

    name: str
    object: str
    label: Label
    digest: str
    nodes: Mapping[str, ApprovalNode]
    first: str | None
    description: Label | None = None
    active: bool = True
    entry: Checked | None = None
    record_types: tuple[str, ...] = ()
    submitters: tuple[Recipient, ...] = ()
    created: bool = False
    crosses: tuple[str, str] | None = None  # field, number
    gate: bool = False
    recall: str = "until_decision"
    lock: bool = True
    open: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    title: TemplateText | None = None
    lapses: tuple[str, ...] = ()
    deletes: bool = False
    on: Mapping[str, AutomationModel] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def asked(self) -> tuple[Checked | tuple[str, ...], ...]:
        """Everything that the flow may have to know of a record, each once: evaluated by one statement."""
        found: dict[Checked | tuple[str, ...], None] = {} if self.entry is None else {self.entry: None}
        for node in self.nodes.values():
            found |= dict.fromkeys(node.asked)
        return tuple(found)

    def around(self, node: str) -> tuple[tuple[str, str], ...]:
        """The (node, branch) pairs in which `node` stands, the outermost first."""
        found: list[tuple[str, str]] = []
        inside = self.nodes[node].inside
        while inside is not None:
            found.insert(0, inside)
            inside = self.nodes[inside[0]].inside
        return tuple(found)
