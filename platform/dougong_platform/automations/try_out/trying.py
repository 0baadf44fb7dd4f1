"""`try_out`: which records would have fired in a past period, when, and what would have been written. Called by the API
and the builder. Everything runs in one read-only transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import DataError, errors

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.flow_types import AutomationModel
from dougong_metadata.problems import unknown
from dougong_platform.automations.errors import NoHistory, PastUnreadable, PeriodTooLong
from dougong_platform.automations.running import engine
from dougong_platform.automations.try_out import firings
from dougong_platform.automations.try_out.wanted import Wanted, shown, wanted
from dougong_platform.http.caller import Caller
from dougong_platform.query.single import display_names
from dougong_platform.records.arrays import array_text
from dougong_platform.records.statement import Statement
from dougong_platform.releases.release import Release
from dougong_platform.wakeups.cron import following
from dougong_platform.wakeups.moments import iso
from dougong_tenants import TenantTransaction

MOST = 1_000  # firings of an answer
MOST_MOMENTS = 62  # of a cron expression
TIMEOUT = 20_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Fired:
    """One firing. `record` is None without an object; `label` and what would have been done are None where the caller
    may not see the record; `due` is the due time of dates and cron."""

    record: str | None
    label: str | None
    at: str
    due: str | None
    actor: str | None
    actions: list[dict[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Tried:
    """`more`: there were further firings; `notice`: what the answer cannot tell, {"en", "zh"}."""

    automation: str
    object: str | None
    trigger: str
    since: str
    until: str
    fired: list[Fired]
    more: bool
    notice: Mapping[str, str] | None = None
    records: int = field(default=0)  # different ones among `fired`


def try_out(
    caller: Caller,
    *,
    name: str | None = None,
    document: Mapping[str, Any] | None = None,
    since: dt.datetime,
    until: dt.datetime,
    limit: int = 200,
) -> Tried:
    """Try the automation `name` of the release, or a `document` that is in no release yet.

    Raises InvalidDocuments, UnknownName, NotAllowed; NoHistory, PeriodTooLong, PastUnreadable.
    """
    caller.require("metadata", "automation")
    release, automation = _compiled(caller, name, document)
    acting = engine(caller.database, caller.tenant, release, actor=None, batch=None, chain=())
    limit = max(1, min(limit, MOST))
    if automation.trigger.kind in ("incoming", "approval") or (
        automation.trigger.kind == "cron" and automation.object is None
    ):
        found, notice = _without_records(caller, automation, since, until, limit)
    else:
        found, notice = _with_records(caller, acting, automation, since, until, limit)
    kept = found[:limit]
    return Tried(
        automation.name,
        automation.object,
        automation.trigger.kind,
        iso(since),
        iso(until),
        kept,
        len(found) > limit,
        notice,
        len({one.record for one in kept if one.record}),
    )


def _compiled(caller: Caller, name: str | None, document: Mapping[str, Any] | None) -> tuple[Release, AutomationModel]:
    """The automation, active whatever its document says, in a model with everything else of the release."""
    documents = caller.model.documents
    if document is None:
        if name in caller.model.automations:
            return caller.release, caller.model.automations[str(name)]
        known = documents.get(("automation", name or ""))
        if known is None:
            raise unknown(name or "", "an automation", "自动化", [n for kind, n in documents if kind == "automation"])
        document = known.json()
    tried = Document.of({"kind": "automation", **document, "active": True})
    others = [one for key, one in documents.items() if key != tried.key]
    model = compile_model([*others, tried])
    return replace(caller.release, model=model), model.automations[tried.name]


def _without_records(
    caller: Caller, automation: AutomationModel, since: dt.datetime, until: dt.datetime, limit: int
) -> tuple[list[Fired], Mapping[str, str] | None]:
    if automation.trigger.kind == "incoming":
        return [], {
            "en": "Calls of the past are not kept: an automation with an incoming trigger cannot be tried out.",
            "zh": "过去的外部调用不会保留，无法试运行外部调用触发的自动化。",
        }
    if automation.trigger.kind == "approval":
        return [], {
            "en": "An approval's outcome is not worked out again: try out the flow itself.",
            "zh": "审批结果不会重新推算：请试运行审批流程本身。",
        }
    moments = _moments(caller, automation, since, until, limit + 1)
    return [Fired(None, None, iso(moment), iso(moment), None, []) for moment in moments], None


def _moments(
    caller: Caller, automation: AutomationModel, since: dt.datetime, until: dt.datetime, most: int
) -> list[dt.datetime]:
    zone, at, found = ZoneInfo(caller.tenant.timezone), since - dt.timedelta(microseconds=1), list[dt.datetime]()
    while len(found) < most:
        due = following(str(automation.trigger.cron), zone, at)
        if due is None or due >= until:
            break
        found.append(due)
        at = due
    return found


def _with_records(
    caller: Caller, acting: Caller, automation: AutomationModel, since: dt.datetime, until: dt.datetime, limit: int
) -> tuple[list[Fired], Mapping[str, str] | None]:
    kind, model = automation.trigger.kind, acting.model.object(str(automation.object))
    if not model.history and kind in firings.OPS:
        raise NoHistory(object=model.name)
    columns = wanted(acting.model, automation)
    values = acting.environment | {
        "tenant_timezone": caller.tenant.timezone,
        "since": iso(since),
        "until": iso(until),
        "limit": limit + 1,
    }
    notice: Mapping[str, str] | None = None
    if kind == "cron":
        moments = _moments(caller, automation, since, min(until, dt.datetime.now(dt.UTC)), MOST_MOMENTS + 1)
        if len(moments) > MOST_MOMENTS:
            notice, moments = _TOO_MANY_MOMENTS, moments[:MOST_MOMENTS]
        values["moments"] = array_text([iso(moment) for moment in moments])
    try:
        rows = _run(acting, automation, columns, values)
    except DataError:
        columns, notice = [], _NO_VALUES
        try:
            rows = _run(acting, automation, columns, values)
        except DataError as refusal:
            raise PastUnreadable(detail=refusal.diag.message_primary or "") from refusal
    rows = sorted(rows, key=lambda row: (row[1], row[0], row[3]))[: limit + 1]
    return _told(caller, replace(acting, rights=caller.rights), automation, columns, rows), notice


def _run(
    acting: Caller, automation: AutomationModel, columns: Sequence[Wanted], values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    database, tenant = acting.database, acting.tenant
    try:
        with database.transaction(tenant, read_only=True, statement_timeout=TIMEOUT) as tx:
            acting.verify(tx.entry)
            for statement in _statements(acting.release, automation, columns):
                found += _rows(statement, tx, acting, values)
    except errors.QueryCanceled as cancelled:
        raise PeriodTooLong from cancelled
    return found


def _rows(
    statement: Statement, tx: TenantTransaction, acting: Caller, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    return statement.run(tx, acting, values)


def _statements(release: Release, automation: AutomationModel, columns: Sequence[Wanted]) -> list[Statement]:
    kind = automation.trigger.kind
    if kind == "date":
        return [firings.dates(release, automation, columns)]
    if kind == "cron":
        return [firings.strikes(release, automation, columns)]
    return [firings.saves(release, automation, op, columns) for op in firings.OPS[kind]]


def _told(
    caller: Caller,
    reading: Caller,
    automation: AutomationModel,
    columns: Sequence[Wanted],
    rows: Sequence[tuple[Any, ...]],
) -> list[Fired]:
    """`reading`: the model of the try-out with the caller's rights. Records that the caller may not see, and ones that
    are gone for good, have no name."""
    visible = _visible(caller, str(automation.object), {row[3] for row in rows})
    told = []
    for _, at, due, record, label, actor, *values in rows:
        seen = record in visible
        actions = shown(reading, automation, columns, values) if seen and len(values) == len(columns) else None
        if not columns and seen:
            actions = [{"action": action.kind} for action in automation.actions]
        told.append(Fired(record, label if seen else None, at, due, actor, actions))
    return told


def _visible(caller: Caller, object: str, ids: set[str]) -> set[str]:
    if object not in caller.model.objects:
        return set()
    if caller.rights.is_admin:
        return ids
    return set(display_names(caller, object, ids))


_TOO_MANY_MOMENTS = {
    "en": f"Only the first {MOST_MOMENTS} times of the period are shown.",
    "zh": f"仅显示该期间内的前 {MOST_MOMENTS} 个时间点。",
}
_NO_VALUES = {
    "en": "What would have been written cannot be worked out for every record (a division by zero, for example).",
    "zh": "部分记录无法计算将写入的值（例如除以零或超出范围）。",
}
