"""What the tables of hand-overs hold, as objects. Used by the steps, the worker, the API and the screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from dougong_platform.errors import NotFound
from dougong_platform.hand_overs.plan import Plan
from dougong_tenants import TenantTransaction, json_parameter

# planned: the ids are written down, nobody has begun. done → undoing → undone within 30 days; failed from planned or
# running, after which what was moved can be undone too.
STATES = ("planned", "running", "done", "undoing", "undone", "failed")
UNDER_WAY = ("planned", "running", "undoing")
UNDO_DAYS = 30
_COLUMNS = (
    *("id", "from_user", "to_users", "objects", "people", "state", "total", "counts", "moved", "problem", "created_at"),
    *("created_by", "finished_at", "undone_at"),
)
_SELECT = (
    f"select {', '.join('h.' + name for name in _COLUMNS)}, h.created_at > now() - make_interval(days => {UNDO_DAYS}),"
    ' f.name, b.name from _hand_over h left join "user" f on f.id = h.from_user'
    ' left join "user" b on b.id = h.created_by'
)
_JSON = frozenset({"to_users", "objects", "people", "counts", "moved", "problem"})
_SUMS = """
update _hand_over set touched_at = now(), counts = counts || (
  select jsonb_build_object('moved', coalesce(sum(moved), 0), 'passed', coalesce(sum(passed), 0),
         'refused', coalesce(sum(refused), 0), 'objects', coalesce(jsonb_object_agg(object, jsonb_build_object(
         'records', records, 'moved', moved, 'passed', passed, 'refused', refused)), '{}'))
    from (select object, sum(cardinality(records)) as records, sum(moved) as moved, sum(passed) as passed,
                 sum(refused) as refused from _hand_over_batch where hand_over = %(id)s::uuid group by object) o)
