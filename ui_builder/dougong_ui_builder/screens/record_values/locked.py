"""What of a record people may change while it is being approved. Asked by the record's page and its form; the write
path decides for itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dougong_platform.approvals.reading.inbox import InboxRow, of_record

if TYPE_CHECKING:
    from dougong_platform.http.caller import Caller

LIVE = ("running", "returned")


def locked_fields(caller: Caller, object: str, id: str) -> frozenset[str] | None:
    """The fields that may be changed; None where nothing is locked. An object without flows is not looked at."""
    if not caller.model.objects[object].approvals:
        return None
    return open_fields(caller, of_record(caller, object, id))


def open_fields(caller: Caller, rows: Sequence[InboxRow]) -> frozenset[str] | None:
    """What every running approval among these leaves open; None where none locks the record. What was returned locks
    nothing."""
    found: frozenset[str] | None = None
    for row in rows:
        flow = caller.model.approvals.get(row.flow)
        if flow is None or not flow.lock or row.state != "running":
            continue
        found = frozenset(flow.open) if found is None else found & frozenset(flow.open)
    return found
