"""Companies as plain rows, for tests of who is asked: named by letters, made into the Organisation that the engine
reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dougong_metadata.documents import read_documents
from dougong_metadata.expressions import Checked, Scope, check
from dougong_metadata.model.compile import compile_model
from dougong_tenants.organisation import Organisation
from dougong_tenants.organisation.organisation import _organisation

_BOOK = compile_model(
    read_documents(
        "{kind: object, name: book, name_field: title, fields: {title: {type: text}, rank: {type: integer}}}"
    )
)


@dataclass
class Worker:
    """`sets` are his permission sets; a queue is one of kind "queue" that `team` works."""

    id: str
    manager: str | None = None
    department: str | None = None
    active: bool = True
    sets: Sequence[str] = ()
    kind: str = "person"
    team: str | None = None
    title: str | None = None


@dataclass
class SmallCompany:
    """`departments`: id -> (parent, head); `teams`: id -> members; `set_of_departments`: (set, department, below)."""

    workers: Sequence[Worker]
    departments: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    teams: Mapping[str, Sequence[str]] = field(default_factory=dict)
    set_of_departments: Sequence[tuple[str, str, bool]] = ()

    def worker(self, id: str | None) -> Worker | None:
        return next((one for one in self.workers if one.id == id), None)

    def organisation(self) -> Organisation:
        """What the engine reads. Names are "Name of a", addresses "a@example.test", departments and teams are called by
        their ids."""
        people = [
            [
                w.id,
                f"Name of {w.id}",
                _address(w),
                w.title,
                w.department,
                w.manager,
                w.active,
                w.kind,
                w.team,
                None,
                None,
            ]
            for w in self.workers
        ]
        departments = [[id, id, parent, head] for id, (parent, head) in self.departments.items()]
        members = [[team, user, None] for team, users in self.teams.items() for user in users]
        granted = [[name, w.id, None, False, None, None, None, None] for w in self.workers for name in w.sets]
        assigned = [[name, None, at, below, None, None, None, None] for name, at, below in self.set_of_departments]
        teams = [[id, id] for id in self.teams]
        row: tuple[Any, ...] = (people, departments, [], teams, members, [], granted, assigned)
        return _organisation(1, row)


def expression(text: str) -> Checked:
    """An expression of a flow on books, to be answered by the test."""
    return check(text, Scope.of(_BOOK, "book", "value"))


def _address(worker: Worker) -> str | None:
    return f"{worker.id}@example.test" if worker.kind == "person" else None
