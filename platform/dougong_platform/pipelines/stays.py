"""How long a record has stood at each value of one field. Called by the record page's path and the API.

Fields with a pipeline have their stays in `_stay`; those of others are read from history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import StageModel
    from dougong_platform.http.caller import Caller

_DAYS = "extract(day from coalesce({until}, now()) - {since})::integer"
_KEPT = f"""
select value, entered_at, left_at, {_DAYS.format(until="left_at", since="entered_at")} from _stay
 where record = %(record)s::uuid and object = %(object)s and field = %(field)s order by entered_at, id
"""
_FROM_HISTORY = f"""
select value, at, until, {_DAYS.format(until="until", since="at")} from (
  select seq, at, changes->%(field)s->1 as value, lead(at) over (order by seq) as until from _history
   where record = %(record)s::uuid and object = %(object)s and changes ? %(field)s) h order by seq
"""
_NOW = f"""
select record, value, {_DAYS.format(until="null::timestamptz", since="entered_at")} from _stay
 where record = any(%(records)s::uuid[]) and object = %(object)s and field = %(field)s and left_at is null
"""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at `value`: from `since` to `until` (ISO moments; None = still there), `days` whole days long."""

    value: Any
    since: str
    until: str | None
    days: int


def stays(caller: Caller, object: str, record: str, field: str) -> list[Stay]:
    """The stays of a record that the caller is known to see, oldest first; [] without the right to read the field, or
    where neither a pipeline nor history keeps them."""
    model = caller.model.object(object)
    if caller.rights.field(object, field) == "none":
        return []
    staged = any(p.field == field for p in model.pipelines)
    if not staged and not model.history:
        return []
    entry, rows = caller.database.read(
        caller.tenant, _KEPT if staged else _FROM_HISTORY, {"record": record, "object": object, "field": field}
    )
    caller.verify(entry)
    return [Stay(*row) for row in rows]


def days_now(caller: Caller, object: str, records: Sequence[str], field: str) -> dict[str, int]:
    """Whole days that each of these records (which the caller is known to see) has stood at its present stage."""
    if not records or caller.rights.field(object, field) == "none":
        return {}
    entry, rows = caller.database.read(
        caller.tenant, _NOW, {"records": "{" + ",".join(records) + "}", "object": object, "field": field}
    )
    caller.verify(entry)
    return {str(row[0]): int(row[2]) for row in rows}


def is_stalled(stage: StageModel | None, days: int) -> bool:
    """Whether a record that has been at the stage for so many whole days has been there for too long."""
    return stage is not None and not stage.is_closed and stage.stall_days is not None and days >= stage.stall_days
