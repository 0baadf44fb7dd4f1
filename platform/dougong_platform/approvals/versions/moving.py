"""The versions of a flow, what runs under each, and moving that to the present one. Called by the API, the builder and
the plan of a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from dougong_metadata.errors import Fault
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.errors import FlowBroken, NotNow
from dougong_platform.approvals.running.acting import open_fields
from dougong_platform.approvals.running.changing import LIVE, case_of, guard, settle, via_of
from dougong_platform.approvals.running.store import Loaded, load, load_all
from dougong_platform.approvals.running.versions import KIND, compiled, flow_of, number_of
from dougong_platform.approvals.sight.labels import labels_of
from dougong_platform.approvals.state import Approval, Text
from dougong_platform.approvals.versions.fitting import misfit
from dougong_platform.errors import NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_tenants import TenantTransaction, audit

MOST = 1_000  # approvals that are looked at, or moved, at once
_VERSIONS = """
select v.number, v.digest, v.body, v.release, v.created_at, coalesce(c.live, 0), coalesce(c.over, 0)
  from _approval_version v left join (select version, count(*) filter (where state in ('running', 'returned')) as live,
                    count(*) filter (where state not in ('running', 'returned')) as over
               from _approval where flow = %(flow)s group by version) c on c.version = v.number
 where v.flow = %(flow)s order by v.number desc
"""
_LIVE = """
select id from _approval where flow = %(flow)s and state in ('running', 'returned') and version <> %(number)s
   and (%(version)s::integer is null or version = %(version)s::integer) order by submitted_at, id limit %(limit)s
"""
_NUMBER = "select number from _approval_version where flow = %(flow)s and digest = %(digest)s"


@dataclass(frozen=True, slots=True)
class Version:
    """`since`: when something was first submitted under it; `release` was in force then. `running` and `finished`
    count approvals. `current`: it is what the release in force has; `broken`: why it cannot go on over its objects."""

    number: int
    since: str
    release: int
    running: int
    finished: int
    current: bool
    broken: Text | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A running approval of another version, and why it cannot be moved to the present one (`misfit` None: it can).
    `title` is None where the caller may not know what it says."""

    approval: str
    version: int
    state: str
    title: str | None
    submitted_at: str | None
    misfit: Text | None


def versions_of(caller: Caller, flow: str) -> list[Version]:
    """The newest first; none where nothing was ever submitted. Raises NotAllowed, NotFound."""
    require_keeper(caller)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        rows = tx.rows(_VERSIONS, {"flow": flow})
    now = caller.model.approvals.get(flow)
    if now is None and not rows:
        raise NotFound
    found = []
    for number, digest, body, release, since, running, finished in rows:
        broken: Text | None = None
        try:
            compiled(caller.model, flow, digest, orjson.loads(body))
        except FlowBroken as fault:
            broken = {"en": str(fault.data["en"]), "zh": str(fault.data["zh"])}
        current = now is not None and now.digest == digest
        found.append(Version(number, since, release, int(running), int(finished), current, broken))
    return found


def fits(caller: Caller, flow: str, version: int | None = None) -> list[Fit]:
    """Up to 1,000 that run under another version than the present one (or under `version`), the oldest first. Raises
    NotAllowed; NotFound for a flow that is not in force."""
    require_keeper(caller)
    new = _present(caller, flow)
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        caller.verify(tx.entry)
        loaded = [one.approval for one in load_all(tx, _ids(tx, new, version))]
        found = [(one, misfit(one, _old(caller, tx, one), new)) for one in loaded]
    labels = labels_of(caller, {(one.flow, one.version, None) for one in loaded})
    rights = caller.rights
    return sorted(
        (
            Fit(
                one.id,
                one.version,
                one.state,
                labels[one.flow, one.version].title(rights, one.object, one.title),
                one.submitted_at,
                why,
            )
            for one, why in found
        ),
        key=lambda fit: (fit.submitted_at or "", fit.approval),
    )


def move_version(caller: Caller, flow: str, ids: Sequence[str] | None = None) -> list[tuple[str, Fault | None]]:
    """Let approvals (None: up to 1,000 that run under other versions) go on under the present one; with each, why it
    did not. Open steps stay as they are and whoever is asked stays asked; what is locked, and all that comes, is as
    the present version says.

    Raises NotAllowed; NotFound for a flow that is not in force.
    """
    require_keeper(caller)
    new = _present(caller, flow)
    if ids is None:
        with caller.database.transaction(caller.tenant, read_only=True) as tx:
            caller.verify(tx.entry)
            ids = _ids(tx, new, None)
    answers: list[tuple[str, Fault | None]] = []
    for id in list(dict.fromkeys(ids))[:MOST]:
        try:
            _move(caller, new, id)
        except (NotNow, NotFound) as refused:
            answers.append((id, refused))
        else:
            answers.append((id, None))
    if any(fault is None for _, fault in answers):
        ring(caller.tenant.name)
    return answers


def _move(caller: Caller, new: ApprovalModel, id: str) -> None:
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        guard(caller, tx)
        loaded = load(tx, id, lock=True)
        approval = loaded.approval
        if approval.flow != new.name:
            raise NotFound
        if approval.state not in LIVE:
            raise NotNow(en="It is over.", zh="该审批已结束。", state=approval.state)
        number = number_of(tx, caller.release, new)
        if approval.version == number:
            raise NotNow(en="It runs under the present version.", zh="已在使用当前版本。", state=approval.state)
        why = misfit(approval, _old(caller, tx, approval), new)
        if why is not None:
            raise NotNow(en=why["en"], zh=why["zh"], state=approval.state)
        _under(caller, tx, loaded, new, number)


def _under(caller: Caller, tx: TenantTransaction, loaded: Loaded, new: ApprovalModel, number: int) -> None:
    approval = loaded.approval
    before, approval.version, approval.open = approval.version, number, open_fields(new)
    case = case_of(caller, tx, loaded, new, caller.user)
    case.machine.note("moved_version", actor=caller.user, version=number, before=before)
    settle([case], via_of(caller))
    details = {"flow": new.label.en, "record": approval.record, "version": number, "before": before}
    audit.note(
        tx,
        "approval.moved_version",
        target_kind="approval",
        target=approval.id,
        label=approval.title,
        details=details,
    )


def require_keeper(caller: Caller) -> None:
    """Raise NotAllowed unless the caller shapes flows or keeps the company's people."""
    try:
        caller.require("metadata", KIND)
    except NotAllowed:
        caller.require("people")


def _present(caller: Caller, flow: str) -> ApprovalModel:
    found = caller.model.approvals.get(flow)
    if found is None:
        raise NotFound
    return found


def _ids(tx: TenantTransaction, new: ApprovalModel, version: int | None) -> list[str]:
    rows = tx.rows(_NUMBER, {"flow": new.name, "digest": new.digest})
    values = {"flow": new.name, "number": rows[0][0] if rows else 0, "version": version, "limit": MOST}
    return [row[0] for row in tx.rows(_LIVE, values)]


def _old(caller: Caller, tx: TenantTransaction, approval: Approval) -> ApprovalModel | None:
    try:
        return flow_of(tx, caller.release, approval.flow, approval.version)
    except FlowBroken:
        return None
