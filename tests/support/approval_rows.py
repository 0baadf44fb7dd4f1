"""Approvals written straight into the tables, many at once: for the inbox of somebody who has decided thousands. What
runs through the engine is made by its own functions."""

from __future__ import annotations

from approving import Approving

_VERSION = """
insert into _approval_version (flow, number, digest, body, release) values (%(flow)s, 1, %(digest)s, %(body)s, 1)
on conflict do nothing
"""
_APPROVALS = """
insert into _approval (id, flow, version, object, record, title, submitter, submitted_at, state)
select gen_random_uuid(), %(flow)s, 1, 'purchase', gen_random_uuid(), %(title)s || ' ' || n, %(submitter)s::uuid,
       now() - n * interval '1 minute', %(state)s from generate_series(1, %(count)s::int) n
"""
_STEPS = """
insert into _approval_step (approval, number, node, kind, state, entered_at)
select a.id, 1, %(node)s, 'approve', 'open', a.submitted_at from _approval a
 where not exists (select 1 from _approval_step s where s.approval = a.id)
"""
_TASKS = """
insert into _approval_task (id, approval, step, "user", kind, state, opened_at, closed_at, seen_at, decided_by)
select gen_random_uuid(), a.id, 1, %(user)s::uuid, %(kind)s, %(task)s, a.submitted_at,
       case when %(task)s <> 'open' then a.submitted_at + interval '30 seconds' end, null, %(decided_by)s::uuid
  from _approval a where not exists (select 1 from _approval_task t where t.approval = a.id)
"""


def add_rows(
    company: Approving,
    who: str,
    count: int = 1,
    *,
    submitter: str = "dan",
    title: str = "Paper",
    flow: str = "simple",
    node: str = "supervisor",
    state: str = "running",
    task: str = "open",
    kind: str = "decide",
    decided_by: str | None = None,
) -> None:
    """`count` approvals with one task each, a minute apart, the newest (1) a minute old."""
    people, model = company.people, company.admin.model
    values = {
        "digest": model.approvals[flow].digest,
        "body": model.documents["approval", flow].text,
        "flow": flow,
        "title": title,
        "submitter": people[submitter],
        "state": state,
        "count": count,
        "node": node,
        "user": people[who],
        "kind": kind,
        "task": task,
        "decided_by": people[decided_by] if decided_by else None,
    }
    for statement in (_VERSION, _APPROVALS, _STEPS, _TASKS):
        company.run(statement, values)


def delegate(company: Approving, user: str, to: str, *flows: str, days: int = 1) -> None:
    """A delegation of `days` that began yesterday (or, with fewer than none, has ended)."""
    company.run(
        'insert into _approval_delegation (id, "user", delegate, flows, starts_at, ends_at) values (gen_random_uuid(),'
        " %(user)s, %(to)s, %(flows)s::text[], now() - interval '1 day', now() + %(days)s * interval '1 day')",
        {
            "user": company.people[user],
            "to": company.people[to],
            "flows": "{" + ",".join(flows) + "}",
            "days": days,
        },
    )


def clear(company: Approving) -> None:
    """No approval, no version and no delegation is left."""
    company.run("delete from _approval_version")
    company.run("delete from _approval")
    company.run("delete from _approval_delegation")
