"""The addresses of automations with an incoming trigger: made and renewed in the builder, shown once; and the calls
that come in there.

An address holds a token that names the automation; what is kept is the token's hash. Signed calls carry an HMAC of
their body under a second secret, which is kept sealed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.model.flow_types import AutomationModel, Trigger
from dougong_metadata.problems import unknown
from dougong_platform.automations.errors import BadSignature, CallRefused, HookUnknown
from dougong_platform.automations.firing import enqueue
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.releases.release import load_on
from dougong_tenants import Database, Tenant, TenantTransaction, audit, new_id
from dougong_tenants.secrets import seal, unseal

LARGEST = 256 * 1024  # bytes of a call's body
LONGEST_CALL_ID = 200
_PURPOSE = "automation hook"


@dataclass(frozen=True, slots=True)
class Address:
    """A new address: `path` on this installation, and the key of signatures. Both are shown this once."""

    automation: str
    path: str
    secret: str


def renew(caller: Caller, name: str) -> Address:
    """Give an automation with an incoming trigger a new address; the old one takes no more calls.

    Raises NotAllowed, UnknownName.
    """
    caller.require("metadata", "automation")
    automation = caller.model.automations.get(name)
    if automation is None or automation.trigger.kind != "incoming":
        known = [one.name for one in caller.model.automations.values() if one.trigger.kind == "incoming"]
        raise unknown(name, "an active automation with an incoming trigger", "启用的外部调用自动化", known)
    token, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        tx.execute(
            "insert into _hook (automation, token, secret, created_by) values (%(name)s, %(token)s, %(secret)s,"
            " %(user)s::uuid) on conflict (automation) do update set token = excluded.token, secret = excluded.secret,"
            " created_at = now(), created_by = excluded.created_by, used_at = null",
            {
                "name": name,
                "token": _hashed(token),
                "secret": seal(caller.database, _PURPOSE, secret),
                "user": caller.user,
            },
        )
        audit.note(tx, "hook.renewed", actor=caller.user, target_kind="automation", label=name)
    return Address(name, f"/api/v1/hooks/{caller.tenant.name}/{token}", secret)


def receive(
    database: Database, tenant: Tenant, token: str, raw: bytes, body: Any, signature: str | None, call: str | None
) -> str:
    """Take a call: the id of the run that it causes. With `call`, the same id again is answered with the same run.

    Raises HookUnknown, BadSignature, CallRefused.
    """
    with database.transaction(tenant) as tx:
        release = load_on(tx, tenant, tx.entry.release)
        rows = tx.rows(
            "update _hook set used_at = now() where token = %(token)s returning automation, secret",
            {"token": _hashed(token)},
        )
        automation = release.model.automations.get(rows[0][0]) if rows else None
        if automation is None or automation.trigger.kind != "incoming":
            raise HookUnknown
        if automation.trigger.signed and not _is_signed(unseal(database, _PURPOSE, rows[0][1]), raw, signature):
            raise BadSignature
        run = new_id()
        known = _known(tx, automation, call, run)
        if known is not None:
            return known
        enqueue(
            tx,
            automation.name,
            automation.object,
            (),
            op="incoming",
            batch=run,
            row=mapped(automation.trigger, body) if automation.object is not None else None,
        )
    ring(tenant.name)
    return run


def mapped(trigger: Trigger, body: Any) -> dict[str, Any]:
    """The fields that a body brings, by the trigger's mapping. Raises CallRefused where it brings none, or no key."""
    row = {}
    for name, place in trigger.mapping:
        found, value = _at(body, place.split("."))
        if found:
            row[name] = value
    if not row or (trigger.key is not None and row.get(trigger.key) in (None, "")):
        missing = dict(trigger.mapping).get(trigger.key or "") or ", ".join(place for _, place in trigger.mapping)
        raise CallRefused(
            en=f"The body has nothing at {missing}.",
            zh=f"正文中缺少 {missing}。",
        )
    return row


def hooks(tx: TenantTransaction) -> dict[str, dict[str, Any]]:
    """{"created_at", "used_at"} by automation, of those that have an address."""
    rows = tx.rows("select automation, created_at, used_at from _hook")
    return {name: {"created_at": created, "used_at": used} for name, created, used in rows}


def _known(tx: TenantTransaction, automation: AutomationModel, call: str | None, run: str) -> str | None:
    """The run of an earlier call with the same id; the id is noted otherwise."""
    if call is None:
        return None
    values = {"automation": automation.name, "call": call[:LONGEST_CALL_ID], "run": run}
    made = tx.rows(
        "insert into _hook_call (automation, call, run) values (%(automation)s, %(call)s, %(run)s::uuid)"
        " on conflict do nothing returning run",
        values,
    )
    if made:
        return None
    rows = tx.rows("select run from _hook_call where automation = %(automation)s and call = %(call)s", values)
    return str(rows[0][0])


def _at(body: Any, steps: list[str]) -> tuple[bool, Any]:
    for step in steps:
        if isinstance(body, Mapping) and step in body:
            body = body[step]
        elif isinstance(body, list) and step.isascii() and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        else:
            return False, None
    return True, body


def _is_signed(secret: str | None, raw: bytes, signature: str | None) -> bool:
    if secret is None or signature is None:
        return False
    wanted = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    given = signature.strip().removeprefix("sha256=").lower()
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
