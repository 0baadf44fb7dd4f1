"""Taking back what the caller himself did with shares: what he gave is withdrawn, what he withdrew is given again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.access.share_entries import KEY
from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_platform.records.action import Writing, act
from dougong_platform.records.arrays import array_text
from dougong_platform.shares.giving import beyond, shareable
from dougong_platform.shares.storing import Held, Move, Open, from_history, held, seen
from dougong_platform.shares.writing import store
from dougong_tenants import new_id

# One action touches a record once, so that the order does not matter.
_DONE = """
select record, changes -> %(key)s -> 0, changes -> %(key)s -> 1 from _history
 where cause_ref = %(ref)s and object = %(object)s and op in ('share', 'unshare') and actor = %(user)s::uuid
"""


def take_back(caller: Caller, object: str, ref: str) -> tuple[int, int]:
    """(shares put back as they were, shares that were changed since or that he may not touch any more).

    Raises NotFound where the caller did nothing under this reference.
    """
    model = shareable(caller, object)

    def run(writing: Writing) -> tuple[int, int]:
        asked = {"key": KEY, "ref": ref[:100], "object": object, "user": caller.user}
        done = writing.tx.rows(_DONE, asked)
        if not done:
            raise NotFound
        ids = [row[0] for row in done]
        records = seen(writing, model, ids)
        there = {
            (one.record, one.subject): one
            for one in held(writing, model, "record = any(%(records)s::uuid[])", {"records": array_text(ids)})
        }
        moves = [move for row in done if (move := _back(caller, model, row, there, records)) is not None]
        store(writing, model, moves, str(new_id()), display_names(caller, object, [move.record for move in moves]))
        return len(moves), len(done) - len(moves)

    return act(caller, run)


def _back(
    caller: Caller,
    object: ObjectModel,
    row: Sequence[Any],
    there: dict[tuple[str, str], Held],
    records: dict[str, Open],
) -> Move | None:
    record, was, became = row
    before, after = (None if one is None else from_history(record, one) for one in (was, became))
    now = there.get((record, (before or after).subject))  # type: ignore[union-attr]  # history holds one of the two
    if record not in records or not _same(now, after):
        return None
    if before is not None:
        kept = now.terms if now else None
        wider = before.terms.goes_beyond(kept)
        if wider and not caller.rights.may(object.name, "share"):
            return None
        if beyond(caller, before.terms, kept, records[record]) is not None:
            return None
    return Move(record, records[record].version, now, before)


def _same(now: Held | None, then: Held | None) -> bool:
    if now is None or then is None:
        return now is then
    return now.id == then.id and now.terms == then.terms
