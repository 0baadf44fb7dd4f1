"""How long a record has stood at each value of one field, read from its history. Called by the record page's path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_platform.http.caller import Caller


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at `value`: from `since` to `until` (ISO moments; None = still there), `days` whole days long."""

    value: Any
    since: str
    until: str | None
    days: int


def stays(caller: Caller, object: str, record: str, field: str) -> list[Stay]:
    """The stays of a record that the caller is known to see, oldest first; [] without history or without the right
    to read the field."""
    if caller.rights.field(object, field) == "none" or not caller.model.object(object).history:
        return []
    entry, rows = caller.database.read(
        caller.tenant,
        "select value, at, until, extract(day from coalesce(until, now()) - at)::integer from"
        " (select seq, at, changes->%(field)s->1 as value, lead(at) over (order by seq) as until from _history"
        " where record = %(record)s::uuid and object = %(object)s and changes ? %(field)s) h order by seq",
        {"record": record, "object": object, "field": field},
    )
    caller.verify(entry)
    return [Stay(*row) for row in rows]
