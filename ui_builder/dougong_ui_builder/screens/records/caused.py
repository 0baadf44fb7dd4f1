"""Which automation wrote an entry of the timeline, and the page of its run for those who may open it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import Fault
from dougong_platform.automations import reading
from dougong_platform.records.arrays import array_text
from dougong_ui_builder.components import label_text

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

_RUNS = """
select distinct on (batch) batch, automation, id from _automation_run where batch = any(%(batches)s::uuid[])
 order by batch, (record = %(record)s::uuid) desc nulls last, id
"""


@dataclass(frozen=True, slots=True)
class CausedBy:
    """`url` of the run; None for those who may not open it."""

    label: str
    url: str | None


def automations_of(caller: Caller, record: str, changes: Sequence[Mapping[str, Any]]) -> dict[str, CausedBy]:
    """By `cause_ref` of the changes that automations made."""
    batches = {str(one["cause_ref"]) for one in changes if one["cause"] == "automation" and one["cause_ref"]}
    if not batches:
        return {}
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        rows = tx.rows(_RUNS, {"batches": array_text(sorted(batches)), "record": record})
    try:
        reading.require(caller)
        may_open = caller.rights.may_shape("automation")
    except Fault:
        may_open = False
    return {
        batch: CausedBy(_label(caller, name), f"/builder/automations/{name}/runs/{run}" if may_open else None)
        for batch, name, run in rows
    }


def _label(caller: Caller, name: str) -> str:
    known = caller.model.automations.get(name)
    return label_text(known.label) if known is not None else name
