"""Versions of flows: what a running approval keeps while the definition changes.

A version is the flow's document as it was when something was first submitted under it. It is compiled over the
model in force now: so it runs over today's objects, and is told apart where it no longer fits them.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

import orjson

from dougong_metadata.documents import Document
from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.compile_flow import compile_flow
from dougong_metadata.model.types import Model
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.releases.release import Release
from dougong_tenants import TenantTransaction

KIND = "approval"
_KEPT = 500
_compiled: OrderedDict[tuple[str, str, str], ApprovalModel | FlowBroken] = OrderedDict()
_lock = Lock()

_NUMBER = "select number from _approval_version where flow = %(flow)s and digest = %(digest)s"
_ADD = """
insert into _approval_version (flow, number, digest, body, release)
select %(flow)s, coalesce(max(number), 0) + 1, %(digest)s, %(body)s::text, %(release)s::int
  from _approval_version where flow = %(flow)s
on conflict do nothing returning number
"""
_READ = "select digest, body from _approval_version where flow = %(flow)s and number = %(number)s"


def number_of(tx: TenantTransaction, release: Release, flow: ApprovalModel) -> int:
    """The number of the flow's present version; it is noted where it is new."""
    values: dict[str, Any] = {"flow": flow.name, "digest": flow.digest}
    for _ in range(10):
        rows = tx.rows(_NUMBER, values)
        if not rows:
            body = release.model.documents[KIND, flow.name].text
            rows = tx.rows(_ADD, values | {"body": body, "release": release.number})
        if rows:
            return int(rows[0][0])
    raise AssertionError("somebody else adds versions faster than they can be read")


def flow_of(tx: TenantTransaction, release: Release, name: str, number: int) -> ApprovalModel:
    """That version over today's objects. Raises FlowBroken where it does not fit them any more."""
    ((digest, body),) = tx.rows(_READ, {"flow": name, "number": number})
    return compiled(release.model, name, digest, orjson.loads(body))


def compiled(model: Model, name: str, digest: str, body: dict[str, Any]) -> ApprovalModel:
    """A flow's document over the objects of `model`; remembered. Raises FlowBroken."""
    current = model.approvals.get(name)
    if current is not None and current.digest == digest:
        return current
    key = (model.hash, name, digest)
    with _lock:
        found = _compiled.get(key)
    if found is None:
        found = _compile(model, name, body)
        with _lock:
            _compiled[key] = found
            if len(_compiled) > _KEPT:
                _compiled.popitem(last=False)
    if isinstance(found, FlowBroken):
        raise found
    return found


def _compile(model: Model, name: str, body: dict[str, Any]) -> ApprovalModel | FlowBroken:
    try:
        return compile_flow(model, Document(KIND, name, body))
    except InvalidDocuments as fault:
        first = fault.problems[0]
        return FlowBroken(en=first.message("en"), zh=first.message("zh"))
