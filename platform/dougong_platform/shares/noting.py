"""What the audit log is told of shares, in the transaction that writes them: one entry for each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.records.action import Writing
from dougong_platform.shares.storing import Move
from dougong_platform.shares.terms import Terms, until
from dougong_tenants.audit import note


def note_moves(writing: Writing, object: ObjectModel, moves: Sequence[Move], names: Mapping[str, str | None]) -> None:
    """`names`: what the records are called, by id."""
    for move in moves:
        share = move.after or move.before
        assert share is not None
        before, after = (_said(writing, one.terms) if one else {} for one in (move.before, move.after))
        about: dict[str, Any] = {"with": share.subject, "object": object.name}
        if move.before is None or move.after is None:
            about |= after or before
        else:
            keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
            about["changes"] = {key: [before.get(key), after.get(key)] for key in keys}
        note(
            writing.tx,
            "share.added" if move.before is None else "share.changed" if move.after is not None else "share.removed",
            actor=writing.caller.user,
            target_kind="record",
            target=move.record,
            label=names.get(move.record),
            details=about,
        )


def _said(writing: Writing, terms: Terms) -> dict[str, Any]:
    said = {
        "access": terms.access,
        "role": terms.role,
        "relations": list(terms.relations),
        "until": until(terms.expires_at, writing.caller.timezone),
    }
    return {key: value for key, value in said.items() if value}
