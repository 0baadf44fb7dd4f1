"""The log of deliveries and the state of webhooks, for people. Read by the API and the page; `acting` changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_tenants import TenantTransaction

STATES = ("waiting", "delivered", "dead")
_COLUMNS = (
    *("id", "webhook", "event", "payload", "state", "attempts", "next_at", "status", "answer", "problem", "seconds"),
    *("at", "tried_at"),
)
_SELECT = f"select {', '.join(_COLUMNS)} from _webhook_delivery"
_DAY = """
select webhook, count(*) filter (where state = 'waiting'), count(*) filter (where state = 'dead'),
       count(*) filter (where state = 'delivered' and at > now() - interval '1 day'), max(tried_at)
  from _webhook_delivery group by webhook
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call and what became of it. `status`, `answer`, `problem` ({en, zh}) and `seconds` are the last attempt's."""

    id: str
    webhook: str
    event: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_at: str | None
    status: int | None
    answer: str | None
    problem: dict[str, str] | None
    seconds: float | None
    at: str
    tried_at: str | None

    def json(self, locale: str) -> dict[str, Any]:
        """As the API shows it, the problem in one language."""
        shown = {name: getattr(self, name) for name in _COLUMNS}
        language = "zh" if locale.startswith("zh") else "en"
        return shown | {"problem": self.problem and self.problem.get(language)}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a webhook stands: since when its secret is good, until when the one before is too, whether it is stopped,
    and counts of its deliveries (`delivered`: in the last day)."""

    secret_at: str | None = None
    previous_until: str | None = None
    stopped_at: str | None = None
    failures: int = 0
    waiting: int = 0
    dead: int = 0
    delivered: int = 0
    last_at: str | None = None


def standings(tx: TenantTransaction) -> dict[str, Standing]:
    """By name of the webhook; those that were never called are missing."""
    counts = {name: tuple(values) for name, *values in tx.rows(_DAY)}
    states = {
        name: tuple(values)
        for name, *values in tx.rows(
            "select webhook, secret_at, case when previous_until > now() then previous_until end, stopped_at, failures"
            " from _webhook"
        )
    }
    return {
        name: Standing(*states.get(name, (None, None, None, 0)), *counts.get(name, (0, 0, 0, None)))
        for name in {*counts, *states}
    }


def deliveries(
    tx: TenantTransaction,
    *,
    webhook: str | None = None,
    state: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Delivery]:
    """The newest first; `before` an id."""
    conditions = ["true"]
    conditions += ["webhook = %(webhook)s"] if webhook else []
    conditions += ["state = %(state)s"] if state else []
    conditions += ["id < %(before)s::uuid"] if before else []
    rows = tx.rows(
        f"{_SELECT} where {' and '.join(conditions)} order by id desc limit %(limit)s",
        {"webhook": webhook, "state": state, "before": before, "limit": limit},
    )
    return [Delivery(*row) for row in rows]


def delivery(tx: TenantTransaction, identifier: str) -> Delivery | None:
    """One by its id."""
    rows = tx.rows(f"{_SELECT} where id = %(id)s::uuid", {"id": identifier})
    return Delivery(*rows[0]) if rows else None
