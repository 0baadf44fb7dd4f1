"""What a publish means for approvals that run: which keep their version, how many of them would fit the new one, and
which versions read what is taken away. Asked by the plan of a release."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_metadata.model.types import Model
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.running.store import load_all
from dougong_platform.approvals.running.versions import KIND, compiled
from dougong_platform.approvals.versions.fitting import misfit
from dougong_platform.releases.advising import advises
from dougong_platform.releases.impact import Impact
from dougong_platform.releases.planned_step import PlannedStep
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant, TenantTransaction

LOOKED_AT = 1_000  # running approvals of a flow that are tried on its new version
_RUNNING = """
select a.flow, a.version, v.digest, v.body, a.object, count(*) from _approval a
  join _approval_version v on v.flow = a.flow and v.number = a.version
 where a.state in ('running', 'returned') group by 1, 2, 3, 4, 5 order by 1, 2
"""
_IDS = """
select id from _approval where flow = %(flow)s and state in ('running', 'returned') order by submitted_at, id
 limit %(limit)s
"""
Versions = list[tuple[int, str, str, str, int]]  # number, digest, body, object, how many run


@advises
def tell(database: Database, tenant: Tenant, base: Release, model: Model) -> Iterator[PlannedStep]:
    """One step for each flow that changes or goes while something runs, one for each version that would break."""
    with database.transaction(tenant, read_only=True) as tx:
        flows: dict[str, Versions] = {}
        for flow, *version in tx.rows(_RUNNING):
            flows.setdefault(flow, []).append((version[0], version[1], version[2], version[3], int(version[4])))
        shifted = _others(base.model) != _others(model)
        for name, versions in flows.items():
            old, new = base.model.approvals.get(name), model.approvals.get(name)
            if old is not None and (new is None or new.digest != old.digest):
                yield _kept(tx, base.model, name, versions, new)
            if shifted:
                yield from _broken(base.model, model, name, versions)


def _others(model: Model) -> dict[tuple[str, str], str]:
    return {key: document.hash for key, document in model.documents.items() if key[0] != KIND}


def _kept(
    tx: TenantTransaction, before: Model, name: str, versions: Versions, new: ApprovalModel | None
) -> PlannedStep:
    label = before.approvals[name].label
    many = sum(running for *_, running in versions)
    numbers = [str(number) for number, *_ in versions]
    keeps = "keep version" if len(numbers) == 1 else "keep versions"
    en = f"{many:,} running {keeps} {' and '.join(numbers)}"
    zh = f"{many:,} 个进行中的审批保留版本 {'、'.join(numbers)}"
    if new is None:
        says = Label(f"Take away the flow “{label.en}”", f"删除流程「{label.zh}」")
        note = Label(f"{en} and go on to their end", f"{zh}，继续走完")
    else:
        says = Label(f"Change the flow “{label.en}”", f"修改流程「{label.zh}」")
        fit = _fitting(tx, before, name, versions, new)
        more = "at least " if many > LOOKED_AT else ""
        note = Label(
            f"{en}; {more}{fit:,} of them {'fits' if fit == 1 else 'fit'} the new version",
            f"{zh}，其中{'至少' if more else ''} {fit:,} 个可改用新版本",
        )
    return PlannedStep("keep_version", versions[0][3], says, Impact(many, note=note), name=name)


def _fitting(tx: TenantTransaction, before: Model, name: str, versions: Versions, new: ApprovalModel) -> int:
    known = {number: _compiled(before, name, digest, body) for number, digest, body, *_ in versions}
    ids = [row[0] for row in tx.rows(_IDS, {"flow": name, "limit": LOOKED_AT})]
    found = (one.approval for one in load_all(tx, ids))
    return sum(misfit(one, known.get(one.version), new) is None for one in found)


def _broken(before: Model, after: Model, name: str, versions: Versions) -> Iterator[PlannedStep]:
    for number, digest, body, object, running in versions:
        fault = _fault(after, name, digest, body)
        if fault is None or _fault(before, name, digest, body) is not None:
            continue
        known = before.approvals.get(name)
        label = known.label if known is not None else Label.of(None, name)
        says = Label(
            f"Version {number} of the flow “{label.en}” reads what is taken away",
            f"流程「{label.zh}」的版本 {number} 引用了将被删除的内容",
        )
        many = "1 running approval cannot" if running == 1 else f"{running:,} running approvals cannot"
        note = Label(
            f"{many} go on: {fault.data['en']} Move them to the present version, or end them",
            f"{running:,} 个进行中的审批无法继续：{fault.data['zh']} 请改用当前版本或终止",
        )
        yield PlannedStep("approval_reads", object, says, Impact(running, bad=running, note=note), name=name)


def _compiled(model: Model, name: str, digest: str, body: str) -> ApprovalModel | None:
    try:
        return compiled(model, name, digest, orjson.loads(body))
    except FlowBroken:
        return None


def _fault(model: Model, name: str, digest: str, body: str) -> FlowBroken | None:
    try:
        compiled(model, name, digest, orjson.loads(body))
    except FlowBroken as fault:
        return fault
    return None
