"""The worker's part of hand-overs. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.steps import TOPIC
from dougong_platform.hand_overs.undoing import work_undo
from dougong_platform.jobs import LONG, Work, handles, put, ring, sweeps
from dougong_tenants import Database, Tenant

QUIET = 120  # seconds without a sign of life, after which somebody else is sent


@handles(TOPIC, outside=True, lease=3600, lane=LONG)
def hand_over(job: Work) -> None:
    """Work off batches, or take a hand-over back. Safe to repeat: batches carry done-marks."""
    run = work_undo if job.payload["do"] == "undo" else work
    run(job.database, job.tenant, job.payload["hand_over"])


@sweeps(every=60)
def wake_abandoned(database: Database, tenant: Tenant) -> None:
    """Hand-overs whose worker was killed, or whose request ended before it was done."""
    with database.transaction(tenant) as tx:
        rows = tx.rows(
            "update _hand_over set touched_at = now() where state in ('planned', 'running', 'undoing')"
            f" and touched_at < now() - interval '{QUIET} seconds' returning id, state"
        )
        for identifier, state in rows:
            put(tx, TOPIC, {"hand_over": identifier, "do": "undo" if state == "undoing" else "work"})
    if rows:
        ring(tenant.name)
