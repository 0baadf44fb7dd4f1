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
        # A value and no `exists`: that would be answered by reading all open stays.
        stay = f"select s.value from _stay s where s.record = {row}.id and s.field = {literal(self.field)}"
        column = f"{row}.{quote(self.column)}"
        return f"({row}.deleted_at is null and ({stay} and s.left_at is null) is distinct from {column})"

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
        "table": quote(field.table).replace("%", "%%"),
    }


# All by record and through indexes, whatever PostgreSQL believes of the tables' sizes: a batch forbids hash joins.
# _CAME: when a record came to which stage, as history tells it. `until`: when the stays end that are there; what is
# older is left alone.
_CAME = """select h.at, h.actor, h.changes -> {field} ->> 1 as value, h.seq from _history h
   where h.record = d.id and h.object = {object} and jsonb_exists(h.changes, {field})"""
_END = """greatest(s.entered_at, coalesce((select min(h.at) from _history h where h.record = s.record
   and h.object = {object} and jsonb_exists(h.changes, {field}) and h.at > s.entered_at),
   (select r.updated_at from {table} r where r.id = s.record)))"""
_BEFORE = f"""
due as materialized (
  select d.*,
         (select s.ctid from _stay s where s.record = d.id and s.field = {{field}} and s.left_at is null) as stay,
         (select max(coalesce(s.left_at, {_END})) from _stay s where s.record = d.id and s.field = {{field}}) as until
    from batch d where d.due),
closed as (
  update _stay s set left_at = {_END}
   where s.ctid = any(array(select d.stay from due d where d.stay is not null)) returning 1),
spans as (
  select d.id as record, d.until, p.value, p.actor, p.at as entered_at,
         lead(p.at) over w as left_at, lead(p.actor) over w as left_by
    from due d cross join lateral (
      {_CAME}
      union all
      select d.updated_at, d.updated_by, d.value, null
       where (select array[c.value] from ({_CAME} order by h.seq desc limit 1) c) is distinct from array[d.value]) p
  window w as (partition by d.id order by p.seq nulls last))
"""
# Counting what was closed makes PostgreSQL finish that first: one open stay at a time.
_OPENED = """
insert into _stay (object, record, field, value, entered_at, left_at, entered_by, left_by)
select {object}, s.record, {field}, s.value, greatest(s.entered_at, s.until), s.left_at, s.actor, s.left_by
  from spans s where s.value is not null and (s.left_at is null or s.until is null or s.left_at > s.until)
   and (select count(*) from closed) >= 0
on conflict (record, field) where left_at is null do nothing returning 1
"""
