"""The plan of a publish: what changes step by step, with its impact on the records there are.

The builder, the API and `dougong metadata plan` show it; nothing is changed by making it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_metadata.model.changes import Step, compare
from dougong_metadata.model.describe import Change, describe_change
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problem
from dougong_platform.releases import draft as drafts
from dougong_platform.releases import impact as cost
from dougong_platform.releases.advising import advice
from dougong_platform.releases.columns import Assignment, assign, read_stored
from dougong_platform.releases.draft import Entry
from dougong_platform.releases.draft_stages import Moves, said, stage_moves
from dougong_platform.releases.impact import Counter, Impact
from dougong_platform.releases.leaving import check_moves
from dougong_platform.releases.measure import Measure
from dougong_platform.releases.planned_stages import settled, stage_steps
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release, load_on
from dougong_platform.releases.violations import violations
from dougong_tenants import Database, Tenant

_SLOWEST = 20_000  # milliseconds for one count


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document that changes: add, change or delete; `stale`: the release changed it after the draft took it up."""

    kind: str
    name: str
    change: str
    by: str | None = None
    at: str | None = None
    stale: bool = False
    places: tuple[Change, ...] = ()

    def json(self, locale: str) -> dict[str, Any]:
        """As the API answers it."""
        places = [
            {"path": p.path, "label": p.label.text(locale), "old": p.old.text(locale), "new": p.new.text(locale)}
            for p in self.places
        ]
        return {
            "kind": self.kind,
            "name": self.name,
            "change": self.change,
            "by": self.by,
            "at": self.at,
            "stale": self.stale,
            "places": places,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`base` and `draft_hash` belong into the publish that follows. `problems`: why it does not compile."""

    base: int
    draft_hash: str
    documents: tuple[DocumentChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    steps: tuple[PlannedStep, ...] = field(default=())

    @property
    def publishable(self) -> bool:
        """Whether publishing this now would succeed."""
        return not self.problems and not any(step.impact.refused for step in self.steps)

    @property
    def seconds(self) -> float:
        """The steps' estimates together."""
        return sum(step.impact.seconds for step in self.steps)

    def json(self, locale: str) -> dict[str, Any]:
        """As the API answers it."""
        return {
            "base": self.base,
            "draft_hash": self.draft_hash,
            "publishable": self.publishable,
            "seconds": round(self.seconds, 1),
            "documents": [d.json(locale) for d in self.documents],
            "problems": [
                {
                    "code": p.code,
                    "message": p.message(locale),
                    "kind": p.kind,
                    "name": p.name,
                    "path": p.path,
                    "file": p.file,
                    "line": p.line,
                    "hint": p.hint,
                }
                for p in self.problems
            ],
            "steps": [step.json(locale) for step in self.steps],
        }


def plan(database: Database, tenant: Tenant, *, most_columns: int | None = None) -> Plan:
    """What publishing the draft would do; `most_columns` as in `publish`."""
    with database.transaction(tenant, read_only=True) as tx:
        base = load_on(tx, tenant, tx.entry.release)
        found = drafts.entries(tx)
        moves = stage_moves(tx)
        draft_hash = drafts.hash_of(found, moves)
        changes = _changes_of_draft(base, found)
        try:
            model = drafts.compile_draft(tx, base)
        except InvalidDocuments as fault:
            return Plan(base.number, draft_hash, changes, tuple(fault.problems))
    steps = _steps(database, tenant, base, model, said(moves, model), most_columns)
    return Plan(base.number, draft_hash, changes, (), tuple(steps))


def plan_model(
    database: Database, tenant: Tenant, model: Model, *, stages: Moves | None = None, most_columns: int | None = None
) -> Plan:
    """What publishing `model` (a folder, an older release) in place of the current release would do.

    `stages` as in `publish`; PublishRefused where it names what is not there."""
    check_moves(model, stages or {})
    with database.transaction(tenant, read_only=True) as tx:
        base = load_on(tx, tenant, tx.entry.release)
    old, new = base.model.documents, model.documents
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    changes = tuple(_change(key, old.get(key), new.get(key)) for key in sorted(keys))
    return Plan(base.number, "", changes, (), tuple(_steps(database, tenant, base, model, stages or {}, most_columns)))


def _changes_of_draft(base: Release, found: Sequence[Entry]) -> tuple[DocumentChange, ...]:
    changes = []
    for entry in found:
        old = base.model.documents.get((entry.kind, entry.name))
        stale = (old.hash if old else None) != entry.base
        changes.append(_change((entry.kind, entry.name), old, entry.document, entry.by, entry.at, stale))
    return tuple(changes)


def _change(
    key: tuple[str, str], old: Any, new: Any, by: str | None = None, at: str | None = None, stale: bool = False
) -> DocumentChange:
    how = "delete" if new is None else "change" if old is not None else "add"
    return DocumentChange(*key, how, by, at, stale, tuple(describe_change(old, new)))


def _steps(
    database: Database, tenant: Tenant, base: Release, model: Model, moves: Moves, most: int | None = None
) -> list[PlannedStep]:
    with database.owner(tenant) as connection:
        assigned = assign(base, model, read_stored(connection), base.number + 1, most)
    counter = Counter(lambda sql, params: database.read(tenant, sql, params, statement_timeout=_SLOWEST)[1])
    target = Release(base.number + 1, model, assigned.catalogue)
    measure = Measure(counter, base, target, tenant.timezone)
    steps = [_planned(step, measure.impact(step)) for step in compare(base.model, model)]
    steps += [
        PlannedStep("add_validation", rule.object, says, impact, name=rule.name)
        for rule, says, impact in violations(counter, base, target, tenant.timezone)
    ]
    staged = list(stage_steps(counter, base, target, moves))
    told = advice(database, tenant, base, model)
    return [*settled(steps, staged), *staged, *told, *_room(counter, base, assigned)]


def _room(counter: Counter, base: Release, assigned: Assignment) -> Iterator[PlannedStep]:
    """Tables that have had nearly all the columns that PostgreSQL allows, dropped ones included."""
    for name in assigned.rebuilt:
        rows = counter.rows(f'"{base.catalogue.table(name)}"')
        note = Label(
            "removed fields have used up the room; purged data does not come back",
            "已删除的字段占满了空间；已清除的数据不会恢复",
        )
        impact = Impact(rows, lock="rows", seconds=cost.copying(rows), note=note)
        yield PlannedStep("rebuild_table", name, Label("Copy into a new table", "复制到新表"), impact)
    for name in assigned.full:
        yield PlannedStep(
            "table_full", name, Label("No room for another field in", "字段已满："), Impact(None, refused=True)
        )


def _planned(step: Step, impact: Impact) -> PlannedStep:
    return PlannedStep(step.action, step.object, step.says, impact, step.field, step.name, step.fields, step.uses)
