"""One attempt at a call: what is sent, and what becomes of it by the answer. Called by the outbox's handler."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import orjson

from dougong_metadata.errors import Fault
from dougong_metadata.model.webhook_types import WebhookModel
from dougong_platform import outgoing
from dougong_platform.jobs import Later, Missed
from dougong_platform.outgoing.errors import AddressRefused, OutgoingFault
from dougong_platform.releases.release import load_on
from dougong_platform.webhooks.errors import NotActive, Refused, SecretUnreadable, Stopped
from dougong_platform.webhooks.secret import good_secrets
from dougong_platform.webhooks.sending import TOPIC
from dougong_platform.webhooks.signature import signature
from dougong_tenants import Database, Tenant, TenantTransaction, audit
from dougong_tenants.connection import json_parameter

# Seconds after each failed attempt but the last: 10 s, 1 min, 5 min, 15 min, 1 h, 3 h, 6 h, 6 h, 8 h; a day in all.
PAUSES = (10, 60, 300, 900, 3_600, 10_800, 21_600, 21_600, 28_800)
LONGEST_REST = 300  # seconds for which a receiver that fails is left alone by other calls
LONGEST_WISH = 3_600  # seconds of Retry-After that are honoured
KEPT_ANSWER = 2_000  # characters
_TOO_MANY, _UNAVAILABLE, _GONE = 429, 503, 410

_READ = """
select d.webhook, d.event, d.payload, d.at, d.attempts, w.stopped_at is not null,
       greatest(extract(epoch from w.paused_until - now()), 0)::float8
  from _webhook_delivery d left join _webhook w using (webhook)
 where d.id = %(id)s::uuid and d.state = 'waiting'
"""
_NOTE = """
update _webhook_delivery set state = %(state)s, attempts = attempts + %(step)s, status = %(status)s,
       answer = %(answer)s, problem = %(problem)s::jsonb, seconds = %(seconds)s, tried_at = now(),
       next_at = case when %(state)s = 'waiting' then now() + make_interval(secs => %(pause)s) end
 where id = %(id)s::uuid and state = 'waiting' returning attempts
"""
_RESTS = f"""
insert into _webhook as w (webhook, failures, paused_until)
values (%(webhook)s, 1, now() + make_interval(secs => greatest(2, %(wish)s)))
on conflict (webhook) do update set failures = least(w.failures, 20) + 1,
   paused_until = now() + make_interval(
     secs => greatest(least(power(2, least(w.failures, 20) + 1), {LONGEST_REST}), %(wish)s))
"""


# Thousands of calls to a receiver that is left alone are put off together, not one by one.
_TOGETHER = 5_000
_WAIT_TOGETHER = f"""
update _outbox set due = now() + make_interval(secs => %(rest)s) where id in (
  select o.id from _outbox o join _webhook_delivery d on d.id::text = o.payload ->> 'delivery'
   where o.lane = 'outside' and o.topic = %(topic)s and not o.dead and o.due <= now() and d.webhook = %(webhook)s
   limit {_TOGETHER} for update of o skip locked)
