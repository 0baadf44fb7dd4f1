"""What `dougong check` says of approvals: those that nobody can decide, why, and what an administrator does about it.
Imported by the command, so that its check stands among the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from dougong_metadata.label import Label
from dougong_metadata.model.approval_types import ApprovalModel
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.running.versions import compiled
from dougong_platform.integrity.checking import CHECKS
from dougong_platform.integrity.finding import Finding, finding
from dougong_platform.integrity.snapshot import EXAMPLES, Snapshot

_VERSIONS = """
select a.flow, a.version, v.digest, v.body::text, array_agg(a.id::text order by a.submitted_at, a.id)
  from _approval a left join _approval_version v on v.flow = a.flow and v.number = a.version
 where a.state in ('running', 'returned') group by 1, 2, 3, 4 order by 1, 2
"""
_NOWHERE = """
select a.flow, array_agg(a.id::text order by a.submitted_at, a.id) from _approval a
 where a.state = 'running' and not exists (
   select from _approval_step s where s.approval = a.id and s.state = 'open' and s.kind <> 'parallel')
 group by 1 order by 1
"""
_RETURNED = """
select a.flow, array_agg(a.id::text order by a.submitted_at, a.id) from _approval a
  left join "user" u on u.id = a.submitter and u.active and u.deleted_at is null
 where a.state = 'returned' and u.id is null group by 1 order by 1
"""
# Of each open step: how many are asked and can answer, by themselves or by a delegate; how many cannot; how many come
# later, and how many have approved.
_STEPS = """
select a.flow, a.version, s.node, a.id::text, count(*) filter (where t.state = 'open' and can),
       array_agg(distinct u.name) filter (where t.state = 'open' and not can),
       count(*) filter (where t.state = 'waiting'),
       count(*) filter (where t.state = 'approved' and t.place = 'base'), count(*) filter (where t.place = 'base')
  from _approval a
  join _approval_step s on s.approval = a.id and s.state = 'open' and s.kind <> 'parallel'
  left join _approval_task t on t.approval = a.id and t.step = s.number and t.kind = 'decide'
       and t.state not in ('transferred', 'cancelled')
  left join "user" u on u.id = t."user"
  cross join lateral (select coalesce(u.active and u.deleted_at is null, false) or exists (
    select from _approval_delegation d join "user" w on w.id = d.delegate and w.active and w.deleted_at is null
     where d."user" = t."user" and d.delegate is distinct from a.submitter and d.delegate <> d."user"
       and d.starts_at <= now() and (d.ends_at is null or d.ends_at > now())
       and (d.flows = '{}' or a.flow = any(d.flows)))) as c (can)
 where a.state = 'running'
 group by 1, 2, 3, a.id, s.number, a.submitted_at
having count(*) filter (where t.state = 'open' and can) = 0 or count(*) filter (where t.state = 'open' and not can) > 0
 order by a.submitted_at, a.id, s.number
"""
_MEND_EN = "reassign their tasks, move them to another node, or end them"
_MEND_ZH = "请改派任务、转到其他节点或终止"


def approvals(snapshot: Snapshot) -> Iterator[Finding]:
    """Live approvals that nobody can go on with."""
    flows: dict[tuple[str, int], ApprovalModel] = {}
    for flow, version, digest, body, ids in snapshot.rows(_VERSIONS):
        try:
            if body is None:
                raise FlowBroken(en="It is not there.", zh="版本不存在。")
            flows[flow, version] = compiled(snapshot.release.model, flow, digest, orjson.loads(body))
        except FlowBroken as broken:
            why = broken.data
            yield _found(
                flow,
                f"runs under version {version}, which fits no more ({why['en']}): move them to the current version,"
                " or end them",
                f"所用的第 {version} 版已不适用（{why['zh']}）：请改用当前版本或终止",
                ids,
            )
    for flow, ids in snapshot.rows(_NOWHERE):
        yield _found(flow, f"waits at no node: {_MEND_EN}", f"未停在任何节点：{_MEND_ZH}", ids)
    for flow, ids in snapshot.rows(_RETURNED):
        yield _found(
            flow,
            "was returned to somebody who has left: move them to a node, or end them",
            "退回的提交人已离职：请转到某个节点或终止",
            ids,
        )
    yield from _undecidable(snapshot, flows)


def _undecidable(snapshot: Snapshot, flows: dict[tuple[str, int], ApprovalModel]) -> Iterator[Finding]:
    found: dict[tuple[str, str, str], list[str]] = {}
    for flow, version, node, id, can, gone, waiting, approved, asked in snapshot.rows(_STEPS):
        model = flows.get((flow, version))
        if model is not None and _is_stuck(model, node, can, waiting, approved, asked):
            found.setdefault((flow, node, ", ".join(sorted(filter(None, gone or ())))), []).append(id)
    for (flow, node, names), ids in found.items():
        if names:
            en, zh = f"waits at “{node}” for {names}, who left", f"在节点「{node}」等待已离职的 {names}"
        else:
            en, zh = f"waits at “{node}”, where nobody is asked", f"停在节点「{node}」，但没有审批人"
        yield _found(flow, f"{en}: {_MEND_EN}", f"{zh}：{_MEND_ZH}", ids)


def _is_stuck(flow: ApprovalModel, node: str, can: int, waiting: int, approved: int, asked: int) -> bool:
    """Whether those who can answer are not enough. Where each one is needed, one who cannot answer stops it."""
    known: Any = flow.nodes.get(node)
    need = known.need if known is not None and known.kind == "approve" else "any"
    if can == 0:
        return True
    if need == "count":
        return bool(approved + can + waiting < min(known.count, asked))
    return bool(need in ("all", "sequence"))


def _found(flow: str, en: str, zh: str, ids: list[str]) -> Finding:
    return finding(flow, en, zh, len(ids), *ids[:EXAMPLES])


CHECKS["approvals"] = (Label("Somebody can decide each running approval", "每个进行中的审批都有人可处理"), approvals)
