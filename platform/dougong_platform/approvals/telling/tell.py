"""Tells people of approvals: those who are asked, their delegates, those who get a copy, and whoever waits for the
outcome. Called by the worker for each outbox row, in its transaction; each is told once, however often a row is tried.

What the row says happened in one transaction, at the row's own moment: the events of the history that belong to it have
the very same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import Model
from dougong_platform.approvals.errors import FlowBroken
from dougong_platform.approvals.people.delegations import delegates_of
from dougong_platform.approvals.running.versions import flow_of
from dougong_platform.approvals.sight.labels import FlowLabels, Read, labels_of_flow
from dougong_platform.approvals.sight.seeing import reads_of
from dougong_platform.approvals.telling.links import page_of
from dougong_platform.approvals.telling.tidings import Title, by_whom, headed, lines, sentence
from dougong_platform.notifications import notify
from dougong_platform.records.arrays import array_text
from dougong_platform.releases.release import Release
from dougong_tenants import Tenant, TenantTransaction

TOPIC = "approval"
_APPROVAL = """
select a.id, a.flow, a.version, a.object, a.record, a.title, a.submitter, u.name, a.note, a.state, a.ended_at
  from _approval a left join "user" u on u.id = a.submitter where a.id = %(approval)s::uuid
"""
_TASKS = """
select t.id, t."user", u.name, t.kind, t.place, t.opened_at, t.given_by, g.name, s.node
  from _approval_task t
  join _approval_step s on s.approval = t.approval and s.number = t.step
  left join "user" u on u.id = t."user" left join "user" g on g.id = t.given_by
 where t.approval = %(approval)s::uuid and t.id = any(%(tasks)s::uuid[]) and t.state in ('open', 'seen')
 order by t.step, t.position, t.id
"""
_EVENTS = """
select e.id, e.action, e.actor, u.name, e.behalf, e.task, e.data, t.given_by
  from _approval_event e left join "user" u on u.id = e.actor left join _approval_task t on t.id = e.task
 where e.approval = %(approval)s::uuid and e.at = %(at)s::timestamptz order by e.id
"""
# Whoever was asked when it was over all at once.
_CUT_OFF = """
select distinct "user" from _approval_task
 where approval = %(approval)s::uuid and kind <> 'cc' and state = 'cancelled' and closed_at = %(ended_at)s::timestamptz
"""
_TAKE_PART = """
select "user" from _approval_task where approval = %(approval)s::uuid
union select decided_by from _approval_task where approval = %(approval)s::uuid and decided_by is not null
union select submitter from _approval where id = %(approval)s::uuid and submitter is not null
"""
_SENDING = ("resubmitted", "returned", "jumped")
_GIVING = ("transferred", "reassigned", "escalated", "added", "consulted")
_NAMES = 'select id, name from "user" where id = any(%(users)s::uuid[])'


@dataclass(frozen=True, slots=True)
class Told:
    """An approval, as people are told of it."""

    tx: TenantTransaction
    tenant: Tenant
    id: str
    flow: str
    object: str
    record: str
    submitter: str | None
    submitter_name: str | None
    note: str | None
    state: str
    ended_at: str | None
    title: str
    labels: FlowLabels

    def titled(self, node: str | None = None) -> Title:
        """Its title as a piece of a notification; the flow's name where nobody can tell what it is made of, or where
        the node hides it."""
        reads = self.labels.title_reads
        hidden = self.labels.hidden.get(node or "", frozenset())
        if reads is None or any(object == self.object and field in hidden for object, field in reads):
            return {"en": self.labels.label.en, "zh": self.labels.label.zh}
        return {"text": self.title, "reads": [".".join(one) for one in reads], "asked": True} if reads else self.title

    def say(
        self,
        users: Iterable[str | None],
        title: Any,
        body: Any,
        *,
        key: str,
        actor: str | None = None,
        takes_part: bool = True,
    ) -> None:
        """Tell users, once for each key. Nobody is told what he did himself. Whoever takes part in the approval may
        read it whatever his rights to the record; others only as far as they may read that."""
        wanted = [user for user in dict.fromkeys(users) if user is not None and user != actor]
        notify(
            self.tx,
            tenant=self.tenant,
            users=wanted,
            title=title,
            body=body,
            object=self.object,
            record=self.record,
            actor=actor,
            topic=TOPIC,
            key=f"approval:{key}",
            page=page_of(self.id) if takes_part else None,
        )


def tell(
    tx: TenantTransaction, tenant: Tenant, release: Release, payload: Mapping[str, Any], at: str | None = None
) -> None:
    """Tell what an outbox row of the topic says; `at` is the row's moment. Ring after the commit."""
    told = told_of(tx, tenant, release, payload["approval"])
    if told is None:
        return
    values = {"approval": told.id, "tasks": array_text(payload.get("tasks") or ()), "at": at}
    events = [Event(*row) for row in tx.rows(_EVENTS, values)] if at is not None else []
    if payload.get("tasks") and told.state == "running":
        _tell_asked(told, tx.rows(_TASKS, values), events)
    elif payload.get("tasks"):
        _tell_asked(told, [row for row in tx.rows(_TASKS, values) if row[3] == "cc"], events)
    for event in events_of(payload):
        if event in ("approved", "rejected", "returned", "ended"):
            _tell_submitter(told, event, payload.get("turn"), events)
        if event in ("recalled", "ended"):
            _tell_cut_off(told, event, events)
    for one in events:
        _tell_event(told, one)


