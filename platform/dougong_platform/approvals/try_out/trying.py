"""`try_out`: a flow, of the draft or of any version, run over the records of a past period with the people of today.
Called by the API and the builder; everything is read in one transaction that cannot write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from psycopg import DataError, errors

from dougong_metadata.documents import Document
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.compile_flow import compile_flow
from dougong_platform.approvals.facts import roles_of
from dougong_platform.approvals.running.route import flow_named
from dougong_platform.approvals.running.versions import KIND, flow_of
from dougong_platform.approvals.state import Text
from dougong_platform.approvals.try_out.comparing import REFUSED, Line, Tried, change_of
from dougong_platform.approvals.try_out.past import OVER, SAVED, SUBMITTED, Then, records_then
from dougong_platform.approvals.try_out.ways import Past, Taken, taken, would_take
from dougong_platform.automations.errors import NoHistory, PastUnreadable, PeriodTooLong
from dougong_platform.errors import BadRequest, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.wakeups.moments import iso
from dougong_tenants import TenantTransaction
from dougong_tenants.organisation import organisation_of

MOST = 10_000  # records of an answer
TIMEOUT = 25_000  # milliseconds of a statement
_AS_NOW: Text = {
    "en": "The record's own values are those of that moment. What lies behind its links, roll-ups, its team and the "
    "organisation are as they are today.",
    "zh": "记录自身的字段取当时的值；关联记录、汇总字段、记录团队和组织架构取当前的值。",
}
_NO_HISTORY: Text = {
    "en": "This object keeps no history: all values are those of today.",
    "zh": "该对象未启用历史，所有字段均取当前的值。",
}
_MORE: Text = {
    "en": f"Only the {MOST:,} newest records of the period were tried.",
    "zh": f"仅试算该期间内最近的 {MOST:,} 条记录。",
}


def try_out(
    caller: Caller,
    flow: str,
    *,
    document: Mapping[str, Any] | None = None,
    version: int | None = None,
    since: dt.datetime,
    until: dt.datetime,
    over: str = SUBMITTED,
) -> Tried:
    """The flow in force, its `version`, or a `document` that is in no release yet; `over` the records that were
    submitted to it from `since` to before `until`, or all saved in that time for which its entry condition holds
    ("saved").

    Raises NotAllowed, NotFound, InvalidDocuments, FlowBroken, BadRequest; NoHistory, PastUnreadable, PeriodTooLong.
    """
    caller.require("metadata", KIND)
    if over not in OVER:
        raise BadRequest(en="`over` is submitted or saved.", zh="over 须为 submitted 或 saved。")
    try:
        with caller.database.transaction(caller.tenant, read_only=True, statement_timeout=TIMEOUT) as tx:
            caller.verify(tx.entry)
            model = _flow(caller, tx, flow, document, version)
            if over == SAVED and not caller.model.objects[model.object].history:
                raise NoHistory(object=model.object)
            return _tried(caller, tx, model, over, since, until)
    except errors.QueryCanceled as cancelled:
        raise PeriodTooLong from cancelled
    except DataError as refusal:
        raise PastUnreadable(detail=refusal.diag.message_primary or "") from refusal


def _flow(
    caller: Caller, tx: TenantTransaction, name: str, document: Mapping[str, Any] | None, version: int | None
) -> ApprovalModel:
    if document is not None:
        tried = Document.of({**document, "kind": KIND, "name": name})
        return compile_flow(caller.model, tried)
    if version is None:
        return flow_named(caller, name)
    if not tx.rows("select 1 from _approval_version where flow = %(f)s and number = %(n)s", {"f": name, "n": version}):
        raise NotFound
    return flow_of(tx, caller.release, name, version)


def _tried(
    caller: Caller, tx: TenantTransaction, flow: ApprovalModel, over: str, since: dt.datetime, until: dt.datetime
) -> Tried:
    values = {"since": iso(since), "until": iso(until), "limit": MOST + 1}
    found = records_then(caller, flow, tx, over, values)
    more, found = len(found) > MOST, found[:MOST]
    there = [one for one in found if one.there]
    roles = roles_of(flow, list({one.record for one in there}), tx)
    became = taken(tx, [one.approval for one in there if one.approval is not None])
    organisation, now = organisation_of(caller.database, caller.tenant, tx.entry.stamp), dt.datetime.now(dt.UTC)
    lines = [
        _line(caller, flow, one, Past(caller.model, caller.tenant, organisation, now, one.facts, at), became)
        for one, at in ((one, roles.get(one.record, {})) for one in there)
    ]
    history = caller.model.objects[flow.object].history
    notices = [_AS_NOW if history else _NO_HISTORY, *([_MORE] if more else [])]
    return Tried(flow, over, iso(since), iso(until), lines, len(found) - len(there), more, notices)


def _line(caller: Caller, flow: ApprovalModel, then: Then, world: Past, became: Mapping[str, Taken]) -> Line:
    did = became.get(then.approval) if then.approval is not None else None
    refusal = _refusal(flow, then)
    ends, way = (None, ()) if refusal else would_take(flow, then, world)
    line = Line(then.record, then.at, then.submitter, ends, way, refusal)
    if did is None:
        return line
    change = REFUSED if refusal else change_of(flow, way, did)
    return Line(then.record, then.at, then.submitter, ends, way, refusal, then.approval, did.state, did.way, change)


def _refusal(flow: ApprovalModel, then: Then) -> str | None:
    if flow.record_types and then.record_type not in flow.record_types:
        return "record_type"
    return "entry" if flow.entry is not None and then.facts.get(flow.entry) is not True else None
