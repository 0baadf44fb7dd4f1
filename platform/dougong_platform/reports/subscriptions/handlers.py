"""The worker's part of subscriptions. Imported by the reports' handlers, which jobs loads."""

from __future__ import annotations

from functools import partial

from dougong_platform.jobs import LONG, Work, handles, sweeps, watches
from dougong_platform.reports.subscriptions import clock, sending
from dougong_platform.reports.subscriptions.audience import fan_out
from dougong_tenants import Database, Tenant
from dougong_tenants.alarms import REPORTS, due_alarms

ATTEMPTS = 20  # with their pauses about eleven hours: a mail server may be away for a night


@watches(every=15, find=partial(due_alarms, kind=REPORTS))
def look(database: Database, tenant: Tenant) -> None:
    """A tenant in which something is due. Sent twice, it finds nothing the second time."""
    if due_alarms(database, name=tenant.name, kind=REPORTS):
        clock.send_due(database, tenant)


@handles(clock.TOPIC)
def address(work: Work) -> None:
    """One letter for each who gets it now."""
    fan_out(work)


@handles(sending.TOPIC, outside=True, lease=300, attempts=ATTEMPTS, lane=LONG)
def send(work: Work) -> None:
    """One letter: run under its receiver's access, then handed to the mail server."""
    sending.send(work, ATTEMPTS)


@sweeps(every=3600)
def follow_owners(database: Database, tenant: Tenant) -> None:
    """Owners who work in another time zone by now."""
    clock.follow_owners(database, tenant)


@sweeps(every=86_400)
def forget(database: Database, tenant: Tenant) -> None:
    """Subscriptions of own documents that nobody can bring back any more."""
    clock.forget(database, tenant)
