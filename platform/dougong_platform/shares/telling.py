"""Tells people that something is shared with them: once for an action, however many records it shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dougong_metadata.model.types import ObjectModel
from dougong_platform.notifications import notify
from dougong_platform.records.action import SILENT, Writing
from dougong_platform.shares.storing import Move
from dougong_platform.shares.subjects import Subject


def tell_of_shares(
    writing: Writing, object: ObjectModel, subject: Subject, moves: Sequence[Move], names: Mapping[str, str | None]
) -> None:
    """A person, or the members of a team. Departments are not told: they may be the whole company."""
    caller = writing.caller
    new = [move for move in moves if move.before is None and move.after is not None]
    if not new or subject.kind == "department" or caller.cause in SILENT:
        return
    users = [subject.id] if subject.kind == "user" else _members(writing, subject.id)
    terms = new[0].after.terms if new[0].after is not None else None
    one = new[0].record if len(new) == 1 else None
    notify(
        writing.tx,
        tenant=caller.tenant,
        users=[user for user in users if user != caller.user],
        title=_title(_who(writing), object, len(new), names.get(one) if one else None),
        body=(terms.note if terms is not None else None) or "",
        object=object.name,
        record=one,
        actor=caller.user,
        topic="share",
    )


def _title(who: str, object: ObjectModel, count: int, name: str | None) -> dict[str, Any]:
    if name:
        piece = {"text": name, "reads": [f"{object.name}.{object.name_field}"]}
        return {"en": [f"{who} shared “", piece, "” with you"], "zh": [f"{who} 与您共享了「", piece, "」"]}
    if count == 1:
        return {
            "en": f"{who} shared a record with you: {object.label.en}",
            "zh": f"{who} 与您共享了一条记录：{object.label.zh}",
        }
    return {
        "en": f"{who} shared {count:,} records with you: {object.plural.en}",
        "zh": f"{who} 与您共享了 {count:,} 条记录：{object.plural.zh}",
    }


def _who(writing: Writing) -> str:
    rows = writing.tx.rows('select name from "user" where id = %(id)s', {"id": writing.caller.user})
    return str(rows[0][0]) if rows else ""


def _members(writing: Writing, team: str) -> list[str]:
    rows = writing.tx.rows(
        'select "user" from team_member where team = %(team)s and deleted_at is null', {"team": team}
    )
    return [str(row[0]) for row in rows]