"""


class Unanswered(Missed):
    """The attempt failed and another one is due: ends the handler, whose row then waits."""


@dataclass(frozen=True, slots=True)
class Call:
    """What an attempt needs: the delivery, whom to call, and what."""

    id: str
    webhook: WebhookModel
    attempts: int
    body: bytes
    headers: dict[str, str]


def attempt(database: Database, tenant: Tenant, identifier: str) -> None:
    """Try a delivery once. Raises Unanswered for another attempt later, Later while its receiver is left alone."""
    with database.transaction(tenant) as tx:
        call = _prepare(tx, database, tenant, identifier)
    if call is None:
        return
    if isinstance(call, float):
        raise Later(call)
    try:
        answer = outgoing.ask("POST", call.webhook.url, body=call.body, headers=call.headers)
    except OutgoingFault as fault:
        _failed(database, tenant, call, fault, None)
        return
    if not answer.is_success:
        _failed(database, tenant, call, Refused(status=answer.status, reason=answer.reason[:100]), answer)
        return
    with database.transaction(tenant) as tx:
        _note(tx, call.id, "delivered", None, answer)
        tx.execute(
            "update _webhook set failures = 0, paused_until = null where webhook = %(webhook)s and failures > 0",
            {"webhook": call.webhook.name},
        )


def _prepare(tx: TenantTransaction, database: Database, tenant: Tenant, identifier: str) -> Call | float | None:
    """None where there is nothing to call: the delivery is settled, or is now. Seconds while its receiver rests."""
    rows = tx.rows(_READ, {"id": identifier})
    if not rows:
        return None
    name, event, payload, at, attempts, stopped, rest = rows[0]
    webhook = load_on(tx, tenant, tx.entry.release).model.webhooks.get(name)
    if webhook is None or not webhook.active:
        _note(tx, identifier, "dead", NotActive(webhook=name), None, step=0)
        return None
    if stopped:
        _note(tx, identifier, "dead", Stopped(), None, step=0)
        return None
    if rest > 0:
        rest += 0.1
        tx.execute(_WAIT_TOGETHER, {"rest": rest, "topic": TOPIC, "webhook": name})
        return float(rest)
    try:
        secrets = good_secrets(tx, database, name)
    except SecretUnreadable as fault:
        _note(tx, identifier, "dead", fault, None, step=0)
        return None
    body = orjson.dumps({"id": identifier, "event": event, "at": at, "tenant": tenant.name, "data": payload})
    headers = {
        "Content-Type": "application/json",
        "Dougong-Id": identifier,
        "Dougong-Event": event,
        "Dougong-Attempt": str(attempts + 1),
        "Dougong-Signature": signature(secrets, int(time.time()), body),
    }
    return Call(identifier, webhook, attempts, body, headers)


def _failed(database: Database, tenant: Tenant, call: Call, fault: Fault, answer: outgoing.Answer | None) -> None:
    gone = answer is not None and answer.status == _GONE
    given_up = gone or isinstance(fault, AddressRefused) or call.attempts >= len(PAUSES)
    with database.transaction(tenant) as tx:
        pause = 0 if given_up else PAUSES[call.attempts]
        _note(tx, call.id, "dead" if given_up else "waiting", fault, answer, pause)
        if gone:
            _stop(tx, call.webhook.name)
        elif answer is None or answer.status >= 500 or answer.status == _TOO_MANY:
            tx.execute(_RESTS, {"webhook": call.webhook.name, "wish": _wish(answer)})
    if not given_up:
        raise Unanswered(fault.message("en"))


def _note(
    tx: TenantTransaction,
    identifier: str,
    state: str,
    fault: Fault | None,
    answer: outgoing.Answer | None,
    pause: float = 0,
    *,
    step: int = 1,
) -> None:
    values: dict[str, Any] = {
        "id": identifier,
        "state": state,
        "step": step,
        "pause": float(pause),
        "status": answer and answer.status,
        "answer": answer and answer.text[:KEPT_ANSWER].replace("\x00", ""),
        "seconds": answer and answer.seconds,
        "problem": fault and json_parameter({"en": fault.message("en"), "zh": fault.message("zh")}),
    }
    tx.execute(_NOTE, values)


def _stop(tx: TenantTransaction, webhook: str) -> None:
    tx.execute(
        "insert into _webhook (webhook, stopped_at) values (%(webhook)s, now())"
        " on conflict (webhook) do update set stopped_at = now()",
        {"webhook": webhook},
    )
    audit.note(tx, "webhook.stopped", actor=None, target_kind="webhook", target=webhook, label=webhook)


def _wish(answer: outgoing.Answer | None) -> float:
    """The seconds of a Retry-After, within reason."""
    said = answer.headers.get("retry-after", "") if answer is not None else ""
    return float(min(int(said), LONGEST_WISH)) if said.isascii() and said.isdigit() and len(said) < 8 else 0.0
