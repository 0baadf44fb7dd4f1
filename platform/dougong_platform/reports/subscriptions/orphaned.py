"""Subscriptions whose owner has left: they stop, and who can do something about it is told once: those who took over
his work and may see what is sent, else the administrators. Called when one is due (audience.py)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from dougong_metadata.errors import Fault
from dougong_platform.approvals.people.approvers import administrators_of
from dougong_platform.errors import CallerOutdated
from dougong_platform.jobs import Work
from dougong_platform.notifications import notify
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.release import load_on
from dougong_platform.reports.subscriptions import words
from dougong_platform.reports.subscriptions.sources import label_in, source_of
from dougong_platform.reports.subscriptions.stored import Subscription, update
from dougong_tenants.organisation import organisation_in

_ALONE = "select pg_advisory_xact_lock(hashtextextended('subscriptions of ' || %(owner)s, 0))"
_OTHERS = """
select count(*) filter (where last_error ->> 'en' = %(left)s), count(*) filter (where active)
  from _report_subscription where owner = %(owner)s::uuid and id <> %(id)s::uuid and removed_at is null
"""
_HEIRS = """
select to_users from _hand_over where from_user = %(owner)s::uuid and state in ('planned', 'running', 'done')
 order by created_at desc, id desc limit 1
"""


def stop(work: Work, one: Subscription) -> None:
    """Stop one, and tell it with the first of that owner's. The row is locked."""
    tx, left = work.transaction, words.OWNER_LEFT
    update(tx, work.tenant, replace(one, active=False, next_at=None, last_error={"en": left.en, "zh": left.zh}))
    tx.execute(_ALONE, {"owner": one.owner})
    ((stopped, waiting),) = tx.rows(_OTHERS, {"owner": one.owner, "id": one.id, "left": left.en})
    if stopped:
        return
    heirs = _heirs(work, one)
    label = label_in(tx, load_on(tx, work.tenant, tx.entry.release).model, one.kind, one.key)
    body = words.TAKE_OVER if heirs else words.HAND_OVER
    more = words.MORE_OF_HIS if waiting else None
    name, count = one.owner_name or "?", f"{waiting:,}"
    notify(
        tx,
        tenant=work.tenant,
        users=heirs or administrators_of(organisation_in(tx, work.database, work.tenant), dt.datetime.now(dt.UTC)),
        title={"en": words.STOPPED.en.format(label=label.en), "zh": words.STOPPED.zh.format(label=label.zh)},
        body={
            "en": body.en.format(name=name) + (more.en.format(count=count) if more else ""),
            "zh": body.zh.format(name=name) + (more.zh.format(count=count) if more else ""),
        },
        topic="report",
        page=f"{one.path}/subscriptions" if heirs else f"/builder/people/subscriptions?owner={one.owner}",
    )


def _heirs(work: Work, one: Subscription) -> list[str]:
    """Those who took over the owner's work and may see what is sent."""
    rows = work.transaction.rows(_HEIRS, {"owner": one.owner})
    return [user for user in (rows[0][0] if rows else ()) if _sees(work, one, user)]


def _sees(work: Work, one: Subscription, user: str) -> bool:
    try:
        source_of(one.kind).label(acting_as(work.database, work.tenant, user, cause="subscription"), one.key)
    except CallerOutdated:
        raise
    except Fault:
        return False
    return True
