"""Notifications as one receiver may read them, when he reads them. Called by the inbox, by mails and by robots.

Whoever may not see the record hears that something was said, and nothing of what: neither names nor numbers. Pieces
that were written from fields he may not read are blanked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.notifications.texts import readable, walked_to
from dougong_platform.notifications.topics import topic_named
from dougong_platform.query.allowed import allowed_on

COLUMNS = 'n.id, n.at, n.topic, n.title, n.body, n.object, n.record, n.actor, a.name, n.read_at, n."user", n.page '
FROM = 'from _notification n left join "user" a on a.id = n.actor '


@dataclass(frozen=True, slots=True)
class Shown:
    """`object` and `record` are None where there is nothing to open; `withheld`: the receiver may not see what it is
    about. `page` is where opening it goes, where that is not the record. `at` and `read_at` are ISO 8601."""

    id: str
    at: str
    topic: str
    title: str
    body: str
    object: str | None
    record: str | None
    actor: str | None
    actor_name: str | None
    read_at: str | None
    withheld: bool = False
    page: str | None = None

    @property
    def path(self) -> str | None:
        """Where opening it goes, on this site."""
        return self.page or (f"/o/{self.object}/{self.record}" if self.object and self.record else None)


def shown(caller: Caller, rows: Iterable[Sequence[Any]]) -> list[Shown]:
    """Rows of COLUMNS as the caller may read them. Raises CallerOutdated."""
    given = list(rows)
    open_ = _open(caller, given)
    return [_one(caller, row, open_) for row in given]


def _open(caller: Caller, rows: Sequence[Sequence[Any]]) -> Mapping[str, frozenset[str]]:
    """The records, of the notifications and of what their texts were written from, that the caller may read."""
    asked: dict[str, set[str]] = {}
    for row in rows:
        said = [(row[5], row[6]), *walked_to(row[3]), *walked_to(row[4])]
        for object, id in said:
            if object in caller.model.objects and id is not None:
                asked.setdefault(object, set()).add(id)
    return {
        object: frozenset(id for id, may in allowed_on(caller, object, ids).items() if "read" in may)
        for object, ids in asked.items()
    }


def _one(caller: Caller, row: Sequence[Any], open_: Mapping[str, frozenset[str]]) -> Shown:
    id, at, topic, title, body, object, record, actor, actor_name, read_at, user, page = row
    entitled = page is not None and user == caller.user
    seen_at_all = object is None or (record in open_.get(object, ()) if record else caller.rights.may(object, "read"))
    if not entitled and not seen_at_all:
        said = topic_named(topic).withheld.text(caller.locale)
        return Shown(id, at, topic, said, "", None, None, actor, actor_name, read_at, withheld=True)

    def seen(of: str, walked: str) -> bool:
        return walked in open_.get(of, ())

    return Shown(
        id,
        at,
        topic,
        readable(title, caller.locale, caller.rights, seen),
        readable(body, caller.locale, caller.rights, seen),
        object,
        record,
        actor,
        actor_name,
        read_at,
        page=page,
    )
