"""The worker's part of automations: what fired is done, and old runs are forgotten. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.automations.execute import execute, give_up
from dougong_platform.automations.firing import TOPIC, Firing
from dougong_platform.errors import CallerOutdated, Conflict
from dougong_platform.jobs import Work, handles, sweeps
from dougong_tenants import Database, Tenant

ATTEMPTS = 8
KEPT_DAYS, KEPT_DAYS_WRONG = 90, 365
_FORGET = """
delete from _automation_run where id in (
  select id from _automation_run
   where at < now() - make_interval(days => case when state in ('failed', 'cut') then %(wrong)s else %(days)s end)
   order by id limit 20000)
"""


@handles(TOPIC, attempts=ATTEMPTS)
def run_automation(work: Work) -> None:
    """Effects, the runs' log and the row's deletion commit together: exactly once."""
    firing, tx = Firing.of(work.payload), work.transaction
    tx.execute("savepoint automation")
    try:
        execute(work.database, work.tenant, tx, firing, work.attempt)
    except (CallerOutdated, Conflict) as passing:
        if work.attempt < ATTEMPTS or tx.connection.closed:
            raise
        tx.execute("rollback to savepoint automation")
        give_up(work.database, work.tenant, tx, firing, work.attempt, passing)
    tx.execute("release savepoint automation")


@sweeps(every=6 * 3600)
def forget_runs(database: Database, tenant: Tenant) -> None:
    """Runs older than KEPT_DAYS (KEPT_DAYS_WRONG for what failed or was cut), and ids of calls after a week."""
    with database.transaction(tenant, statement_timeout=120_000) as tx:
        tx.execute(_FORGET, {"days": KEPT_DAYS, "wrong": KEPT_DAYS_WRONG})
        tx.execute("delete from _hook_call where at < now() - interval '7 days'")
