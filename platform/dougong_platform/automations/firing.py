"""What sets an automation off after a commit: the payload of the outbox's topic `automation`. Written by the write path
and the clock in SQL, by incoming calls and repetitions with `enqueue`; read by the handler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.jobs import put
from dougong_tenants import TenantTransaction

TOPIC = "automation"
AT_ONCE = 200  # records of one outbox row


@dataclass(frozen=True, slots=True)
class Firing:
    """One outbox row. `op` is create, update, delete, or the kind of the trigger (date, cron, incoming); `cause_ref` of
    a write by an automation is its batch; `repeats` the failed run that is done again; `row` what an incoming call
    brings for a record."""

    automation: str
    object: str | None
    ids: tuple[str, ...]
    versions: tuple[int, ...] | None
    op: str
    actor: str | None = None
    cause: str | None = None
    cause_ref: str | None = None
    chain: tuple[str, ...] = ()
    due: str | None = None
    repeats: str | None = None
    batch: str | None = None
    row: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Firing:
        """From a payload."""
        versions = payload.get("versions")
        ids = tuple(payload.get("ids") or ())
        return cls(
            payload["automation"],
            payload.get("object"),
            ids,
            tuple(versions) if versions and len(versions) == len(ids) and None not in versions else None,
            payload.get("op") or "update",
            payload.get("actor"),
            payload.get("cause"),
            payload.get("cause_ref"),
            tuple(payload.get("chain") or ()),
            payload.get("due"),
            payload.get("repeats"),
            payload.get("batch"),
            payload.get("row"),
        )

    @property
    def parent(self) -> str | None:
        """The batch whose writes set it off."""
        return self.cause_ref if self.cause == "automation" else None


def enqueue(
    tx: TenantTransaction,
    automation: str,
    object: str | None,
    ids: Sequence[str],
    *,
    versions: Sequence[int] | None = None,
    op: str = "date",
    due: str | None = None,
    actor: str | None = None,
    cause: str | None = None,
    cause_ref: str | None = None,
    chain: Sequence[str] = (),
    repeats: str | None = None,
    batch: str | None = None,
    row: Mapping[str, Any] | None = None,
) -> None:
    """Put an automation's work for these records (none without an object) into the outbox. Ring after the commit."""
    for start in range(0, max(1, len(ids)), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        payload = {
            "automation": automation,
            "object": object,
            "ids": some,
            "versions": list(versions[start : start + AT_ONCE]) if versions else None,
            "op": op,
            "actor": actor,
            "cause": cause,
            "cause_ref": cause_ref,
            "chain": list(chain),
            "due": due,
        }
        more = {"repeats": repeats, "batch": batch, "row": row}
        put(tx, TOPIC, payload | {name: value for name, value in more.items() if value is not None})
