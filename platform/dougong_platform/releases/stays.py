"""Stays at stages for records that have none: opened when a field gets its first pipeline, mended by `dougong check`.

From the second save on the write path keeps them. What history tells of the time before becomes stays, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong_platform.releases.batches import Batches, Mark
from dougong_platform.releases.conversions import literal
from dougong_platform.releases.release import Release
from dougong_platform.storage.ddl import Owner
from dougong_platform.storage.structure import quote

AT_ONCE = 5_000  # rows of _stay that are closed in one transaction


@dataclass(frozen=True, slots=True)
class StagedField:
    """A picklist field that has a pipeline, with the physical names of its table and column (not quoted)."""

    object: str
    field: str
    table: str
    column: str

    def wrong(self, row: str = "r") -> str:
        """A condition on a row of the table: it is live, and its open stay is not the stage at which it is."""
        column = f"{row}.{quote(self.column)}"
        open_stay = (
            f"select from _stay s where s.record = {row}.id and s.field = {literal(self.field)} and s.left_at is null"
        )
        return (
            f"({row}.deleted_at is null and case when {column} is null"
            f" then exists ({open_stay} and s.value is not null) else not exists ({open_stay} and s.value = {column})"
            " end)"
        )

    @property
    def key(self) -> str:
        """Names it within a publish."""
        return f"{self.object}.{self.field}"


def staged_fields(release: Release) -> Mapping[tuple[str, str], StagedField]:
    """The fields that have a pipeline, by object and name."""
    names = release.catalogue
    return {
        (p.object, p.field): StagedField(p.object, p.field, names.table(p.object), names.column(p.object, p.field))
        for p in release.model.pipelines.values()
    }


def open_stays(connection: Owner, field: StagedField, after: str | None, mark: Mark) -> None:
    """Give every live record the stay that it lacks, in committed batches from behind `after`. Others may write
    meanwhile: what they open themselves stands."""
    table, column = quote(field.table).replace("%", "%%"), quote(field.column).replace("%", "%%")
    due = field.wrong().replace("%", "%%")
    columns = f"r.id, r.{column} as value, r.updated_at, r.updated_by, {due} as due"
    Batches(table, columns, _OPENED.format(**_words(field)), due, _BEFORE.format(**_words(field))).run(
        connection, after, mark
    )


def mend_stays(connection: Owner, field: StagedField) -> None:
    """As `open_stays`, and drop the stays of records that are gone."""
    open_stays(connection, field, None, lambda last, count: None)
    connection.execute(
        f"delete from _stay s where s.object = %s and s.field = %s and not exists"
        f" (select from {quote(field.table).replace('%', '%%')} t where t.id = s.record)".encode(),
        [field.object, field.field],
    )


def close_stays(connection: Owner, object: str, field: str) -> None:
    """End all stays of a field that has no pipeline any more: nobody would end them."""
    while True:
        closed = connection.execute(
            "update _stay set left_at = now() where id in (select id from _stay where object = %s and field = %s"
            " and left_at is null limit %s)",
            [object, field, AT_ONCE],
        )
        if closed.rowcount < AT_ONCE:
            return


def _words(field: StagedField) -> dict[str, str]:
    return {
        "object": literal(field.object).replace("%", "%%"),
        "field": literal(field.field).replace("%", "%%"),
    }


# `points`: when a record came to which stage, as history tells it; where it does not lead to the present value, the
# last change of the record. What is older than the stays that are there is left alone.
_BEFORE = """
due as materialized (select * from batch where due),
events as materialized (
  select h.record, h.at, h.actor, h.changes -> {field} ->> 1 as value, h.seq
    from _history h join due d on d.id = h.record
   where h.object = {object} and jsonb_exists(h.changes, {field})),
latest as (select distinct on (record) record, value from events order by record, seq desc),
closed as (
  update _stay s set left_at = greatest(s.entered_at, coalesce(
      (select min(e.at) from events e where e.record = s.record and e.at > s.entered_at), d.updated_at))
    from due d where s.record = d.id and s.field = {field} and s.left_at is null returning s.record, s.id, s.left_at),
known as materialized (
  select s.record, max(coalesce(c.left_at, s.left_at)) as until from _stay s join due d on d.id = s.record
    left join closed c on c.id = s.id where s.field = {field} group by s.record),
points as (
  select record, at, actor, value, seq from events
  union all
  select d.id, d.updated_at, d.updated_by, d.value, null from due d left join latest l on l.record = d.id
   where l.record is null or l.value is distinct from d.value),
spans as (
  select record, value, actor, at as entered_at,
         lead(at) over w as left_at, lead(actor) over w as left_by
    from points window w as (partition by record order by seq nulls last))
"""
_OPENED = """
insert into _stay (object, record, field, value, entered_at, left_at, entered_by, left_by)
select {object}, s.record, {field}, s.value, greatest(s.entered_at, k.until), s.left_at, s.actor, s.left_by
  from spans s left join known k on k.record = s.record
 where s.value is not null and (s.left_at is null or k.until is null or s.left_at > k.until)
on conflict (record, field) where left_at is null do nothing returning 1
"""
