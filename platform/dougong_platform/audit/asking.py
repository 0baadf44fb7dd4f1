"""Turns what a reader asks for into a Question, and answers it in pages with names. Used by the API and the screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dougong_platform.audit.actions import ACTIONS, GROUPS, actions_named
from dougong_platform.audit.wording import Wording
from dougong_platform.errors import BadCursor, BadRequest
from dougong_platform.http.caller import Caller
from dougong_platform.query import cursor as cursors
from dougong_platform.query.single import uuid_text
from dougong_tenants.audit.reading import AuditEntry, Question, Word, names_in, read_entries

MOST_ENTRIES, MOST_WORDS, LONGEST_TEXT = 1000, 8, 200


@dataclass(frozen=True, slots=True)
class Answer:
    """A page: entries newest first, the words for them, and the cursor of the next page (None on the last). A search
    for words may leave a page short or empty, though more follow."""

    entries: list[AuditEntry]
    wording: Wording
    next: str | None


def question(
    caller: Caller,
    *,
    actions: Sequence[str] = (),
    actor: str | None = None,
    person: str | None = None,
    target: str | None = None,
    since: str | None = None,
    until: str | None = None,
    text: str | None = None,
) -> Question:
    """`actions`: codes, groups of them, or first words (`token` = all of `token.…`). `since`, `until`: days in the
    caller's time zone (the last one included) or moments. Raises BadRequest."""
    wanted = [code for one in actions for code in _codes(one)]
    words = (text or "")[:LONGEST_TEXT].split()[:MOST_WORDS]
    return Question(
        tuple(dict.fromkeys(wanted)),
        _user("actor", actor),
        _user("person", person),
        target,
        None if since is None else _moment(caller, "from", since),
        None if until is None else _moment(caller, "to", until, days=1),
        tuple(Word(word, actions_named(word)) for word in words),
    )


def answer(caller: Caller, asked: Question, *, limit: int, cursor: str | None = None, verified: bool = False) -> Answer:
    """One page of at most `limit` entries. Raises NotAllowed without the system right audit, BadCursor.

    `verified`: the caller has been found to be right already, by the first of several pages read for one answer.
    """
    caller.require("audit")
    before = None
    if cursor is not None:
        values = cursors.decode(_mark(asked), cursor)
        if len(values) != 1 or not isinstance(values[0], int):
            raise BadCursor
        before = values[0]
    state, entries, end = read_entries(caller.database, caller.tenant, asked, limit=limit, before=before)
    if not verified:
        caller.verify(state)
    return Answer(
        entries,
        Wording(caller.model, caller.locale, caller.timezone, names_in(caller.database, caller.tenant, entries)),
        None if end is None else cursors.encode(_mark(asked), [end]),
    )


def _codes(asked: str) -> Iterable[str]:
    if asked in GROUPS:
        return GROUPS[asked].actions
    return (asked, *(code for code in ACTIONS if code.startswith(f"{asked}.")))


def _mark(asked: Question) -> tuple[object, ...]:
    return ("audit", asked)


def _user(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    found = uuid_text(text)
    if found is None:
        raise BadRequest(en=f"“{name}” must be the id of a user.", zh=f"{name} 须为用户的 id。")
    return found


def _moment(caller: Caller, name: str, text: str, days: int = 0) -> str:
    zone = ZoneInfo(caller.timezone)
    try:
        if len(text) == 10:
            found = dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), zone) + dt.timedelta(days=days)
        else:
            found = dt.datetime.fromisoformat(text)
            found = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return found.astimezone(dt.UTC).isoformat()
    except (ValueError, OverflowError):
        raise BadRequest(
            en=f"“{name}” must be a day such as 2026-01-31 or a moment such as 2026-01-31T08:00:00Z.",
            zh=f"{name} 须为日期（如 2026-01-31）或时刻（如 2026-01-31T08:00:00Z）。",
        ) from None
