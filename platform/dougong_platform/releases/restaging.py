"""Moving records out of stages that a publish takes away, and opening stays for fields that get their first pipeline.

Moves are made before the switch, in committed batches while others work, and finished within it; like any change they
are in history (cause "publish") and end a stay. A publish that is refused after all takes them back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dougong_platform.errors import PublishRefused
from dougong_platform.releases import stays
from dougong_platform.releases.batches import Batches
from dougong_platform.releases.conversions import literal
from dougong_platform.releases.counting import Counting, recountings
from dougong_platform.releases.draft_stages import Moves
from dougong_platform.releases.leaving import Leaving, leaving
from dougong_platform.releases.publication import Publication
from dougong_platform.releases.release import Release
from dougong_platform.releases.stays import StagedField, staged_fields
from dougong_platform.releases.steps import Action, Step
from dougong_platform.storage.ddl import Owner, patiently
from dougong_platform.storage.structure import quote

AT_ONCE = 5_000  # records that are taken back in one transaction
WITHIN_THE_SWITCH = 500  # records that the switch itself moves, while writers wait: some hundredths of a second


@dataclass(frozen=True, slots=True)
class Restaging:
    """What a publish does to stages: derived from both releases and what was said, so the same again after a kill."""

    leaving: tuple[Leaving, ...]
    opened: tuple[StagedField, ...]
    closed: tuple[tuple[str, str], ...]  # object, field
    recounted: tuple[Counting, ...]  # roll-ups that ask for the stage of what was moved

    @property
    def moving(self) -> tuple[Leaving, ...]:
        """The pipelines some of whose records are to be moved."""
        return tuple(one for one in self.leaving if one.moves)

    @property
    def tables(self) -> list[str]:
        """Physical names of the tables that are gone through, once for each time."""
        return [*(one.table for one in self.moving), *(one.table for one in self.opened)]


def restaging(base: Release, target: Release, moves: Moves) -> Restaging:
    """Raises PublishRefused where `moves` names what is not there."""
    old, new = staged_fields(base), staged_fields(target)
    found = tuple(leaving(base, target, moves))
    return Restaging(
        found,
        tuple(field for key, field in new.items() if key not in old and key[0] in base.model.objects),
        tuple(key for key in old if key not in new),
        recountings(target, {(one.pipeline.object, one.pipeline.field) for one in found if one.moves}),
    )


def preparing(work: Restaging) -> Iterator[Step]:
    """Before the switch, after everything that the data may refuse."""
    for one in work.moving:
        yield Step(f"restage:{one.pipeline.name}", _moving(one))


def finishing(connection: Owner, publication: Publication, work: Restaging) -> None:
    """Within the switch, while nobody writes: what came into the stages meanwhile. PublishRefused where nobody has said
    where that goes."""
    for one in work.leaving:
        lost = connection.execute(
            f"select r.{quote(one.column)}, count(*) from {quote(one.table)} as r where {one.lost()}"
            " group by 1 order by 2 desc limit 1".encode()
        ).fetchone()
        if lost is not None:
            raise PublishRefused.stage(one.pipeline.object, one.pipeline.name, *lost)
        if one.moves:
            connection.execute(_all_at_once(one, publication).encode())


def contracting(work: Restaging) -> Iterator[Step]:
    """After the switch: the write path keeps stays from now on, so those that are missing can be opened in peace."""
    for field in work.opened:
        yield Step(f"stays:{field.key}", _opening(field))
    for object, name in work.closed:
        yield Step(f"end stays:{object}.{name}", _closing(object, name))
    for number, one in enumerate(work.recounted):
        yield Step(f"recount stages:{number}:{one.table}", _recounting(one, f"at:recount stages:{number}"))


def undoing(work: Restaging) -> Iterator[Step]:
    """Take the moves back, wherever they stopped; what was moved on meanwhile stays."""
    for one in work.moving:
        yield Step(f"undo restage:{one.pipeline.name}", _taking_back(one))


def _moving(one: Leaving) -> Action:
    def run(connection: Owner, publication: Publication) -> None:
        key = f"at:restage:{one.pipeline.name}"
        before = _tables(one, publication).replace("%", "%%")
        table, due = quote(one.table).replace("%", "%%"), one.moved().replace("%", "%%")
        columns = _columns(one).replace("%", "%%")
        Batches(table, columns, "select 1 from moved", due, before, rest=WITHIN_THE_SWITCH).run(
            connection, publication.done.get(key), publication.marking(connection, key)
        )

    return run


def _opening(field: StagedField) -> Action:
    key = f"at:stays:{field.key}"
    return lambda connection, publication: stays.open_stays(
        connection, field, publication.done.get(key), publication.marking(connection, key)
    )


def _recounting(one: Counting, key: str) -> Action:
    return lambda c, p: one.run(c, p.done.get(key), p.marking(c, key), exactly=True)


def _closing(object: str, field: str) -> Action:
    return lambda connection, _: stays.close_stays(connection, object, field)


def _columns(one: Leaving) -> str:
    since = f"r.{quote(one.since)}" if one.since else "null::timestamptz"
    after = f"case when {one.moved()} then {one.destination()} end"
    return f"r.id, r.{quote(one.column)} as before, {after} as after, {since} as since"


def _all_at_once(one: Leaving, publication: Publication) -> str:
    """The statement that moves whatever is left."""
    return (
        f"with batch as materialized (select {_columns(one)} from {quote(one.table)} as r where {one.moved()}"
        f" order by r.id for no key update of r), {_tables(one, publication)} select count(*) from moved"
    )


def _tables(one: Leaving, publication: Publication) -> str:
    """Tables of a statement over `batch` (id, before, after, since; after is null where nothing is to be done): the
    records themselves, their stays, history, what has to be taken back if need be, and one event."""
    words = _words(one, publication)
    words["since"] = f", {quote(one.since)} = now()" if one.since else ""
    words["changes"] = _changes(one, "m.before", "m.after", "m.since", "now()")
    return f"{_MOVED.format(**words)}, {_TOLD.format(**words)}"


def _words(one: Leaving, publication: Publication) -> dict[str, str]:
    return {
        "table": quote(one.table),
        "column": quote(one.column),
        "by": f"{literal(publication.by)}::uuid" if publication.by else "null::uuid",
        "publish": literal(publication.id),
        "object": literal(one.pipeline.object),
        "field": literal(one.pipeline.field),
        "history": "true" if one.history else "false",
    }


def _changes(one: Leaving, before: str, after: str, since_before: str, since_after: str) -> str:
    """What history says, as jsonb."""
    entries = f"{literal(one.pipeline.field)}, jsonb_build_array({before}, {after})"
    if one.since and one.pipeline.since:
        moments = f"{_moment(since_before)}, {_moment(since_after)}"
        entries += f", {literal(one.pipeline.since)}, jsonb_build_array({moments})"
    return f"jsonb_build_object({entries})"


def _moment(value: str) -> str:
    """A moment as history writes it (the connection's time zone is UTC)."""
    return f"replace(left(({value})::text, -3), ' ', 'T') || 'Z'"


_MOVED = """
moved as materialized (
  update {table} w set {column} = b.after, version = w.version + 1, updated_at = now(), updated_by = {by}{since}
    from batch b where w.id = b.id and b.after is not null
  returning w.id, w.version, b.before, b.after, b.since),
stays as materialized (
  select m.id, m.after, (select s.ctid from _stay s where s.record = m.id and s.field = {field} and s.left_at is null)
         as stay from moved m),
ended as (
  update _stay s set left_at = now(), left_by = {by}
   where s.ctid = any(array(select y.stay from stays y where y.stay is not null)) returning 1),
begun as (
  insert into _stay (object, record, field, value, entered_by)
  select {object}, y.id, {field}, y.after, {by} from stays y
   where y.stay is not null and (select count(*) from ended) >= 0),
kept as (
  insert into _restaged (publish, object, field, record, before, after, since)
  select {publish}::uuid, {object}, {field}, m.id, m.before, m.after, m.since from moved m
  on conflict (publish, object, field, record) do update set after = excluded.after)"""
_TOLD = """
remembered as (
  insert into _history (object, record, version, actor, cause, cause_ref, op, changes)
  select {object}, m.id, m.version, {by}, 'publish', {publish}, 'update', {changes} from moved m where {history}),
told as (
  insert into _outbox (topic, payload)
  select 'records', jsonb_build_object('object', {object}, 'op', 'update', 'count', count(*),
         'xid', pg_current_xact_id()::text, 'actor', {by}, 'cause', 'publish', 'cause_ref', {publish},
         'ids', jsonb_agg(m.id order by m.id))
    from moved m having count(*) > 0)"""


def _taking_back(one: Leaving) -> Action:
    def run(connection: Owner, publication: Publication) -> None:
        while patiently(connection, lambda inside: _take_back(inside, publication, one)):
            pass

    return run


def _take_back(connection: Owner, publication: Publication, one: Leaving) -> int:
    """Some of what was moved; how many records were looked at."""
    named = [publication.id, one.pipeline.object, one.pipeline.field]
    rows = connection.execute(
        "select record from _restaged where publish = %s and object = %s and field = %s order by record limit %s",
        [*named, AT_ONCE],
    ).fetchall()
    ids = [id for (id,) in rows]
    back = connection.execute(_taken_back(one, publication).encode(), [ids]).fetchall()
    ended = connection.execute(
        "delete from _stay where field = %s and left_at is null and record = any(%s::uuid[]) returning record",
        [one.pipeline.field, [id for (id,) in back]],
    ).fetchall()
    connection.execute(
        "update _stay set left_at = null, left_by = null where id in (select max(id) from _stay where field = %s"
        " and record = any(%s::uuid[]) group by record)",
        [one.pipeline.field, [id for (id,) in ended]],
    )
    connection.execute(
        "delete from _restaged where publish = %s and object = %s and field = %s and record = any(%s::uuid[])",
        [*named, ids],
    )
    return len(rows)


def _taken_back(one: Leaving, publication: Publication) -> str:
    words = _words(one, publication)
    words["since"] = f", {quote(one.since)} = k.since" if one.since else ""
    words["was"] = f"r.{quote(one.since)}" if one.since else "null::timestamptz"
    words["changes"] = _changes(one, "m.after", "m.before", "m.was", "m.since")
    words = {name: said.replace("%", "%%") for name, said in words.items()}
    return f"with {_TAKEN_BACK.format(**words)}, {_TOLD.format(**words)} select id from moved"


_TAKEN_BACK = """
held as materialized (
  select r.id, {was} as was, k.before, k.after, k.since from _restaged k join {table} r on r.id = k.record
   where k.publish = {publish}::uuid and k.object = {object} and k.field = {field} and r.{column} = k.after
     and k.record = any(%s::uuid[]) order by r.id for no key update of r),
moved as materialized (
  update {table} r set {column} = k.before, version = r.version + 1, updated_at = now(), updated_by = {by}{since}
    from held k where r.id = k.id returning r.id, r.version, k.before, k.after, k.since, k.was)"""
