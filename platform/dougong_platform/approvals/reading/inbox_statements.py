"""The statements of the inbox: one for each box, whose rows come out of an index in the order of the page."""

from __future__ import annotations

from functools import lru_cache

from dougong_platform.approvals.people.delegations import ACTING_FOR, LASTS

BOXES = ("todo", "done", "submitted", "cc")
CLOSED = ("approved", "rejected", "returned", "transferred", "given")
COUNTED = 1_000  # they are counted up to here

# Whoever asks, and those who delegate to him now: each once, however many delegations there are.
_WHO = f"""
with who as materialized (
  select %(user)s::uuid as id, true as own
  union all select distinct d."user", false from _approval_delegation d
   where d.delegate = %(user)s::uuid and d."user" <> d.delegate and {LASTS}
)"""
# Somebody's open tasks; those of others as far as their delegation goes, and never what one submitted oneself.
_OPEN = f"""
  t."user" = who.id and t.state = 'open' and t.kind <> 'cc' and a.state = 'running' and (who.own or {ACTING_FOR})"""
_CLOSED = f"t.state in ({', '.join(repr(state) for state in CLOSED)})"
_TASK = (
    't.id, t.approval, t.step, t."user", t.kind, t.state, t.decided_by, t.opened_at, t.closed_at, t.seen_at, a.urged_at'
)
_TASKS = {
    "todo": f"""{_WHO}, page as (
  select t.*, t.opened_at as at from who cross join lateral (
    select {_TASK} from _approval_task t join _approval a on a.id = t.approval
     where {_OPEN} {{and}} order by t.opened_at desc, t.id limit %(limit)s) t
   order by t.opened_at desc, t.id limit %(limit)s)""",
    # His own by himself or by his delegate; then what he did as a delegate or as an administrator.
    "done": f"""with page as (
  select t.*, t.closed_at as at from (
    (select {_TASK} from _approval_task t join _approval a on a.id = t.approval
      where t."user" = %(user)s::uuid and {_CLOSED} and t.automatic is null
        and (t.state <> 'transferred' or t.decided_by is null or t.decided_by = %(user)s::uuid)
        {{and}} order by t.closed_at desc, t.id limit %(limit)s)
    union all
    (select {_TASK} from _approval_task t join _approval a on a.id = t.approval
      where t.decided_by = %(user)s::uuid and t."user" <> %(user)s::uuid and {_CLOSED}
        {{and}} order by t.closed_at desc, t.id limit %(limit)s)) t
   order by t.closed_at desc, t.id limit %(limit)s)""",
    "cc": f"""with page as (
  select {_TASK}, t.opened_at as at from _approval_task t join _approval a on a.id = t.approval
   where t."user" = %(user)s::uuid and t.kind = 'cc' {{and}} order by t.opened_at desc, t.id limit %(limit)s)""",
}
_OF_TASKS = """
select a.id, a.flow, a.version, v.digest, a.object, a.record, a.title, a.submitter, u.name, a.submitted_at, a.state,
       jsonb_build_array(s.node), p.id, p.kind, case when p."user" <> %(user)s::uuid then o.name end,
       case when p.decided_by <> %(user)s::uuid then d.name end, s.due_at, p.opened_at, p.closed_at, p.state, p.seen_at,
       p.urged_at, p.at, p.id
  from page p
  join _approval a on a.id = p.approval
  join _approval_step s on s.approval = p.approval and s.number = p.step
  left join _approval_version v on v.flow = a.flow and v.number = a.version
  left join "user" u on u.id = a.submitter
  left join "user" o on o.id = p."user"
  left join "user" d on d.id = p.decided_by
 order by p.at desc, p.id
"""
_WAITING = """
    select coalesce(jsonb_agg(distinct s.node) filter (where s.kind <> 'parallel'), '[]') as nodes,
           min(s.due_at) as due_at
      from _approval_step s where s.approval = a.id and s.state = 'open'"""
_SUBMITTED = f"""
with page as (
  select a.*, a.submitted_at as at from _approval a
   where a.submitter = %(user)s::uuid {{and}} order by a.submitted_at desc, a.id limit %(limit)s)
select a.id, a.flow, a.version, v.digest, a.object, a.record, a.title, a.submitter, u.name, a.submitted_at, a.state,
       s.nodes, null, null, null, null, s.due_at, null, a.ended_at, null, null, a.urged_at, a.at, a.id
  from page a
  cross join lateral ({_WAITING}) s
  left join _approval_version v on v.flow = a.flow and v.number = a.version
  left join "user" u on u.id = a.submitter
 order by a.at desc, a.id
"""
COUNTS = f"""{_WHO}
select (select count(*) from (select 1 from who, _approval_task t join _approval a on a.id = t.approval
                               where {_OPEN} limit {COUNTED}) n),
       (select count(*) from (select 1 from _approval a where a.submitter = %(user)s::uuid
                                 and a.state in ('running', 'returned') limit {COUNTED}) n),
       (select count(*) from (select 1 from _approval_task t where t."user" = %(user)s::uuid
                                 and t.kind = 'cc' and t.seen_at is null limit {COUNTED}) n)
"""
OF_RECORD = f"""
select a.id, a.flow, a.version, v.digest, a.object, a.record, a.title, a.submitter, u.name, a.submitted_at, a.state,
       s.nodes, null, null, null, null, s.due_at, null, a.ended_at, null, null, a.urged_at, a.submitted_at, a.id
  from _approval a
  cross join lateral ({_WAITING}) s
  left join _approval_version v on v.flow = a.flow and v.number = a.version
  left join "user" u on u.id = a.submitter
 where a.record = %(record)s::uuid and a.object = %(object)s
 order by a.submitted_at desc, a.id desc limit %(limit)s
"""


@lru_cache(maxsize=64)
def statement(box: str, *, flow: bool, words: bool, after: bool) -> str:
    """The page of a box: of one flow, with words in the title, behind a row."""
    at = {"todo": "t.opened_at", "cc": "t.opened_at", "done": "t.closed_at", "submitted": "a.submitted_at"}[box]
    id = "a.id" if box == "submitted" else "t.id"
    conditions = (
        "and a.flow = %(flow)s" if flow else "",
        "and a.title ilike %(words)s" if words else "",
        # A range that the index starts from; rows of the very same moment follow by id.
        f"and {at} <= %(at)s::timestamptz and ({at} < %(at)s::timestamptz or {id} > %(id)s::uuid)" if after else "",
    )
    text = _SUBMITTED if box == "submitted" else _TASKS[box] + _OF_TASKS
    return text.replace("{and}", " ".join(part for part in conditions if part))
