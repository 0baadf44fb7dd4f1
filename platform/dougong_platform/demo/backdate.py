"""Spreads the approvals of a demo tenant over the past, with the history of their records, so that statistics and
try-outs have something to tell. Called by `load` right after they were played, before anybody works in the tenant;
nothing else ever moves a time.

The order of what happened stays: every moment of an approval is moved to a new one, later ones behind earlier ones. A
record that has a past of its own (`past`) was there before its approval.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dougong_platform.approvals.clock.limits import wake_for
from dougong_platform.demo.approve import Played, Stage
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import quoted
from dougong_tenants import TenantTransaction

DAYS = 90
_MOMENTS = """
select approval::text, at, coalesce(actor::text, '') from _approval_event
 where approval = any(%(ids)s::uuid[]) order by approval, id
"""
# What a record's own past ended with, of those that have one.
_PAST = """
select a.id::text, max(h.at) from _approval a join _history h on h.record = a.record
 where a.id = any(%(ids)s::uuid[]) and a.record = any(%(lived)s::uuid[]) and h.at < %(began)s::timestamptz group by a.id
"""
# One row for each moment: whatever lies between it and the next one is moved as far as it is.
_MOVED = """
unnest(%(approvals)s::uuid[], %(since)s::timestamptz[], %(till)s::timestamptz[], %(shift)s::float8[],
       %(before)s::float8[]) as m (approval, since, till, seconds, before)
"""
_SHIFT = f"""
update {{table}} x set {{column}} = x.{{column}} + make_interval(secs => m.seconds)
  from {_MOVED} where m.approval = x.{{key}} and x.{{column}} >= m.since and x.{{column}} < m.till
"""
# A time limit goes with the moment from which it is counted.
_LIMITS = f"""
update _approval_step x set due_at = x.due_at + make_interval(secs => m.seconds),
                            remind_at = x.remind_at + make_interval(secs => m.seconds)
  from {_MOVED} where m.approval = x.approval and x.entered_at >= m.since and x.entered_at < m.till
"""
# What was written in the record goes along, and it was created some days before: try-outs look at it as it was then.
_HISTORY = f"""
update _history x
   set at = x.at + make_interval(secs => m.seconds - case when x.op = 'create' then m.before else 0 end)
  from {_MOVED}, _approval a
 where a.id = m.approval and x.object = a.object and x.record = a.record and x.at >= m.since and x.at < m.till
"""
_STAYS = f"""
update _stay x set {{column}} = x.{{column}} + make_interval(secs => m.seconds) from {_MOVED}, _approval a
 where a.id = m.approval and x.object = a.object and x.record = a.record
   and x.{{column}} >= m.since and x.{{column}} < m.till
"""
_WRITTEN = """
update {table} x set created_at = h.first, updated_at = h.last
  from (select record, min(at) as first, max(at) as last from _history
         where object = %(object)s and record in (select record from _approval where id = any(%(ids)s::uuid[]))
         group by record) h
 where h.record = x.id
"""
_COLUMNS = {
    "_approval": ("submitted_at", "ended_at", "urged_at"),
    "_approval_step": ("entered_at", "left_at"),
    "_approval_task": ("opened_at", "closed_at", "seen_at"),
    "_approval_event": ("at",),
}
BEFORE = dt.timedelta(minutes=4)  # pasts of records end before that, approvals are played after it
_EVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_EDGE = dt.timedelta(milliseconds=2)  # what is written with a moment may be noted a little before it


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, and who did it ("" = the engine)."""

    at: dt.datetime
    actor: str


