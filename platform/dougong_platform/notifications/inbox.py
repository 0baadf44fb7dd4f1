"""A user's inbox: how many are unread, what is there, and marking it read. Called by the API and the inbox page; the
count is asked by every open page twice a minute, so it is one statement over a partial index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.notifications.shown import COLUMNS, FROM, Shown, shown
from dougong_platform.notifications.topics import TOPICS
from dougong_platform.query import cursor as cursors
from dougong_platform.query.single import addressed, uuid_text

MOST = 100  # entries of a page
COUNTED = 100  # unread ones are counted up to here
_COUNT = f"""
select (select count(*) from (select 1 from _notification where "user" = %(user)s::uuid and inbox and read_at is null
                              limit {COUNTED}) n),
       (select id from _notification where "user" = %(user)s::uuid and inbox and read_at is null
         order by id desc limit 1)
"""
_LIST = f"""
select {COLUMNS} {FROM}
 where n."user" = %(user)s::uuid and n.inbox {{unread}} {{topic}}
   and (%(before)s::uuid is null or n.id < %(before)s::uuid)
 order by n.id desc limit %(limit)s
"""
_THERE = 'select 1 from _notification where "user" = %(user)s::uuid and id = %(until)s::uuid'


@dataclass(frozen=True, slots=True)
class Count:
    """`unread` is at most COUNTED, which then means “and more”; `latest` is the newest unread one's id."""

    unread: int
    latest: str | None

    @property
    def mark(self) -> str:
        """Equal as long as nothing has changed: an ETag without its quotes."""
        return f"{self.unread}-{self.latest or 0}"


@dataclass(frozen=True, slots=True)
class Entries:
    """One page, newest first. `next` is the cursor of the page after it."""

    entries: list[Shown]
    next: str | None


def unread(caller: Caller) -> Count:
    """How many notifications wait for the caller."""
    _, rows = caller.database.read(caller.tenant, _COUNT, {"user": caller.user}, custom_plan=False)
    return Count(int(rows[0][0]), rows[0][1])


def entries(
    caller: Caller, *, only_unread: bool = False, topic: str | None = None, limit: int = 50, cursor: str | None = None
) -> Entries:
    """The caller's notifications as he may read them. Raises BadCursor, BadRequest for an unknown topic."""
    if topic is not None and topic not in TOPICS:
        known = ", ".join(TOPICS)
        raise BadRequest(en=f"There is no topic “{topic[:60]}”: {known}.", zh=f"没有主题「{topic[:60]}」：{known}。")
    most = max(1, min(limit, MOST))
    question = ("notifications", only_unread, topic)
    before = cursors.decode(question, cursor)[0] if cursor else None
    statement = _LIST.format(
        unread="and n.read_at is null" if only_unread else "", topic="and n.topic = %(topic)s" if topic else ""
    )
    values = {"user": caller.user, "before": before, "limit": most + 1} | ({"topic": topic} if topic else {})
    entry, rows = caller.database.read(caller.tenant, statement, values)
    caller.verify(entry)
    found = shown(caller, rows[:most])
    return Entries(found, cursors.encode(question, [rows[most - 1][0]]) if len(rows) > most else None)


def one(caller: Caller, id: str) -> Shown | None:
    """One of the caller's notifications; None if it is not his."""
    entry, rows = caller.database.read(
        caller.tenant,
        f'select {COLUMNS} {FROM} where n."user" = %(user)s::uuid and n.id = %(id)s::uuid',
        {"user": caller.user, "id": uuid_text(id)},
    )
    caller.verify(entry)
    return shown(caller, rows)[0] if rows else None


def mark(caller: Caller, ids: Sequence[Any], *, read: bool = True) -> int:
    """Mark some of the caller's notifications; how many changed. What is not his, or no id, is passed over.

    Raises NotFound if none of them is his.
    """
    if not ids:
        return 0
    wanted = [found for found in map(uuid_text, ids) if found is not None]
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        moment = "now()" if read else "null"
        rows = tx.rows(
            'with named as (select id from _notification where "user" = %(user)s and id = any(%(ids)s::uuid[])),'
            f" done as (update _notification n set read_at = {moment} from named where n.id = named.id"
            f" and n.read_at is {'null' if read else 'not null'} returning 1)"
            " select (select count(*) from named), (select count(*) from done)",
            {"user": caller.user, "ids": "{" + ",".join(wanted) + "}"},
        )
    ((found, changed),) = rows
    if not found:
        raise NotFound
    return int(changed)


def mark_all(caller: Caller, *, topic: str | None = None, until: str | None = None) -> tuple[int, str]:
    """Mark all that wait in the inbox, or in one topic, up to the one called `until` (what came after the page was made
    stays unread). How many, and the moment by which `take_back` finds them again. Raises NotFound if `until` is none of
    his."""
    values = {"user": caller.user, "topic": topic, "until": addressed(until) if until else None}
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        if until and not tx.rows(_THERE, values):
            raise NotFound
        rows = tx.rows(
            'with done as (update _notification set read_at = now() where "user" = %(user)s and inbox'
            " and read_at is null and (%(topic)s::text is null or topic = %(topic)s)"
            " and (%(until)s::uuid is null or id <= %(until)s::uuid) returning 1)"
            " select (select count(*) from done), now()",
            values,
        )
    return int(rows[0][0]), str(rows[0][1])


def take_back(caller: Caller, moment: str) -> int:
    """Undo `mark_all`: what was marked at this very moment is unread again. Raises BadRequest for what is no moment."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        rows = tx.rows(
            'update _notification set read_at = null where "user" = %(user)s and read_at = %(moment)s::timestamptz'
            " returning 1",
            {"user": caller.user, "moment": _moment(moment)},
        )
    return len(rows)


def _moment(text: str) -> str:
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRequest(en="This is no moment.", zh="时间格式不正确。") from None
