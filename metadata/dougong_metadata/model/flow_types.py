"""What happens by itself, compiled: roll-ups, pipelines and automations. Parts of the Model, read by the write path,
the jobs and the screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dougong_metadata.label import Label

if TYPE_CHECKING:
    from dougong_metadata.expressions import Checked

ROLLUP_KINDS = ("count", "sum", "min", "max", "average", "first", "last")


@dataclass(frozen=True, slots=True)
class RollupModel:
    """A value over the records of `object` whose field `link` points here, kept right by their writes.

    `kind` is one of ROLLUP_KINDS. `field` is what is summed (None for count); first and last are taken in the order of
    `by`. `where` narrows the records. All three read stored fields of `object` alone, never the clock or the user.
    """

    object: str
    link: str
    kind: str
    field: str | None = None
    by: str | None = None
    where: Checked | None = None
    basis: tuple[str, ...] = ()  # the formulas that it reads, as text: when one changes, so does what is counted


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Ticked per record on the record page; a `required` one is part of its stage's gate."""

    name: str
    label: Label
    required: bool = True


@dataclass(frozen=True, slots=True)
class StageModel:
    """One stage: a value of the pipeline's picklist. Its gate is what must hold when a record enters it, or passes over
    it: `required` fields, required checklist items, `must` (with `message`), an approval of that name.

    `probability` is 0 to 100; `forecast` one of omitted, pipeline, best_case, commit, closed; `outcome` open, won or
    lost; `to` names the stages one may go to from here (None = as the pipeline says); `limit` is the number of cards
    that a lane holds without warning; `reason` is a field that is asked for on entering.
    """

    value: str
    label: Label
    position: int
    probability: int | None = None
    forecast: str = "pipeline"
    outcome: str = "open"
    colour: str | None = None
    stall_days: int | None = None
    limit: int | None = None
    guidance: Label | None = None
    to: tuple[str, ...] | None = None
    required: tuple[str, ...] = ()
    reason: str | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    must: Checked | None = None
    message: Label | None = None
    approval: str | None = None

    @property
    def is_closed(self) -> bool:
        return self.outcome != "open"


@dataclass(frozen=True, slots=True)
class PipelineModel:
    """The stages of a picklist field for records of some types (() = all that no other pipeline of the field names).

    `back`, `skip`, `reopen` say whether one may go back, pass over stages, and leave a closed stage. `since` is a
    date-and-time field that the engine sets when the stage changes.
    """

    name: str
    object: str
    field: str
    label: Label
    stages: Mapping[str, StageModel]  # in order
    record_types: tuple[str, ...] = ()
    back: bool = True
    skip: bool = False
    reopen: bool = False
    since: str | None = None

    def targets(self, value: str | None) -> tuple[str, ...]:
        """The stages that a record at `value` may go to, by the definition alone (gates come on top)."""
        here = self.stages.get(value) if value is not None else None
        if here is None:
            return tuple(self.stages)
        if here.to is not None:
            return tuple(v for v in self.stages if v in here.to)
        return tuple(v for v, stage in self.stages.items() if stage is not here and self._follows(here, stage))

    def _follows(self, here: StageModel, there: StageModel) -> bool:
        if here.is_closed:
            return self.reopen
        if there.outcome == "lost":
            return True
        if there.position < here.position:
            return self.back
        between = [s for s in self.stages.values() if here.position < s.position < there.position and not s.is_closed]
        return self.skip or not between

    def passed(self, before: str | None, after: str) -> tuple[StageModel, ...]:
        """The stages whose gates count when a record goes from `before` (None = it is new) to `after`: `after` itself
        and, on the way forward, the open ones that are passed over, unless `before` names its next stages. None on the
        way back."""
        there, here = self.stages.get(after), self.stages.get(before) if before is not None else None
        if there is None or there is here:
            return ()
        start = -1 if here is None or here.is_closed else here.position
        if there.outcome == "lost" or (here is not None and here.to is not None and there.position > start):
            return (there,)  # where a stage names its next ones, what lies between is meant to be left out
        if there.position < start:
            return ()
        between = (s for s in self.stages.values() if start < s.position < there.position and not s.is_closed)
        return (*between, there)


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A part of a text with expressions in it: `text` as it stands, or the value of `value`."""

    text: str = ""
    value: Checked | None = None
    format: str | None = None  # money, date, label …: how the value is written; None = as its type is


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text in both languages with `{{ expression }}` in it, taken apart."""

    en: tuple[TextPiece, ...]
    zh: tuple[TextPiece, ...]

    def pieces(self, locale: str) -> tuple[TextPiece, ...]:
        return self.zh if locale.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told. `kind`: field (a path to a user field: "owner", "owner.manager"), user (an e-mail), permission_set,
    department, department_head, team, role (of the record's team), email (an address, or a path to an email field)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class ActionModel:
    """One step of an automation. `kind` names an action of the registry (set, update, create, assign, notify, email,
    webhook …).

    `values` are expressions by field; `texts` are texts by key (title, body, subject); `target` is the object that is
    written (the record's own where it is None), `relation` how it is reached: a path of lookups or a relation's name;
    `where` narrows related records; `settings` is whatever else the action's schema says.
    """

    kind: str
    values: Mapping[str, Checked] = field(default_factory=dict)
    texts: Mapping[str, TemplateText] = field(default_factory=dict)
    recipients: tuple[Recipient, ...] = ()
    target: str | None = None
    relation: str | None = None
    where: Checked | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trigger:
    """When an automation looks. `kind`: saved (created or updated), created, updated, deleted, date, cron, incoming,
    approval.

    `fields`: an update counts only if one of them changed (() = any). date: `field` is a date or date-and-time field,
    `days` after it (negative = before), at `time` ("09:00") of the tenant's day. cron: five columns in `cron`, in the
    tenant's time zone. incoming: a call to the automation's own address; `mapping` gives fields from places in its body
    ("book.title", "lines.0.price"), and the record is the one whose `key` field equals, or a new one. `signed` calls
    carry an HMAC of their body. approval: the flow of that name comes to `outcome` (submitted, approved, rejected,
    returned, recalled).
    """

    kind: str
    fields: tuple[str, ...] = ()
    field: str | None = None
    days: int = 0
    time: str = "09:00"
    cron: str | None = None
    mapping: tuple[tuple[str, str], ...] = ()
    key: str | None = None
    signed: bool = False
    approval: str | None = None
    outcome: str = "approved"


@dataclass(frozen=True, slots=True)
class AutomationModel:
    """`condition` sees the row as it is saved and, by prior() and changed(), as it was. `before` automations consist of
    set actions and run inside the write; the others run from the outbox. `origin` is what an automation comes from that
    no document of its own says: "pipeline/sales" for a stage's actions, "approval/big" for those of a flow."""

    name: str
    object: str | None
    label: Label
    trigger: Trigger
    condition: Checked | None
    actions: tuple[ActionModel, ...]
    position: int = 0
    before: bool = False
    record_types: tuple[str, ...] = ()
    origin: str | None = None
