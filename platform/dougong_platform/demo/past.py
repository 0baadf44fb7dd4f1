"""Gives the records of a demo tenant a past: when each was created, and the stages through which it came to where it
is, in its history and in its stays, so that trends, cohorts and times in stage have something to tell. Called by `load`
right after the records were written, before anybody works in the tenant.

An entry of a pack's `demo.yaml` says it under `past`:

    born: _opened                  the field of the row with the day or moment of its creation; working hours for a day
    stages:
      field: stage                 its value is the last stage; `ways` draws those before it, by the last one
      ways: {done: [[new, busy], [new]]}
      since: stage_since           the field with the moment of the last stage, kept by the others' moments, too
      along: {chance: {new: "0.1000"}}   fields that follow the stage
      with_last: [closed_on]       fields that were written with the last stage
      drift: {amount: [0.8, 1.2]}  what such a field was at first, as a part of what it became with a later stage
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import orjson

from dougong_platform.demo.recipe import Draw, Row
from dougong_platform.http.caller import Caller
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import quoted
from dougong_tenants import TenantTransaction

Changes = dict[str, list[Any]]
HOURS = (1, 9)  # of a working day, UTC

_CREATED = "select record::text, changes from _history where record = any(%(ids)s::uuid[]) and op = 'create'"
_BORN = """
update _history h set at = m.at, changes = coalesce(m.changes, h.changes)
  from unnest(%(ids)s::uuid[], %(at)s::timestamptz[], %(changes)s::jsonb[]) as m (record, at, changes)
 where h.record = m.record and h.op = 'create'
"""
_WRITTEN = """
update {table} t set created_at = m.born, updated_at = m.last, version = m.version
  from unnest(%(ids)s::uuid[], %(born)s::timestamptz[], %(last)s::timestamptz[], %(versions)s::integer[])
       as m (record, born, last, version) where t.id = m.record
"""
_CHANGED = """
insert into _history (at, object, record, version, actor, cause, op, changes)
select at, %(object)s, record, version, %(actor)s::uuid, %(cause)s, 'update', changes
  from unnest(%(records)s::uuid[], %(at)s::timestamptz[], %(versions)s::integer[], %(changes)s::jsonb[])
       as m (record, at, version, changes)
"""
_FIRST_STAY = """
update _stay s set entered_at = m.at from unnest(%(ids)s::uuid[], %(at)s::timestamptz[]) as m (record, at)
 where s.record = m.record and s.left_at is null
"""
_NO_STAYS = "delete from _stay where object = %(object)s and field = %(field)s and record = any(%(ids)s::uuid[])"
_STAYED = """
insert into _stay (object, record, field, value, entered_at, left_at, entered_by, left_by)
select %(object)s, record, %(field)s, value, entered, gone, %(actor)s::uuid, case when gone is not null
       then %(actor)s::uuid end
  from unnest(%(records)s::uuid[], %(values)s::text[], %(entered)s::timestamptz[], %(left)s::timestamptz[])
       as m (record, value, entered, gone)