def backdate(stage: Stage, played: Sequence[Played]) -> None:
    """Move what happened in the `played` approvals into the past `DAYS` days, running ones into the past hours."""
    running = {one.approval for one in played if one.ends == "running"}
    ids = [one.approval for one in played]
    if not ids:
        return
    caller, dice = stage.caller(stage.first), stage.draw.dice
    began = stage.draw.now - BEFORE
    with stage.database.transaction(stage.tenant) as tx:
        moments: dict[str, list[Moment]] = {}
        for approval, at, actor in tx.rows(_MOMENTS, {"ids": array_text(ids)}):
            known = moments.setdefault(approval, [])
            moment = Moment(dt.datetime.fromisoformat(at), actor)
            if not known or known[-1].at < moment.at:
                known.append(moment)
        lived = array_text([str(row["id"]) for _, one in stage.draw.lived for row in one.rows])
        asked = {"ids": array_text(ids), "lived": lived, "began": began.isoformat()}
        past = {approval: dt.datetime.fromisoformat(at) for approval, at in tx.rows(_PAST, asked)}
        _move(tx, moments, _spread(moments, running, past, dice), dict.fromkeys(past, began), dice)
        for object in {flow.object for flow in caller.model.approvals.values()}:
            table = quoted(caller.release.catalogue.table(object))
            tx.execute(_WRITTEN.format(table=table), {"object": object, "ids": array_text(ids)})
        for id in running:
            wake_for(tx, stage.tenant, id)


def _spread(
    moments: Mapping[str, Sequence[Moment]], running: set[str], past: Mapping[str, dt.datetime], dice: random.Random
) -> dict[str, list[dt.datetime]]:
    """New moments for each approval, behind the `past` of its record. Some people take their time: always the same
    ones."""
    now, pace = dt.datetime.now(dt.UTC), dict[str, float]()
    found = {}
    for approval, ones in moments.items():
        at = now - dt.timedelta(hours=dice.uniform(0.2, 5))
        if approval not in running:
            at = _by_day(at - dt.timedelta(days=dice.uniform(1, DAYS)))
        times = [at]
        for one in reversed(ones[1:]):
            if approval in running:  # as fresh as what waits for an answer usually is
                at -= dt.timedelta(hours=dice.uniform(0.1, 2))
                times.insert(0, at)
                continue
            factor = pace.setdefault(one.actor, dice.choice((0.4, 1, 1, 1.5, 4)))
            at -= dt.timedelta(hours=factor * dice.uniform(0.2, 9))
            times.insert(0, min(_by_day(at), times[0] - dt.timedelta(minutes=dice.uniform(2, 20))))
        found[approval] = _behind(past[approval], times, now) if approval in past else times
    return found


def _behind(past: dt.datetime, times: list[dt.datetime], now: dt.datetime) -> list[dt.datetime]:
    """The same moments, moved and drawn together as far as they have to be to lie between `past` and `now`."""
    first, lasting = times[0], times[-1] - times[0]
    if first > past:
        return times
    begins = past + min(dt.timedelta(hours=2), (now - past) / 3)
    ends = min(begins + lasting, now - (now - begins) / 10)
    part = (ends - begins) / lasting if lasting else 0
    return [begins + (at - first) * part for at in times]


def _by_day(moment: dt.datetime) -> dt.datetime:
    """In the hours in which recipes put a day's work, too: 1 to 10 o'clock UTC."""
    return moment.replace(hour=1 + moment.hour * 9 // 24)


def _move(
    tx: TenantTransaction,
    moments: Mapping[str, Sequence[Moment]],
    new: Mapping[str, Sequence[dt.datetime]],
    began: Mapping[str, dt.datetime],
    dice: random.Random,
) -> None:
    rows = []
    for approval, ones in moments.items():
        for place, (one, becomes) in enumerate(zip(ones, new[approval], strict=True)):
            since = one.at - _EDGE if place else began.get(approval, _EVER)
            till = (ones[place + 1].at - _EDGE).isoformat() if place + 1 < len(ones) else "infinity"
            before = dt.timedelta(days=dice.uniform(1, 25)).total_seconds()
            rows.append((approval, since.isoformat(), till, str((becomes - one.at).total_seconds()), str(before)))
    columns = [array_text(column) for column in zip(*rows, strict=True)]
    moved = dict(zip(("approvals", "since", "till", "shift", "before"), columns, strict=True))
    tx.execute(_LIMITS, moved)
    tx.execute(_HISTORY, moved)
    for column in ("entered_at", "left_at"):
        tx.execute(_STAYS.format(column=column), moved)
    for table, names in _COLUMNS.items():
        for name in names:
            tx.execute(_SHIFT.format(table=table, column=name, key="id" if table == "_approval" else "approval"), moved)
