"""Who can see a record: the explanation read backwards, for everybody at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from dougong_metadata.model.types import SharingRule
from dougong_platform.access.conditions import condition
from dougong_platform.access.rights import ACTIONS, rights_for
from dougong_platform.errors import NotAllowed
from dougong_platform.explain.facts import Facts, facts_of
from dougong_platform.explain.judged import Judged
from dougong_platform.explain.record_access import may_explain, seen
from dougong_platform.explain.ways import Person, ways_of
from dougong_platform.http.caller import Caller
from dougong_platform.query.compiled import Remembered
from dougong_platform.storage import Statement, compile_statement, tables
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.organisation import Organisation, alone, organisation_of

MOST = 500  # people named in one answer
# As Reach.identities: the asker, and those for whom he acts now.
_IDENTITIES = """array(select asker.id union all select a."user" from "§"._assistant a where a.assistant = asker.id
 and (a.from_at is null or a.from_at <= now()) and (a.until_at is null or now() < a.until_at))"""
_asking: Remembered[Statement] = Remembered(200)


def audience(caller: Caller, object: str, id: str, limit: int = 100) -> dict[str, Any]:
    """{"count", "by": {kind: how many}, "users": [{"id", "name", "actions", "kinds"}]} of the active people.

    `by` counts each person under the first way that opens the record to him; `users` are the first `limit`, those who
    may do most first, then by name. Raises NotFound, NotAllowed.
    """
    record = seen(caller, object, id)
    if not may_explain(caller, object):
        raise NotAllowed
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    found = []
    for person, actions, kinds in _everybody(caller, organisation, object, record):
        if "read" in actions:
            known = organisation.people[person]
            entry = {"id": person, "name": known.name, "title": known.title, "actions": sorted(actions), "kinds": kinds}
            found.append(entry)
    found.sort(key=lambda one: (-len(one["actions"]), one["name"], one["id"]))
    counted = Counter(one["kinds"][0] for one in found)
    return {"count": len(found), "by": dict(counted.most_common()), "users": found[: min(limit, MOST)]}


def _everybody(caller: Caller, organisation: Organisation, object: str, record: str) -> Any:
    """(user, actions, kinds of ways) of every active person."""
    now = dt.datetime.now(dt.UTC)
    chain = _chain(caller, object, record)
    fitting = {rule.name: users for facts in chain for rule, users in _by_asker(caller, facts)}
    for user, one in organisation.people.items():
        if not one.active or one.kind != "person":
            continue
        reach, sets = organisation.reach(user, now), organisation.permission_sets(user, now)
        rights = rights_for(caller.model, sets, ADMINISTRATOR in sets, reach)
        if rights.is_admin:
            yield user, frozenset(ACTIONS), ["administrator"]
            continue
        judged: Judged | None = None
        person = Person(user, rights, reach, organisation, now)
        for facts in reversed(chain):
            fits = tuple(r for r in facts.rules if r.name not in fitting) + tuple(
                r for r in caller.model.sharing.get(facts.object.name, ()) if user in fitting.get(r.name, ())
            )
            own = replace(facts, rules=fits)
            ways = () if facts.object.parent is not None else tuple(ways_of(person, own))
            judged = Judged(own, person, True, ways, judged)
        assert judged is not None
        actions = frozenset(action for action in ACTIONS if judged.allowed(action))
        root = judged
        while root.above is not None:
            root = root.above
        yield user, actions, [way.kind for way in root.ways if "read" in way.grants] or ["none"]


def _chain(caller: Caller, object: str, record: str) -> list[Facts]:
    """The record's facts and those of the records that own it, upwards."""
    chain = []
    at: tuple[str, str] | None = (object, record)
    while at is not None:
        facts = facts_of(caller, at[0], at[1], caller.reach or alone(caller.user), caller.timezone)
        if facts is None:
            break
        chain.append(facts)
        link = facts.object.parent
        at = (str(link.to), facts.parent) if link is not None and facts.parent is not None else None
    return chain


def _by_asker(caller: Caller, facts: Facts) -> Any:
    """(rule, users for whom it fits) of the rules that ask who asks: each for everybody in one statement."""
    for rule in caller.model.sharing.get(facts.object.name, ()):
        if rule.when is None or not rule.when.user_paths:
            continue
        release = caller.release
        key = (release.model.hash, release.catalogue.key, rule.object, rule.name)
        statement = _asking.get(key, partial(_compile, caller, rule))
        entry, rows = caller.database.read(
            caller.tenant,
            statement.for_tenant(caller.tenant.schema, release.number),
            {"env_timezone": caller.timezone, "env_locale": caller.locale, "id": facts.id},
            custom_plan=False,
        )
        caller.verify(entry)
        yield rule, frozenset(row[0] for row in rows)


def _compile(caller: Caller, rule: SharingRule) -> Statement:
    """The rule of one record, asked for every user: his id stands where the asking user's parameter did."""
    made = tables(caller.release.model, caller.release.catalogue)
    row = made[rule.object].alias("t")
    fits = select(condition(made, caller.model, rule, row)).where(
        row.c.id == bindparam("id", type_=PG_UUID(as_uuid=False))
    )
    asker = made["user"].alias("asker")
    found = select(asker.c.id).where(asker.c.active, fits.correlate(None).scalar_subquery())
    compiled = compile_statement(found)
    text = compiled.text.replace("%(env_user)s", "asker.id").replace("%(env_identities)s", _IDENTITIES)
    return Statement(text, compiled.params)