"""


@dataclass
class Life:
    """A record's: when it was created, the stages and moments that followed (the first one is its birth), and what
    its entry of creation said then (None: what it says anyhow)."""

    id: str
    stages: list[str | None]
    times: list[datetime]
    first: Changes | None = None
    changes: list[Changes] = field(default_factory=list)  # one for each stage behind the first


def stage_past(caller: Caller, draw: Draw) -> None:
    """Write the past of every row of `draw.lived`, in one transaction."""
    with caller.database.transaction(caller.tenant) as tx:
        for object, entry in draw.lived:
            lives = list(_lives(tx, draw, entry.rows, entry.past))
            if lives:
                _write(tx, caller, object, lives, entry.past)


def _lives(tx: TenantTransaction, draw: Draw, rows: Sequence[Row], past: Mapping[str, Any]) -> Iterator[Life]:
    plan: Mapping[str, Any] | None = past.get("stages")
    ids = array_text([str(row["id"]) for row in rows])
    created = {str(id): changes for id, changes in tx.rows(_CREATED, {"ids": ids})} if plan else {}
    for row in rows:
        born = _moment(draw, draw.followed(row, past["born"]))
        if born is None:
            continue
        if plan is None:
            yield Life(str(row["id"]), [None], [born])
            continue
        life = Life(str(row["id"]), _way(draw, plan, row), [])
        life.times = _times(draw, born, _moment(draw, row.get(plan.get("since", ""))), len(life.stages))
        _tell(draw, plan, life, created[life.id])
        yield life


def _moment(draw: Draw, given: object) -> datetime | None:
    """A moment, or some working hour of a day; never one to come."""
    if not given:
        return None
    text = str(given)
    if "T" in text:
        found = datetime.fromisoformat(text)
    else:
        day = date.fromisoformat(text)
        found = datetime(day.year, day.month, day.day, draw.dice.randint(*HOURS), draw.dice.randint(0, 59), tzinfo=UTC)
    return min(found, draw.now - timedelta(minutes=draw.dice.randint(5, 50)))


def _way(draw: Draw, plan: Mapping[str, Any], row: Row) -> list[str | None]:
    ways: Sequence[Sequence[str]] = plan["ways"].get(row[plan["field"]], [[]])
    return [*draw.dice.choice(ways), row[plan["field"]]]


def _times(draw: Draw, born: datetime, last: datetime | None, count: int) -> list[datetime]:
    """`count` moments in order, from the birth to the last one; a birth too late for that moves to before it."""
    if count == 1:
        return [last or born]
    last = last or draw.now - timedelta(hours=draw.dice.uniform(1, 40))
    born = min(born, last - timedelta(days=draw.dice.uniform(1, 6) * (count - 1)))
    between = (born + (last - born) * draw.dice.random() for _ in range(count - 2))
    found = [born, *sorted(min(max(_by_day(at), born), last) for at in between), last]
    return [at + timedelta(seconds=place) if place < count - 1 else at for place, at in enumerate(found)]


def _by_day(moment: datetime) -> datetime:
    return moment.replace(hour=HOURS[0] + moment.hour * (HOURS[1] - HOURS[0]) // 24, second=0, microsecond=0)


def _tell(draw: Draw, plan: Mapping[str, Any], life: Life, created: Changes) -> None:
    """What the entry of creation said, and what each later stage changed."""
    last = {name: change[1] for name, change in created.items()}
    known = dict(last)
    for name in plan.get("with_last", ()) if len(life.stages) > 1 else ():
        known.pop(name, None)
    drifted = _drifts(draw, plan, life, last)
    states = [_state(plan, life, place, last, drifted) for place in range(len(life.stages))]
    known.update(states[0])
    life.first = {name: [None, value] for name, value in known.items() if value is not None}
    for place, state in enumerate(states[1:], 1):
        if place == len(life.stages) - 1:
            state |= {name: last[name] for name in plan.get("with_last", ()) if name in last}
        life.changes.append(
            {name: [known.get(name), value] for name, value in state.items() if known.get(name) != value}
        )
        known.update(state)


def _drifts(draw: Draw, plan: Mapping[str, Any], life: Life, last: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """By field: what it was at first, and the place of the stage with which it became what it is."""
    found = {}
    for name, (low, high) in plan.get("drift", {}).items():
        if last.get(name) is not None and len(life.stages) > 1:
            value = Decimal(last[name])
            first = (value * Decimal(str(draw.dice.uniform(low, high)))).quantize(Decimal(1000), ROUND_HALF_UP)
            found[name] = (str(first.quantize(value)), draw.dice.randint(1, len(life.stages) - 1))
    return found


def _state(
    plan: Mapping[str, Any], life: Life, place: int, last: Mapping[str, Any], drifted: Mapping[str, tuple[str, int]]
) -> dict[str, Any]:
    """The fields that move with the stages, as they stood at stage number `place`."""
    at_last, stage = place == len(life.stages) - 1, life.stages[place]
    state: dict[str, Any] = {plan["field"]: stage}
    since: str = plan.get("since", "")
    if since in last:
        state[since] = last[since] if at_last else f"{life.times[place]:%Y-%m-%dT%H:%M:%SZ}"
    for name, by_stage in plan.get("along", {}).items():
        state[name] = last.get(name) if at_last else by_stage.get(stage)
    for name, (first, until) in drifted.items():
        state[name] = first if place < until else last[name]
    return state


def _write(tx: TenantTransaction, caller: Caller, object: str, lives: Sequence[Life], past: Mapping[str, Any]) -> None:
    ids = array_text([life.id for life in lives])
    born = array_text([life.times[0].isoformat() for life in lives])
    first = array_text([orjson.dumps(life.first).decode() if life.first is not None else None for life in lives])
    tx.execute(_BORN, {"ids": ids, "at": born, "changes": first})
    written = {
        "ids": ids,
        "born": born,
        "last": array_text([life.times[-1].isoformat() for life in lives]),
        "versions": array_text([str(len(life.times)) for life in lives]),
    }
    tx.execute(_WRITTEN.format(table=quoted(caller.release.catalogue.table(object))), written)
    said = {"object": object, "actor": caller.user, "cause": caller.cause}
    if "stages" in past:
        _change(tx, lives, said)
        _stay(tx, lives, {**said, "field": past["stages"]["field"], "ids": ids})
    else:
        tx.execute(_FIRST_STAY, {"ids": ids, "at": born})


def _change(tx: TenantTransaction, lives: Sequence[Life], said: Mapping[str, str]) -> None:
    rows = [
        (life.id, at.isoformat(), str(number), orjson.dumps(changes).decode())
        for life in lives
        for number, (at, changes) in enumerate(zip(life.times[1:], life.changes, strict=True), 2)
    ]
    if rows:
        names = ("records", "at", "versions", "changes")
        tx.execute(_CHANGED, {**said, **_columns(names, rows)})


def _stay(tx: TenantTransaction, lives: Sequence[Life], said: Mapping[str, str]) -> None:
    tx.execute(_NO_STAYS, said)
    rows = [
        (life.id, stage, at.isoformat(), gone.isoformat() if gone is not None else None)
        for life in lives
        for stage, at, gone in zip(life.stages, life.times, [*life.times[1:], None], strict=True)
    ]
    tx.execute(_STAYED, {**said, **_columns(("records", "values", "entered", "left"), rows)})


def _columns(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> dict[str, str]:
    return {name: array_text(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
