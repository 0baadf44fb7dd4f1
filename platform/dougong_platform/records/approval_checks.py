"""A record that is in approval is locked for people: what they may change meanwhile, the approval says. What happens by
itself is not held up. Used by the update and the delete statement.

Whoever submits locks the record's row first, and whoever changes it does too: one of them sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.check import Check
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import Statement, literal

HELD = frozenset({"user", "api", "import", "undo"})  # causes behind which people stand
_HELD = "%(held)s::boolean"


# One look per row, however many fields it gives: what each running approval that locks the record leaves open.
LOCKS = (
    'left join lateral (select array_agg(a.open) as left_open from "§"._approval a where a.record = n.id'
    f" and a.state = 'running' and jsonb_typeof(a.open) = 'array' and {_HELD}) held on true"
)


def lock_checks(
    object: ObjectModel, row: NewRow, changed: Callable[[str], str | None], given: Sequence[str]
) -> Iterator[Check]:
    """One check for each given field: it is new, and the record is in an approval that does not leave it open. They go
    with the join LOCKS."""
    if not object.approvals:
        return
    for name in given:
        moves = changed(name)
        if moves is None:
            continue
        row.used[name] = object.fields[name]
        shut = f"exists (select from unnest(held.left_open) o (fields) where not o.fields ? {literal(name)})"
        yield Check("in_approval", f"held.left_open is not null and {moves} and {shut}", object.fields[name])


def held_records(object: ObjectModel) -> Statement:
    """Returns (id, code) of the records of `ids` that people may not delete: in approval, or only by one."""
    guarded = any(flow.deletes for flow in object.approvals)
    locked = (
        "select a.record, 'in_approval' from \"§\"._approval a where a.record = any(%(ids)s::uuid[])"
        f" and {_HELD} and a.state = 'running' and jsonb_typeof(a.open) = 'array'"
    )
    if not guarded:
        return Statement(locked)
    return Statement(
        f"{locked} union all select x.id, 'delete_by_approval' from unnest(%(ids)s::uuid[]) x (id) where {_HELD}"
    )