def events_of(payload: Mapping[str, Any]) -> list[str]:
    """What happened to the whole approval, in order: what was submitted may have come to its end at once."""
    return list(dict.fromkeys(one for one in (payload.get("event"), payload.get("outcome")) if one))


def told_of(tx: TenantTransaction, tenant: Tenant, release: Release, approval: str) -> Told | None:
    """An approval, to tell people of it; None for one that is gone."""
    rows = tx.rows(_APPROVAL, {"approval": approval})
    if not rows:
        return None
    id, flow, version, object, record, title, submitter, name, note, state, ended_at = rows[0]
    try:
        labels = labels_of_flow(release.model, flow_of(tx, release, flow, version))
    except FlowBroken:
        known = release.model.approvals.get(flow)
        labels = FlowLabels(known.label if known is not None else Label(flow, flow), title_reads=None)
    if labels.title_reads is not None:
        labels = replace(labels, title_reads=_worked_out_from(release.model, labels.title_reads))
    return Told(tx, tenant, id, flow, object, record, submitter, name, note, state, ended_at, title, labels)


def _worked_out_from(model: Model, reads: Iterable[Read]) -> frozenset[Read] | None:
    """The fields, and those behind formulas among them; None where one is gone."""
    try:
        fields = [model.objects[object].fields[name] for object, name in reads]
    except KeyError:
        return None
    return frozenset(read for field in fields for read in reads_of(model, field))


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history; `given_by` is who gave the task that it is about."""

    id: int
    action: str
    actor: str | None
    actor_name: str | None
    behalf: str | None
    task: str | None
    data: Mapping[str, Any]
    given_by: str | None

    @property
    def comment(self) -> str | None:
        return self.data.get("comment")


def _tell_asked(told: Told, rows: Sequence[Sequence[Any]], events: Sequence[Event]) -> None:
    """People with a new task, and those who decide for them now."""
    deciding = [row[1] for row in rows if row[3] == "decide"]
    delegates = delegates_of(told.tx, deciding, told.flow) if deciding else {}
    given = next((one for one in reversed(events) if one.action in _GIVING), None)
    sent = next((one.comment for one in reversed(events) if one.action in _SENDING), None)
    for id, user, name, kind, place, opened_at, given_by, giver, node in rows:
        said = given.comment if given is not None and given_by is not None else sent or told.note
        body = lines(headed(told.labels.label, told.labels.node(node)), said)
        names = {"by": told.submitter_name, "giver": giver, "principal": name}
        how = {"consult": "consulted", "cc": "copied"}.get(kind) or (
            "asked" if given_by is None else "handed" if place == "base" else "added"
        )
        key = f"{id}:{opened_at}"
        told.say([user], sentence(how, told.titled(node), **names), body, key=key, actor=given_by)
        others = [one for one in delegates.get(user, ()) if one not in (*deciding, told.submitter)]
        if kind == "decide" and others:
            told.say(others, sentence(f"{how}_for", told.titled(node), **names), body, key=key, actor=given_by)


def _tell_submitter(told: Told, event: str, turn: Any, events: Sequence[Event]) -> None:
    deciding = [one for one in events if one.action in ("approved", "rejected", "returned", "ended")]
    last = deciding[-1] if deciding else None
    wrong = next((one.data.get("reason") for one in events if one.action == "not_moved"), None)
    body = lines(
        headed(told.labels.label, None),
        by_whom(last.actor_name) if last is not None and last.actor_name else None,
        last.comment if last is not None else None,
        wrong,
    )
    actor = last.actor if last is not None else None
    told.say([told.submitter], sentence(event, told.titled()), body, key=f"{told.id}:{turn}:{event}", actor=actor)


def _tell_cut_off(told: Told, event: str, events: Sequence[Event]) -> None:
    users = [row[0] for row in told.tx.rows(_CUT_OFF, {"approval": told.id, "ended_at": told.ended_at})]
    last = events[-1] if events else None
    said = next((one.comment for one in events if one.action in ("recalled", "ended")), None)
    actor = next((one.actor for one in events if one.actor is not None), None)
    title = sentence("recalled" if event == "recalled" else "over", told.titled(), by=told.submitter_name)
    body = lines(headed(told.labels.label, None), said)
    told.say(users, title, body, key=f"{told.id}:over:{last.id if last else ''}", actor=actor)


def _tell_event(told: Told, one: Event) -> None:
    """What else concerns somebody: being urged, mentioned, answered, or asked no longer."""
    users: list[str | None]
    others: list[str | None] = []
    match one.action:
        case "urged":
            how, users = "urged", _with_delegates(told, one)
        case "commented":
            how, users = "mentioned", list(one.data.get("mentions") or ())
        case "opined":
            how, users = "opined", [one.given_by]
        case "reminded" | "overdue":
            how, users = {"reminded": "soon", "overdue": "late"}[one.action], _with_delegates(told, one)
        case "reassigned" | "escalated" | "transferred" if one.action != "transferred" or one.actor is None:
            how, users = "taken", [_user_of(told, one)]
        case _:
            return
    if how == "mentioned":
        part = {row[0] for row in told.tx.rows(_TAKE_PART, {"approval": told.id})}
        users, others = [one for one in users if one in part], [one for one in users if one not in part]
    names = {"actor": one.actor_name, "others": _names(told, one.data.get("users") or ()) if how == "taken" else None}
    body = lines(headed(told.labels.label, None), one.comment)
    title, key = sentence(how, told.titled(), **names), f"event:{one.id}"
    told.say(users, title, body, key=key, actor=one.actor)
    told.say(others, title, body, key=key, actor=one.actor, takes_part=False)


def _with_delegates(told: Told, one: Event) -> list[str | None]:
    """The people an event names, and those who decide for them now."""
    users = [str(user) for user in one.data.get("users") or ()]
    delegates = delegates_of(told.tx, users, told.flow) if users else {}
    return [*users, *(one for found in delegates.values() for one in found if one != told.submitter)]


def _user_of(told: Told, one: Event) -> str | None:
    """Whose task an event is about."""
    rows = told.tx.rows('select "user" from _approval_task where id = %(task)s::uuid', {"task": one.task})
    return str(rows[0][0]) if rows else None


def _names(told: Told, users: Sequence[str]) -> str | None:
    found = {id: str(name) for id, name in told.tx.rows(_NAMES, {"users": array_text(users)})}
    return "、".join(found[one] for one in users if one in found) or None
