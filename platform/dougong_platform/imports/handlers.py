"""The worker's part of imports. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.imports import store
from dougong_platform.imports.run import work
from dougong_platform.imports.steps import TOPIC
from dougong_platform.jobs import LONG, Work, handles, put, ring, sweeps
from dougong_platform.people.acting import acting_as
from dougong_platform.records import undo
from dougong_tenants import Database, Tenant


@handles(TOPIC, outside=True, lease=3600, lane=LONG)
def import_rows(job: Work) -> None:
    """Work off batches, or take an import back. Safe to repeat: batches carry done-marks, undo skips what is undone."""
    identifier = job.payload["import"]
    if job.payload["do"] == "undo":
        _undo(job.database, job.tenant, identifier)
    else:
        work(job.database, job.tenant, identifier)


@sweeps(every=60)
def wake_abandoned(database: Database, tenant: Tenant) -> None:
    """Batches whose worker was killed: their lease has run out, so somebody is sent for them."""
    with database.transaction(tenant) as tx:
        rows = tx.rows(
            "select distinct i.id from _import i join _import_batch b on b.import = i.id where i.state in"
            " ('checking', 'running')"
            " and b.state = 'working' and b.lease_until < now()"
        )
        for (identifier,) in rows:
            put(tx, TOPIC, {"import": identifier, "do": "work"})
    if rows:
        ring(tenant.name)


def _undo(database: Database, tenant: Tenant, identifier: str) -> None:
    with database.transaction(tenant) as tx:
        job = store.read(tx, identifier)
    if job.state != "undoing":
        return
    undone = undo(acting_as(database, tenant, job.created_by, cause="undo", cause_ref=identifier), identifier)
    with database.transaction(tenant) as tx:
        left = sum(1 for outcome in undone.records if not outcome.ok)
        store.change(tx, identifier, state="undone", problem={"undone": len(undone.records) - left, "left": left})
