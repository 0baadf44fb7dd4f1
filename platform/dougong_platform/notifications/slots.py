"""Mails that gather what was put off: one digest a user and day, and one mail at the end of quiet hours.

The row of a slot is made by the first notification put into it, together with the outbox row that empties it: nothing
has to look for what is due, and two relays cannot send it twice.
"""

from __future__ import annotations

import datetime as dt

from dougong_platform.jobs import put
from dougong_platform.notifications import letters
from dougong_platform.notifications.receivers import Receiver
from dougong_tenants import TenantTransaction

TOPIC = "digest"
_DAYS = 8  # tries: a slot that is done gives way to the next day's
# Holds the row until the commit, so that whoever empties the slot waits for this notification.
_TAKE = """
insert into _notification_slot as s ("user", slot, due) values (%(user)s, %(slot)s, %(due)s)
on conflict ("user", slot) do update set due = s.due where s.done_at is null
returning (xmax = 0)
"""


def put_off(tx: TenantTransaction, notification: str, receiver: Receiver, now: dt.datetime) -> None:
    """Keep a notification for the receiver's next digest, or for the end of his quiet hours."""
    at = now
    for _ in range(_DAYS):
        slot, due = _slot(receiver, at)
        rows = tx.rows(_TAKE, {"user": receiver.user, "slot": slot, "due": due})
        if rows:
            break
        at = due  # emptied already: the user moved his digest to a later hour of this day
    else:
        put(tx, letters.TOPIC, {"notification": notification})
        return
    if rows[0][0]:
        put(tx, TOPIC, {"user": receiver.user, "slot": slot}, delay=max(0.0, (due - now).total_seconds()))
    tx.execute("update _notification set slot = %(slot)s where id = %(id)s", {"slot": slot, "id": notification})


def _slot(receiver: Receiver, now: dt.datetime) -> tuple[str, dt.datetime]:
    times = receiver.times
    if receiver.email == "digest":
        due = times.next_digest(now)
        return times.day(due).isoformat(), due
    due = times.quiet_until(now) or now
    return f"quiet until {due.isoformat(timespec='minutes')}", due
