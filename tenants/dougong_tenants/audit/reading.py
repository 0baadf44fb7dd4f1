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

    `actions`: exact ones, or first words (`token` = all of `token.…`); `person`: who acted or was acted upon; `since`
    and `until`: moments as ISO 8601 text, the latter excluded.
    """

    actions: tuple[str, ...] = ()
    actor: str | None = None
    person: str | None = None
    target: str | None = None
    since: str | None = None
    until: str | None = None
    words: tuple[Word, ...] = field(default=())


def read_entries(
    database: Database, tenant: Tenant, question: Question, *, limit: int, before: int | None = None
) -> tuple[State, list[AuditEntry]]:
    """The newest `limit` entries, or those older than the one with seq `before`."""
    where, values = _where(question)
    if before is not None:
        where.append("seq < %(before)s")
        values["before"] = before
    sql = f"select {_COLUMNS} from _audit{_all(where)} order by seq desc limit %(limit)s"  # ours; values are bound
    state, rows = database.read(tenant, sql, {**values, "limit": limit})
    return state, [AuditEntry(*row) for row in rows]


def count_entries(database: Database, tenant: Tenant, question: Question) -> int:
    """How many fit; counting ends at MOST_COUNTED + 1."""
    where, values = _where(question)
    sql = f"select count(*) from (select from _audit{_all(where)} limit {MOST_COUNTED + 1}) found"  # ours likewise
    _, rows = database.read(tenant, sql, values)
    return int(rows[0][0])


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
        where.append("(action = any(%(actions)s::text[]) or split_part(action, '.', 1) = any(%(actions)s::text[]))")
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
