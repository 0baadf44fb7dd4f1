"""What decides about one record, read as it is: its owner, its parent, the rules it fits, the shares made of it.

No access is applied: an explanation must name what decides even where the person it is about does not see it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, false, func, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_metadata.model.types import ObjectModel, SharingRule
from dougong_platform.access.conditions import condition
from dougong_platform.access.scopes import array_text
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.storage import Statement, compile_statement, tables
from dougong_tenants.organisation import Reach

_statements: Remembered[Statement] = Remembered(500)
_SHARES = """
select s.id, s.object, s.record, s.subject, s.access, s.role, s.relations, s.expires_at, s.created_by, s.note
  from _share s where s.record = any(%(ids)s::uuid[]) order by s.created_at, s.id
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A share that is made of the record, or of one it points to and extended along `relation` ("book.shelf")."""

    id: str
    object: str
    record: str
    subject: str
    access: str
    role: str | None
    expires_at: dt.datetime | None
    by: str
    note: str | None
    relation: str | None = None

    def holds(self, now: dt.datetime) -> bool:
        """Whether it has not run out."""
        return self.expires_at is None or self.expires_at > now


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one record: `parent` is the id of the record that owns it, `rules` are those whose condition it fits."""

    object: ObjectModel
    id: str
    owner: str | None
    parent: str | None
    rules: tuple[SharingRule, ...]
    shares: tuple[Shared, ...]


def facts_of(caller: Caller, object: str, id: str, reach: Reach, timezone: str) -> Facts | None:
    """The facts for somebody, whom some rules ask for, on his day; None where there is no such record."""
    model = caller.model.objects[object]
    release = caller.release
    key = (release.model.hash, release.catalogue.key, object)
    statement = _statements.get(key, lambda: _compile(caller, model))
    entry, rows = caller.database.read(
        caller.tenant,
        statement.for_tenant(caller.tenant.schema, release.number),
        {
            "env_user": reach.user,
            "env_identities": array_text(reach.identities),
            "env_timezone": timezone,
            "env_locale": caller.locale,
            "id": id,
        },
        custom_plan=False,
    )
    caller.verify(entry)
    if not rows:
        return None
    owner, *values = rows[0]
    links = dict(zip(_links(model), values, strict=False))
    fits = values[len(links) :]
    rules = tuple(rule for rule, fit in zip(_rules(caller, object), fits, strict=True) if fit)
    parent = links.get(model.parent.name) if model.parent is not None else None
    return Facts(model, id, owner, parent, rules, _shares(caller, model, id, links))


def _compile(caller: Caller, model: ObjectModel) -> Statement:
    made = tables(caller.release.model, caller.release.catalogue)
    row = made[model.name].alias("t")
    links = [row.c[name] for name in _links(model)]
    fits = [func.coalesce(condition(made, caller.model, rule, row), false()) for rule in _rules(caller, model.name)]
    found = select(row.c.owner, *links, *(fit.label(f"r{i}") for i, fit in enumerate(fits)))
    return compile_statement(found.where(row.c.id == bindparam("id", type_=PG_UUID(as_uuid=False))))


def _links(model: ObjectModel) -> list[str]:
    """The lookups along which access may come."""
    return [f.name for f in model.fields.values() if f.follows_shares or f is model.parent]


def _rules(caller: Caller, object: str) -> tuple[SharingRule, ...]:
    return caller.model.sharing.get(object, ())


def _shares(caller: Caller, model: ObjectModel, id: str, links: dict[str, Any]) -> tuple[Shared, ...]:
    ids = [id, *(str(value) for value in links.values() if value)]
    _, rows = caller.database.read(caller.tenant, _SHARES, {"ids": "{" + ",".join(ids) + "}"}, custom_plan=False)
    found = []
    for share, object, record, subject, access, role, relations, expires, by, note in rows:
        until = dt.datetime.fromisoformat(expires) if expires else None
        made = (share, object, record, subject, access, role, until, by, note)
        if object == model.name and record == id:
            found.append(Shared(*made))
        for name, value in links.items():
            along = f"{model.name}.{name}"
            if value == record and model.fields[name].to == object and along in relations:
                found.append(Shared(*made, along))
    return tuple(found)
