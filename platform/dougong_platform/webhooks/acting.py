"""What people do about webhooks: send a call again, renew the secret, start one again that was stopped.

Called by the API and the page, after they have asked for the right; each is noted in the audit log.
"""

from __future__ import annotations

from dougong_platform.errors import NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import put, ring
from dougong_platform.webhooks import log
from dougong_platform.webhooks.secret import OVERLAP_HOURS, renew
from dougong_platform.webhooks.sending import TOPIC
from dougong_tenants import TenantTransaction, audit

_AGAIN = """
update _webhook_delivery set state = 'waiting', attempts = 0, next_at = now(), problem = null
 where id = %(id)s::uuid and state <> 'waiting' returning webhook
"""
_AT_ONCE = """
update _outbox set due = now() where topic = %(topic)s and payload ->> 'delivery' = %(id)s and not dead returning 1
"""


def send_again(caller: Caller, identifier: str) -> log.Delivery:
    """The same call under its id, with all its attempts; one that waits is tried at once. Raises NotFound."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = log.delivery(tx, identifier)
        if found is None:
            raise NotFound
        tx.execute("update _webhook set paused_until = null where webhook = %(name)s", {"name": found.webhook})
        if tx.rows(_AGAIN, {"id": identifier}) or not tx.rows(_AT_ONCE, {"topic": TOPIC, "id": identifier}):
            put(tx, TOPIC, {"delivery": identifier})
        _note(tx, "webhook.sent_again", found.webhook, delivery=identifier, event=found.event)
        found = log.delivery(tx, identifier)
    assert found is not None
    ring(caller.tenant.name)
    return found


def renew_secret(caller: Caller, name: str, overlap_hours: int = OVERLAP_HOURS) -> str:
    """The new secret, shown now and never again; the one before signs beside it for a while. Raises NotFound."""
    _there(caller, name)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        made = renew(tx, caller.database, name, overlap_hours)
        _note(tx, "webhook.secret_renewed", name, hours=overlap_hours)
    return made


def start_again(caller: Caller, name: str) -> None:
    """After a 410 Gone. Raises NotFound for one that is not stopped."""
    _there(caller, name)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        started = tx.rows(
            "update _webhook set stopped_at = null, failures = 0, paused_until = null"
            " where webhook = %(name)s and stopped_at is not null returning 1",
            {"name": name},
        )
        if not started:
            raise NotFound
        _note(tx, "webhook.started", name)


def _there(caller: Caller, name: str) -> None:
    if name not in caller.model.webhooks:
        raise NotFound


def _note(tx: TenantTransaction, action: str, name: str, **details: object) -> None:
    audit.note(tx, action, target_kind="webhook", target=name, label=name, details=details)
