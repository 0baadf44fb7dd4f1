"""Reads the audit log: newest first, narrowed down, page by page. Called by the engine for who may read it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dougong_tenants.connection import Database
from dougong_tenants.tenant import Entry as State
from dougong_tenants.tenant import Tenant

MOST_COUNTED = 10_000
SPAN = 100_000  # entries that a search for words looks through at once: an index on all their text would cost more
_COLUMNS = "seq, at, actor, action, target_kind, target, label, details, ip, via"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAMES = """
select id, name from "user" where id = any(%(ids)s::uuid[])
union all select id, name from department where id = any(%(ids)s::uuid[])
union all select id, name from team where id = any(%(ids)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row; `at` is ISO 8601 text, `actor` a user's id."""

    seq: int
    at: str
    actor: str | None
    action: str
    target_kind: str | None
    target: str | None
    label: str | None
    details: dict[str, Any]
    ip: str | None
    via: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word that an entry must hold: in its texts, in the name of a person, or by being one of `actions`."""

    text: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What an entry must fit; whatever is empty narrows nothing.

    `person`: who acted or was acted upon; `since` and `until`: moments as ISO 8601 text, the latter excluded.
    """

    actions: tuple[str, ...] = ()
    actor: str | None = None
    person: str | None = None
    target: str | None = None
    since: str | None = None
    until: str | None = None
    words: tuple[Word, ...] = field(default=())


def read_entries(
    database: Database, tenant: Tenant, question: Question, *, limit: int, before: int | None = None, span: int = SPAN
) -> tuple[State, list[AuditEntry], int | None]:
    """The newest `limit` entries, or those older than the one with seq `before`; and where to read on (a seq), None at
    the end. A search for words looks through `span` entries at once: it may find few, or none, and yet go on.
    """
    where, values = _where(question)
    if before is not None:
        where.append("seq < %(before)s")
        values["before"] = before
    near = f"select {_COLUMNS} from _audit{_all(where)} order by seq desc"  # ours; values are bound
    words, like = _words(question)
    if words:
        near = f"select * from ({near} limit %(span)s) near{_all(words)} order by seq desc"  # ours likewise
    state, rows = database.read(tenant, f"{near} limit %(limit)s", {**values, **like, "limit": limit + 1, "span": span})
    entries = [AuditEntry(*row) for row in rows[:limit]]
    if len(rows) > limit:
        return state, entries, entries[-1].seq
    return state, entries, _end_of_span(database, tenant, where, values, span) if words else None


def count_entries(database: Database, tenant: Tenant, question: Question, span: int = SPAN) -> int | None:
    """How many fit; counting ends at MOST_COUNTED + 1. None for words in more than `span` entries."""
    where, values = _where(question)
    words, like = _words(question)
    near = f"select * from _audit{_all(where)}"  # ours; values are bound
    if words:
        if _end_of_span(database, tenant, where, values, span) is not None:
            return None
        near = f"select from ({near}) near{_all(words)}"  # ours likewise
    sql = f"select count(*) from ({near} limit {MOST_COUNTED + 1}) found"  # ours likewise
    _, rows = database.read(tenant, sql, {**values, **like})
    return int(rows[0][0])


def _end_of_span(database: Database, tenant: Tenant, where: list[str], values: dict[str, Any], span: int) -> int | None:
    """The seq of the last of the newest `span` entries, None if there are not that many."""
    sql = f"select seq from _audit{_all(where)} order by seq desc limit 2 offset %(skip)s"  # ours; values are bound
    _, rows = database.read(tenant, sql, {**values, "skip": span - 1})
    return int(rows[0][0]) if len(rows) == 2 else None


def count_by_action(database: Database, tenant: Tenant, days: int) -> dict[str, int]:
    """How often each action was noted in the last `days` days."""
    _, rows = database.read(
        tenant,
        "select action, count(*) from _audit where at > now() - make_interval(days => %s) group by action",
        (days,),
    )
    return dict(rows)


def names_in(database: Database, tenant: Tenant, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """The present names of all people, departments and teams whose ids stand in the entries."""
    ids: set[str] = set()
    for entry in entries:
        ids.update(_ID.findall(f"{entry.actor} {entry.target} {entry.details}"))
    return names_of(database, tenant, ids)


def names_of(database: Database, tenant: Tenant, ids: Iterable[str | None]) -> dict[str, str]:
    """{id: name} of those that are known."""
    wanted = sorted({id for id in ids if id})
    if not wanted:
        return {}
    _, rows = database.read(tenant, _NAMES, {"ids": wanted}, custom_plan=False)
    return dict(rows)


def named(text: str, names: dict[str, str]) -> str:
    """The text with every id that `names` knows replaced by its name."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), text)


def _all(where: list[str]) -> str:
    return f" where {' and '.join(where)}" if where else ""


def _where(question: Question) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if question.actions:
        where.append("action = any(%(actions)s::text[])")
        values["actions"] = list(question.actions)
    for name, condition in (
        ("actor", "actor = %(actor)s::uuid"),
        ("person", "(actor = %(person)s::uuid or (target_kind = 'user' and target = %(person)s::uuid::text))"),
        ("target", "target = %(target)s"),
        ("since", "at >= %(since)s::timestamptz"),
        ("until", "at < %(until)s::timestamptz"),
    ):
        if (value := getattr(question, name)) is not None:
            where.append(condition)
            values[name] = value
    return where, values


def _words(question: Question) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    for number, word in enumerate(question.words):
        like, which = f"%(like{number})s", f"%(which{number})s"
        people = f'(select id from "user" where name ilike {like})'
        where.append(
            f"(concat_ws(' ', label, ip, target, action, details::text) ilike {like} or action = any({which}::text[])"
            f" or actor in {people} or (target_kind = 'user' and target in (select id::text from {people} p)))"
        )
        values[f"like{number}"] = "%" + re.sub(r"([%_\\])", r"\\\1", word.text) + "%"
        values[f"which{number}"] = list(word.actions)
    return where, values
