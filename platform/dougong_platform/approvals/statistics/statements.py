"""The statements of a flow's statistics. All take flow, since, until and zone; moments are those of the period, days
those of the tenant's time zone."""

from __future__ import annotations

_IN = "%(since)s::timestamptz and {0} < %(until)s::timestamptz"
_SUBMITTED_IN = f"a.submitted_at >= {_IN.format('a.submitted_at')}"
_ENDED_IN = f"a.ended_at >= {_IN.format('a.ended_at')}"
_LEFT_IN = f"s.left_at >= {_IN.format('s.left_at')}"
_CLOSED_IN = f"t.closed_at >= {_IN.format('t.closed_at')}"
_FLOW = "a.flow = %(flow)s"
_DAY = "to_char({0} at time zone %(zone)s, 'YYYY-MM-DD')"
_SENT_BACK = "exists (select from _approval_event e where e.approval = a.id and e.action = 'returned')"
# A step that somebody decided; one where everything went by itself tells nothing of how long people take.
_BY_PEOPLE = """exists (select from _approval_task t where t.approval = s.approval and t.step = s.number
  and t.kind = 'decide' and t.automatic is null and t.state in ('approved', 'rejected', 'returned'))"""
_DECIDED = f"s.kind = 'approve' and s.state in ('approved', 'rejected', 'returned') and {_LEFT_IN} and {_BY_PEOPLE}"
_ANSWERED = (
    f"t.kind = 'decide' and t.automatic is null and t.state in ('approved', 'rejected', 'returned', 'transferred')"
    f" and {_CLOSED_IN}"
)
_OPEN_TASK = "t.kind = 'decide' and t.state = 'open' and a.state = 'running'"
_OPEN_STEP = "s.kind = 'approve' and s.state = 'open' and a.state = 'running'"
_JUDGED = f"{_ENDED_IN} and a.state in ('approved', 'rejected')"
_LATE = "s.due_at < coalesce(s.left_at, now())"


def _middle(of: str, share: str, where: str) -> str:
    of_all = f"percentile_cont({share}) within group (order by extract(epoch from {of})::float8)"
    return f"{of_all} filter (where {where})"


DAYS = f"""
select {_DAY.format("a.submitted_at")}, 'submitted', count(*) from _approval a
 where {_FLOW} and {_SUBMITTED_IN} group by 1
union all
select {_DAY.format("a.ended_at")}, a.state, count(*) from _approval a
 where {_FLOW} and {_ENDED_IN} group by 1, 2
"""
WHOLE = f"""
select count(*) filter (where {_ENDED_IN}),
       count(*) filter (where {_ENDED_IN} and {_SENT_BACK}),
       {_middle("a.ended_at - a.submitted_at", "0.5", _JUDGED)},
       {_middle("a.ended_at - a.submitted_at", "0.9", _JUDGED)},
       count(*) filter (where a.state = 'running'), count(*) filter (where a.state = 'returned'),
       min(a.submitted_at) filter (where a.state in ('running', 'returned')), max(a.object), count(*)
  from _approval a where {_FLOW}
"""
NODES = f"""
select s.node, max(a.version),
       count(*) filter (where s.left_at is not null), count(*) filter (where s.state = 'rejected'),
       count(*) filter (where s.state = 'returned'),
       {_middle("s.left_at - s.entered_at", "0.5", "s.left_at is not null")},
       {_middle("s.left_at - s.entered_at", "0.9", "s.left_at is not null")},
       count(*) filter (where s.due_at is not null), count(*) filter (where {_LATE}),
       count(*) filter (where s.left_at is null), min(s.entered_at) filter (where s.left_at is null)
  from _approval a join _approval_step s on s.approval = a.id
 where {_FLOW} and (({_DECIDED}) or ({_OPEN_STEP})) group by 1
"""
TIMES = f"""
select s.node, extract(epoch from s.entered_at)::float8, extract(epoch from s.left_at)::float8
  from _approval a join _approval_step s on s.approval = a.id
 where {_FLOW} and {_DECIDED} order by s.left_at desc limit %(most)s
"""
PEOPLE = f"""
select t."user", max(u.name), count(*) filter (where t.state = 'approved'),
       count(*) filter (where t.state = 'rejected'), count(*) filter (where t.state = 'returned'),
       count(*) filter (where t.state = 'transferred'),
       {_middle("t.closed_at - t.opened_at", "0.5", "t.closed_at is not null")},
       {_middle("t.closed_at - t.opened_at", "0.9", "t.closed_at is not null")},
       count(*) filter (where t.state = 'open'), min(t.opened_at) filter (where t.state = 'open'),
       count(*) filter (where t.state = 'open' and s.due_at < now())
  from _approval a join _approval_task t on t.approval = a.id
  join _approval_step s on s.approval = t.approval and s.number = t.step
  left join "user" u on u.id = t."user"
 where {_FLOW} and (({_ANSWERED}) or ({_OPEN_TASK})) group by 1
"""
_STEP = "exists (select from _approval_step s where s.approval = a.id and {0})"
_TASK = "exists (select from _approval_task t where t.approval = a.id and {0})"
_AT = "s.node = %(value)s"
_WHOSE = 't."user" = %(value)s::uuid'
# The approvals behind each figure; those of DAILY take a day as `value`, or None for the whole period, those of OF_ONE
# the name of a node or the id of a user.
BEHIND = {
    "submitted": _SUBMITTED_IN,
    "finished": _ENDED_IN,
    "approved": f"{_ENDED_IN} and a.state = 'approved'",
    "rejected": f"{_ENDED_IN} and a.state = 'rejected'",
    "recalled": f"{_ENDED_IN} and a.state = 'recalled'",
    "ended": f"{_ENDED_IN} and a.state = 'ended'",
    "sent_back": f"{_ENDED_IN} and {_SENT_BACK}",
    "running": "a.state = 'running'",
    "returned": "a.state = 'returned'",
    "overdue": _STEP.format(f"(({_DECIDED}) or ({_OPEN_STEP})) and {_LATE}"),
    "node": _STEP.format(f"{_AT} and {_DECIDED}"),
    "node_rejected": _STEP.format(f"{_AT} and {_DECIDED} and s.state = 'rejected'"),
    "node_returned": _STEP.format(f"{_AT} and {_DECIDED} and s.state = 'returned'"),
    "node_overdue": _STEP.format(f"{_AT} and (({_DECIDED}) or ({_OPEN_STEP})) and {_LATE}"),
    "node_open": _STEP.format(f"{_AT} and {_OPEN_STEP}"),
    "person": _TASK.format(f"{_WHOSE} and {_ANSWERED}"),
    "person_open": _TASK.format(f"{_WHOSE} and {_OPEN_TASK}"),
}
DAILY = frozenset({"submitted", "finished", "approved", "rejected", "recalled", "ended"})
OF_ONE = frozenset(one for one in BEHIND if one.startswith(("node", "person")))


def behind(figure: str, *, day: bool) -> str:
    """Up to %(most)s approvals behind a figure, the newest first."""
    moment = "a.submitted_at" if figure == "submitted" else "a.ended_at"
    of_day = f" and {_DAY.format(moment)} = %(value)s" if day else ""
    return f"""
select a.id, a.version, v.digest, a.object, a.title, a.state, u.name, a.submitted_at, a.ended_at from _approval a
  left join _approval_version v on v.flow = a.flow and v.number = a.version
  left join "user" u on u.id = a.submitter
 where {_FLOW} and {BEHIND[figure]}{of_day} order by a.submitted_at desc, a.id limit %(most)s
"""
