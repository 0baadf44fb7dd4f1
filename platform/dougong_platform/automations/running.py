"""One run of an automation over the records of an outbox row: what its actions are given, and where they note what they
did. Made by `execute`; used by the executors of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dougong_metadata.expressions import Checked
from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.access import rights_for
from dougong_platform.automations.firing import Firing
from dougong_platform.evaluation import Asked, evaluate
from dougong_platform.http.caller import Caller
from dougong_platform.records.action import act
from dougong_platform.records.change import update_in
from dougong_platform.records.create import create_in
from dougong_platform.records.outcome import WriteResult
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant, TenantTransaction
from dougong_tenants.organisation import alone

MOST_AT_ONCE = 5_000  # records that one statement writes
_NOBODY = "00000000-0000-0000-0000-000000000000"
NO_RECORD = ""  # the id under which a run without a record is kept


@dataclass(slots=True)
class Seen:
    """A record as the run found it: whether it lives, what it is called, whose it is, and what the save changed."""

    living: bool = False
    label: str | None = None
    owner: str | None = None
    version: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Running:
    """`caller` acts with all rights, in the name of whoever caused it. `seen` and `did` are by record."""

    caller: Caller
    tx: TenantTransaction
    automation: AutomationModel
    firing: Firing
    batch: str
    seen: Mapping[str, Seen]
    did: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    taken: list[dict[str, Any]] = field(default_factory=list)  # what an incoming call wrote before any action

    def note(self, id: str, action: str, **what: Any) -> None:
        """Something was done for this record."""
        self.did.setdefault(id, []).append({"action": action, **what})

    def versions(self, ids: Sequence[str]) -> list[int] | None:
        """The versions that the triggering save wrote."""
        if self.firing.versions is None:
            return None
        of = dict(zip(self.firing.ids, self.firing.versions, strict=True))
        return [of[id] for id in ids]

    def ask(self, asked: Sequence[Asked], ids: Sequence[str]) -> dict[str, list[Any]]:
        """Values by record, of records that are there; see evaluation.evaluate."""
        object = self.automation.object
        some = [] if object is None else list(ids)
        versions = self.versions(some) if some else None
        return evaluate(self.caller, object, asked, some, self.tx, versions=versions, op=self.firing.op)

    def values(self, target: str, expressions: Mapping[str, Checked], ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the expressions give for each record, as values of the fields of `target`."""
        fields = self.caller.model.object(target).fields
        asked: list[Asked] = [(one, fields[name].type.cast_type(fields[name])) for name, one in expressions.items()]
        found = self.ask(asked, ids)
        return {id: dict(zip(expressions, row, strict=True)) for id, row in found.items()}

    def living(self, ids: Sequence[str]) -> list[str]:
        """Those that were not deleted since."""
        return [id for id in ids if self.seen[id].living]

    def update(self, object: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Change records, each named once; what the fields' types or the rules refuse is raised."""
        model = self.caller.model.object(object)

        def write(some: Sequence[Mapping[str, Any]]) -> WriteResult:
            return act(self.caller, lambda w: update_in(w, model, some, atomic=True, trusted=True), self.tx)

        for start in range(0, len(rows), MOST_AT_ONCE):
            write(rows[start : start + MOST_AT_ONCE])

    def create(self, object: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Make records; their ids."""
        model = self.caller.model.object(object)

        def write(some: Sequence[Mapping[str, Any]]) -> WriteResult:
            return act(self.caller, lambda w: create_in(w, model, some, atomic=True, trusted=True), self.tx)

        made: list[str] = []
        for start in range(0, len(rows), MOST_AT_ONCE):
            made += [str(outcome.id) for outcome in write(rows[start : start + MOST_AT_ONCE]).records]
        return made


def somebody(tx: TenantTransaction) -> str | None:
    """Whose a record is that nobody caused and that comes from none: the administrator who has been there longest."""
    rows = tx.rows(
        'select u.id from "user" u join user_permission_set s on s."user" = u.id'
        " where s.permission_set = 'administrator' and u.active and u.deleted_at is null order by u.created_at, u.id"
        " limit 1"
    )
    return str(rows[0][0]) if rows else None


def engine(
    database: Database, tenant: Tenant, release: Release, *, actor: str | None, batch: str | None, chain: Sequence[str]
) -> Caller:
    """The company itself, with all rights, in the name of `actor` (None: nobody, the clock or a call)."""
    caller = Caller(
        database,
        tenant,
        release,
        "",
        rights_for(release.model, (), True),
        tenant.locale,
        tenant.timezone,
        cause="automation",
        cause_ref=batch,
        chain=tuple(chain),
        reach=alone(actor or _NOBODY),
    )
    return replace(caller, user=actor)  # type: ignore[arg-type]  # in SQL, nobody is NULL
