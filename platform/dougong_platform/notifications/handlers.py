"""The worker's part of notifications: mails, digests, robots, and what is thrown away by age. Loaded by jobs."""

from __future__ import annotations

from dougong_platform.jobs import Work, handles, put, ring, sweeps
from dougong_platform.notifications import letters, mails, robots, slots, telling
from dougong_tenants import Database, Tenant

ATTEMPTS = 20  # with their pauses about eleven hours: a mail server may be away for a night
DAY = 86_400  # seconds


@handles(letters.TOPIC, outside=True, lease=180, attempts=ATTEMPTS)
def send_mail(work: Work) -> None:
    """One mail."""
    mails.send(work)


@handles(telling.ROBOT, outside=True, lease=60, attempts=12)
def tell_group(work: Work) -> None:
    """One message of a group's robot. Its attempts go on for two hours: makers lock for ten minutes."""
    robots.send(work)


@handles(slots.TOPIC)
def gather(work: Work) -> None:
    """A slot is over: its one mail is queued in the transaction that marks it done."""
    user, slot = work.payload["user"], work.payload["slot"]
    done = work.transaction.rows(
        'update _notification_slot set done_at = now() where "user" = %(user)s and slot = %(slot)s and done_at is null'
        " returning 1",
        {"user": user, "slot": slot},
    )
    if done:
        put(work.transaction, letters.TOPIC, {"user": user, "slot": slot})


@sweeps(every=1800)
def wake_slots(database: Database, tenant: Tenant) -> None:
    """Slots that should have been emptied and have no work in the outbox: those of a restored backup."""
    with database.transaction(tenant) as tx:
        rows = tx.rows(
            "update _notification_slot set due = now() where done_at is null and due < now() - interval '1 hour'"
            ' returning "user", slot'
        )
        for user, slot in rows:
            put(tx, slots.TOPIC, {"user": user, "slot": slot})
    if rows:
        ring(tenant.name)


@sweeps(every=DAY)
def forget(database: Database, tenant: Tenant) -> None:
    """Read ones are kept for 90 days, all others for a year; what was mailed, for 90 days."""
    with database.transaction(tenant) as tx:
        tx.execute(
            "delete from _notification where read_at < now() - interval '90 days' or at < now() - interval '1 year'"
        )
        tx.execute("delete from _notification_slot where done_at < now() - interval '30 days'")
        tx.execute("delete from _email where at < now() - interval '90 days' and state <> 'waiting'")
