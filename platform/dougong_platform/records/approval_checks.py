"""A record that is in approval is locked for people, and its details with it: what they may change meanwhile, the
approval says. What happens by itself is not held up. Used by the statements that write and delete.

Whoever submits locks the record's row first, and whoever changes it does too: one of them sees the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.check import Check
from dougong_platform.records.new_row import NewRow
from dougong_platform.records.statement import Statement, literal, quoted

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


def parent_check(object: ObjectModel, parent: ObjectModel, row: NewRow, creating: bool) -> Check:
    """The record belongs to one that is in approval: neither added nor changed, nor taken away from it."""
    link = object.parent
    assert link is not None
    row.used[link.name] = link
    owners = [f"n.{quoted(link.name)}"]
    if not creating:
        owners.append(f"n.{quoted('_old_' + link.name)}")
    running = (
        f'exists (select from "§"._approval a where a.record = any(array[{", ".join(owners)}]::uuid[])'
        " and a.state = 'running' and jsonb_typeof(a.open) = 'array')"
    )
    return Check("parent_in_approval", f"{_HELD} and {running}", link, {"object": parent.label})


def held_details(table: str, link: str) -> Statement:
    """Returns the records of `ids` whose parent is in approval."""
    return Statement(
        f'select t.id from "§".{quoted(table)} t join "§"._approval a on a.record = t.{quoted(link)}'
        f" where t.id = any(%(ids)s::uuid[]) and {_HELD} and a.state = 'running' and jsonb_typeof(a.open) = 'array'"
    )


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