where id = %(id)s::uuid
"""
_BATCHES = (
    "select number, object, records, receivers, place from _hand_over_batch where hand_over = %(id)s::uuid"
    " and state = %(state)s and (%(objects)s::text[] is null or object = any(%(objects)s)) order by number limit 1"
)


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over. `total` records were chosen; `counts`: {moved, passed, refused, objects: {name: {…}}} and, once
    undone, {undone, left}. `moved`: what of the people's parts was given to whom. `recent`: it may still be undone."""

    id: str
    from_user: str
    to_users: list[str]
    objects: Mapping[str, Any]
    people: Mapping[str, Any]
    state: str
    total: int
    counts: Mapping[str, Any]
    moved: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    created_at: str
    created_by: str
    finished_at: str | None
    undone_at: str | None
    recent: bool
    from_name: str | None
    by_name: str | None

    @property
    def under_way(self) -> bool:
        """Whether a worker is or will be at it."""
        return self.state in UNDER_WAY

    @property
    def done(self) -> int:
        """How many of the records are settled: moved, passed over or refused."""
        return sum(int(self.counts.get(name, 0)) for name in ("moved", "passed", "refused"))

    @property
    def undoable(self) -> bool:
        """Whether it can be taken back now."""
        return self.state in ("done", "failed") and self.recent

    def json(self) -> dict[str, Any]:
        """What the API shows."""
        shown = {name: getattr(self, name) for name in _COLUMNS}
        return shown | {"done": self.done, "undoable": self.undoable}


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 1,000 records of one object; the first is the one at `place` in the order of turns."""

    number: int
    object: str
    records: list[str]
    receivers: list[str]
    place: int


def read(tx: TenantTransaction, identifier: str, *, lock: bool = False) -> HandOver:
    """One hand-over; locked, nobody else works on it meanwhile. Raises NotFound."""
    rows = tx.rows(_SELECT + " where h.id = %(id)s::uuid" + (" for update of h" if lock else ""), {"id": identifier})
    if not rows:
        raise NotFound
    return HandOver(*rows[0])


def read_all(tx: TenantTransaction, user: str | None = None, limit: int = 100) -> list[HandOver]:
    """The newest, or those of one user."""
    own = " where h.from_user = %(user)s::uuid" if user else ""
    rows = tx.rows(f"{_SELECT}{own} order by h.created_at desc, h.id limit %(limit)s", {"user": user, "limit": limit})
    return [HandOver(*row) for row in rows]


def insert(tx: TenantTransaction, identifier: str, plan: Plan, by: str) -> None:
    """A new one in state planned."""
    objects = None if plan.objects is None else {name: choice.json() for name, choice in plan.objects.items()}
    tx.execute(
        "insert into _hand_over (id, from_user, to_users, objects, people, state, counts, created_by) values"
        " (%(id)s::uuid, %(from_user)s::uuid, %(to_users)s::jsonb, %(objects)s::jsonb, %(people)s::jsonb, 'planned',"
        " %(counts)s::jsonb, %(by)s::uuid)",
        {
            "id": identifier,
            "from_user": plan.from_user,
            "to_users": json_parameter(list(plan.to_users)),
            "objects": json_parameter(objects),
            "people": json_parameter({**dict.fromkeys(sorted(plan.people), True), "successor": plan.heir}),
            "counts": json_parameter({"moved": 0, "passed": 0, "refused": 0, "objects": {}}),
            "by": by,
        },
    )


def change(tx: TenantTransaction, identifier: str, **values: Any) -> None:
    """Set columns; `finished_at`, `undone_at` = True say now."""
    sets = ["touched_at = now()"]
    given: dict[str, Any] = {"id": identifier}
    for name, value in values.items():
        if name in ("finished_at", "undone_at"):
            sets.append(f"{name} = now()")
        elif name == "counts":
            sets.append("counts = counts || %(counts)s::jsonb")
            given[name] = json_parameter(value)
        else:
            sets.append(f"{name} = %({name})s" + ("::jsonb" if name in _JSON else ""))
            given[name] = json_parameter(value) if name in _JSON else value
    tx.execute(f"update _hand_over set {', '.join(sets)} where id = %(id)s::uuid", given)


def next_batch(
    tx: TenantTransaction, identifier: str, state: str = "waiting", objects: Iterable[str] | None = None
) -> Batch | None:
    """The first batch in this state (of these objects), or None."""
    wanted = None if objects is None else "{" + ",".join(objects) + "}"
    rows = tx.rows(_BATCHES, {"id": identifier, "state": state, "objects": wanted})
    return Batch(*rows[0]) if rows else None


def close(tx: TenantTransaction, identifier: str, number: int, state: str = "done", **counts: int) -> None:
    """Give a batch its done-mark, in the transaction that wrote its records, and add up."""
    sets = "".join(f", {name} = %({name})s" for name in counts)
    tx.execute(
        f"update _hand_over_batch set state = %(state)s{sets} where hand_over = %(id)s::uuid and number = %(number)s",
        {**counts, "state": state, "id": identifier, "number": number},
    )
    tx.execute(_SUMS, {"id": identifier})


def leave(tx: TenantTransaction, identifier: str, phase: str, left: Sequence[Mapping[str, Any]]) -> None:
    """Note records that stayed: {object, record, code, message}. `phase`: run or undo."""
    if left:
        tx.execute(
            "insert into _hand_over_left (hand_over, phase, object, record, code, message) select %(id)s::uuid,"
            " %(phase)s, e->>'object', (e->>'record')::uuid, e->>'code', e->>'message'"
            " from jsonb_array_elements(%(left)s::jsonb) e",
            {"id": identifier, "phase": phase, "left": json_parameter(list(left))},
        )


def left_of(tx: TenantTransaction, identifier: str, phase: str = "run", limit: int = 200) -> list[dict[str, Any]]:
    """Records that stayed: {object, record, code, message}, refused ones first."""
    names = ("object", "record", "code", "message")
    rows = tx.rows(
        f"select {', '.join(names)} from _hand_over_left where hand_over = %(id)s::uuid and phase = %(phase)s"
        " order by message is null, object, record limit %(limit)s",
        {"id": identifier, "phase": phase, "limit": limit},
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def cut_off(connection: Connection[Any]) -> None:
    """In a restored tenant what was under way does not go on; what was moved can be undone, and handed over anew."""
    (known,) = connection.execute("select to_regclass('_hand_over')").fetchone() or (None,)
    if known is not None:  # not yet, in a backup from before there were any
        problem = {"en": "The tenant was restored from a backup.", "zh": "租户已从备份恢复。"}
        connection.execute(
            "update _hand_over set state = 'failed', problem = %s::jsonb"
            " where state in ('planned', 'running', 'undoing')",
            [json_parameter(problem)],
        )
