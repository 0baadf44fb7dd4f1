"""What publishing the draft would change for people: who gains or loses how many records of which object.

Only pairs of person and object are counted for which something that decides differs between the two models; each
costs a scan of the object's table, so counting stops after a while and says what it left out.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform.access.predicate import is_open, predicate
from dougong_platform.access.rights import Action, Rights, rights_for
from dougong_platform.http.caller import Caller
from dougong_platform.records.statement import fragment, quoted
from dougong_platform.releases import draft as drafts
from dougong_platform.storage.statements import place
from dougong_platform.storage.tables import tables
from dougong_tenants import ADMINISTRATOR
from dougong_tenants.errors import StatementTooSlow
from dougong_tenants.organisation import organisation_of

SECONDS = 8.0  # that counting may take
_ACTIONS: tuple[Action, ...] = ("read", "update")


@dataclass(frozen=True, slots=True)
class _Changed:
    """A person whose way to an object's records differs; `values` are the owner lists of both models."""

    user: str
    object: str
    old: Rights
    new: Rights
    values: dict[str, Any]


def effects(caller: Caller, seconds: float = SECONDS) -> dict[str, Any]:
    """{"rows": [{"user", "name", "object", "read": [gained, lost], "update": [gained, lost]}], "uncounted": […]}.

    `rows` are those where a number is not 0, by object and name; `uncounted` are {"user", "name", "object"} that time
    did not suffice for, or whose new rule asks for a field that is only made by publishing. Raises InvalidDocuments for
    a draft that does not compile.
    """
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        model = compile_model(drafts.documents(tx, tx.entry.release).values())
    rows, uncounted = [], []
    until = time.monotonic() + seconds
    for one in _changed(caller, model):
        left = until - time.monotonic()
        counts = _count(caller, model, one, left) if left > 0 else None
        named = {"user": one.user, "name": one.values["name"], "object": one.object}
        if counts is None:
            uncounted.append(named)
        elif any(counts):
            rows.append(named | {"read": list(counts[:2]), "update": list(counts[2:])})
    rows.sort(key=lambda row: (row["object"], row["name"], row["user"]))
    return {"rows": rows, "uncounted": uncounted}


def _changed(caller: Caller, model: Model) -> Iterator[_Changed]:
    organisation = organisation_of(caller.database, caller.tenant, caller.stamp)
    now = dt.datetime.now(dt.UTC)
    shared = [n for n, o in caller.model.objects.items() if not o.system and n in model.objects]
    for user, person in sorted(organisation.people.items(), key=lambda one: one[1].name):
        if not person.active or person.kind != "person":
            continue
        sets, reach = organisation.permission_sets(user, now), organisation.reach(user, now)
        admin = ADMINISTRATOR in sets
        old, new = (rights_for(made, sets, admin, reach) for made in (caller.model, model))
        values: dict[str, Any] = {}
        for object in shared:
            if _signature(old, object) == _signature(new, object):
                continue
            if not values:
                values = {"env_user": user, "env_timezone": person.timezone or caller.tenant.timezone}
                values["env_locale"] = person.locale or caller.tenant.locale
                values |= {**old.parameters(reach), **new.parameters(reach), "name": person.name}
            yield _Changed(user, object, old, new, values)


def _signature(rights: Rights, object: str) -> Any:
    """All that decides about somebody's way to the records of an object; equal where nothing can differ."""
    model = rights.model.objects[object]
    parent = model.parent
    scopes = tuple(rights.scopes(object, action) for action in _ACTIONS)
    if not scopes[0] or parent is not None:
        return scopes, _signature(rights, str(parent.to)) if parent is not None and scopes[0] else None
    rules = [(rule.access, rule.when.text if rule.when is not None else None) for rule in rights.rules.get(object, ())]
    along = [f.name for f in model.fields.values() if f.follows_shares]
    return scopes, tuple(is_open(model, action) for action in _ACTIONS), sorted(rules, key=repr), along


def _count(caller: Caller, model: Model, one: _Changed, seconds: float) -> tuple[int, ...] | None:
    """(records gained and lost to read, the same to update); None where it cannot be counted."""
    names = caller.release.catalogue
    columns = []
    for action in _ACTIONS:
        before, after = (
            _condition(caller, rights, one.object, action, made)
            for rights, made in ((one.old, caller.model), (one.new, model))
        )
        columns += [
            f"count(*) filter (where ({after}) and not ({before}))",
            f"count(*) filter (where ({before}) and not ({after}))",
        ]
    text = f'select {", ".join(columns)} from "§".{quoted(names.table(one.object))} t where t.deleted_at is null'
    try:
        entry, rows = caller.database.read(
            caller.tenant,
            place(text, caller.tenant.schema, caller.release.number),
            one.values,
            statement_timeout=max(100, int(seconds * 1000)),
        )
    except (psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable, StatementTooSlow):
        return None
    caller.verify(entry)
    return tuple(int(value) for value in rows[0])


def _condition(caller: Caller, rights: Rights, object: str, action: Action, model: Model) -> str:
    known = tables(model, caller.release.catalogue)
    row = known[object].alias("t")
    needed: tuple[Action, ...] = (
        ("read",) if action == "read" else ("read", action)
    )  # what one does not see one does not change
    found = [predicate(known, rights, object, one, row) for one in needed]
    return " and ".join("true" if one is None else f"coalesce({fragment(one)}, false)" for one in found)
