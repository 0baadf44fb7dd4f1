"""The SQL of a try-out: which saves, dates and cron times of a period would have set an automation off.

Every statement answers (seq, at, due, record, name, actor, then what is wanted of the actions), in the order of time.
"""

from __future__ import annotations

from collections.abc import Sequence

from dougong_metadata.expressions import Checked
from dougong_metadata.model.flow_types import AutomationModel
from dougong_platform.automations.try_out.as_of import AsOf, of_the_moment
from dougong_platform.automations.try_out.wanted import Wanted, column
from dougong_platform.records.before import fired
from dougong_platform.records.from_json import from_json
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import Statement, fragment, literal, quoted
from dougong_platform.releases.release import Release

OPS = {
    "saved": ("create", "update"),
    "created": ("create",),
    "updated": ("update",),
    "deleted": ("delete",),
}
_SAVES = """
select h.record as id, h.seq as _seq, h.at as _at, h.version as _version, h.actor as _actor, h.changes as _changes,
       null::timestamptz as _due
  from "§"._history h where h.object = {object} and h.op = {op} and h.at >= %(since)s::timestamptz
   and h.at < %(until)s::timestamptz
"""
# Records that were there at a moment m: made before it, and not in the bin.
_THERE = """
  coalesce((select x.op <> 'delete' from "§"._history x where x.record = {id} and x.object = {object}
     and x.op in ('create', 'delete', 'restore') and x.at <= {m} order by x.seq desc limit 1),
    (select y.created_at <= {m} and (y.deleted_at is null or y.deleted_at > {m}) from {table} y where y.id = {id}),
    false)
"""


def saves(release: Release, automation: AutomationModel, op: str, columns: Sequence[Wanted]) -> Statement:
    """Saves (op: create, update, delete) between since and until."""
    object = str(automation.object)
    as_of = AsOf(release, object, of_saves=op != "delete")
    row = as_of.row(creating=op == "create")
    fields = tuple(release.model.object(object).fields)
    condition = fired(automation, row, creating=op == "create", touched=fields)
    base = _SAVES.format(object=literal(object), op=literal(op))
    return _statement(as_of, row, automation, base, condition, columns)


def dates(release: Release, automation: AutomationModel, columns: Sequence[Wanted]) -> Statement:
    """Due times between since and until of every value that the date had, while it had it. A date that was written
    after its time was due at once, up to a year later."""
    object, trigger = str(automation.object), automation.trigger
    field = release.model.object(object).fields[str(trigger.field)]
    names, kind, name = release.catalogue, field.type.pg_type, literal(field.name)
    table = f'"§".{quoted(names.table(object))}'
    day = "{v}" if kind == "date" else "({v} at time zone %(tenant_timezone)s::text)::date"
    of, changed = literal(object), f"h.object = {literal(object)} and h.changes ? {name}"
    stays = f"""
with told as (
  select h.record, h.at, h.seq, {from_json(f"(h.changes -> {name} -> 0)", kind)} as old,
         {from_json(f"(h.changes -> {name} -> 1)", kind)} as new from "§"._history h where {changed}),
stays as (
  select record, new as v, at as since, lead(at) over (partition by record order by seq) as ended from told
  union all
  (select distinct on (record) record, old, '-infinity', at from told order by record, seq)
  union all
  select t.id, t.{quoted(names.column(object, field.name))}, '-infinity', null from {table} t
   where not exists (select from told where told.record = t.id)),
due as (
  select record, since, ended,
         ({day.format(v="v")} + {int(trigger.days)} + {literal(trigger.time)}::time)
           at time zone %(tenant_timezone)s::text as due
    from stays where v is not null),
moments as (
  select distinct on (record, due) record, due, greatest(due, since) as m, ended from due
   where ended is null or ended > greatest(due, since) order by record, due, since)
select d.record as id, 0::bigint as _seq, d.m as _at, null::integer as _version, null::uuid as _actor,
       null::jsonb as _changes, d.due as _due
  from moments d where d.m >= %(since)s::timestamptz and d.m < %(until)s::timestamptz and d.m <= now()
   and d.m - d.due < interval '366 days' and {_THERE.format(id="d.record", object=of, m="d.m", table=table)}
"""
    return _at_moments(release, automation, stays, columns)


def strikes(release: Release, automation: AutomationModel, columns: Sequence[Wanted]) -> Statement:
    """All records at each of the moments %(moments)s."""
    object = str(automation.object)
    table = f'"§".{quoted(release.catalogue.table(object))}'
    base = f"""
select t.id, 0::bigint as _seq, s.m as _at, null::integer as _version, null::uuid as _actor, null::jsonb as _changes,
       s.m as _due
  from unnest(%(moments)s::timestamptz[]) s(m) cross join {table} t
 where t.created_at <= s.m and {_THERE.format(id="t.id", object=literal(object), m="s.m", table=table)}
"""
    return _at_moments(release, automation, base, columns)


def _at_moments(release: Release, automation: AutomationModel, base: str, columns: Sequence[Wanted]) -> Statement:
    as_of = AsOf(release, str(automation.object), of_saves=False)
    row = as_of.row()
    parts = []
    if automation.record_types:
        row.used["record_type"] = row.field(("record_type",))
        parts.append(f"n.record_type = any({literal(list(automation.record_types))}::text[])")
    if automation.condition is not None:
        parts.append(_condition(row, automation.condition))
    return _statement(as_of, row, automation, base, " and ".join(parts) or "true", columns)


def _condition(row: NewRow, condition: Checked) -> str:
    return f"coalesce({row.text(condition)}, false)"


def _statement(
    as_of: AsOf, row: NewRow, automation: AutomationModel, base: str, condition: str, columns: Sequence[Wanted]
) -> Statement:
    name = fragment(row.column((as_of.release.model.object(as_of.object).name_field,)))
    asked = [f"({name})::text", "n._actor", *(column(row, one) for one in columns)]
    rows = as_of.rows(base, list(row.used.values()), "b._seq, b._due")
    answered = of_the_moment(", ".join(asked))
    return Statement(
        f"with {rows} select n._seq, n._at, n._due, n.id, {answered} from n {of_the_moment(row.joins)}"
        f" where {of_the_moment(condition)} order by n._at, n._seq, n.id limit %(limit)s"
    )
