"""Delegations: who decides for whom, from when until when, for which flows. Called by the inbox, by decisions, by
telling, and by the API and pages where people make and end their own.

A delegation is looked up when it matters and never stored with a task. It is not passed on: whoever decides for one
does not decide for those who delegate to that one. Nobody decides for another what he submitted himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dougong_platform.approvals.people.refusals import refusal
from dougong_platform.errors import FieldError, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import ring
from dougong_platform.notifications import notify
from dougong_platform.people.authority import require_authority
from dougong_platform.query.single import uuid_text
from dougong_platform.records.arrays import array_text
from dougong_tenants import TenantTransaction, new_id
from dougong_tenants.audit import note

MOST = 50  # of one person that are coming or going on
_LONGEST = 500  # characters of a note
PAGE = "/approvals/delegations"

LASTS = "d.starts_at <= now() and (d.ends_at is null or d.ends_at > now())"
# The condition that whoever asks (%(user)s) acts now for the one whose task `t` it is, in the approval `a`.
ACTING_FOR = f"""(a.submitter is distinct from %(user)s::uuid and exists (
  select from _approval_delegation d
   where d.delegate = %(user)s::uuid and d."user" = t."user" and d."user" <> d.delegate and {LASTS}
     and (d.flows = '{{}}' or a.flow = any(d.flows))))"""
_PRINCIPALS = f"""
select d."user", d.flows from _approval_delegation d
 where d.delegate = %(user)s::uuid and {LASTS.replace("now()", "coalesce(%(now)s::timestamptz, now())")}
 order by d.starts_at, d.id
"""
_DELEGATES = f"""
select d."user", d.delegate from _approval_delegation d
  join "user" u on u.id = d.delegate and u.active and u.deleted_at is null
 where d."user" = any(%(users)s::uuid[]) and {LASTS} and (d.flows = '{{}}' or %(flow)s = any(d.flows))
 order by d.starts_at, d.id
"""
_LIST = """
select d.id, d."user", u.name, d.delegate, w.name, d.flows, d.starts_at, d.ends_at, d.note, d.created_by, c.name,
       d.created_at,
       case when d.starts_at > now() then 'coming' when d.ends_at <= now() then 'over' else 'now' end
  from _approval_delegation d
  left join "user" u on u.id = d."user"
  left join "user" w on w.id = d.delegate
  left join "user" c on c.id = d.created_by
 where (%(id)s::uuid is null or d.id = %(id)s::uuid)
   and (%(user)s::uuid is null or %(user)s::uuid in (d."user", d.delegate))
 order by (d.ends_at <= now()) nulls first, d.starts_at desc, d.id limit 500
"""
_ADD = """
insert into _approval_delegation (id, "user", delegate, flows, starts_at, ends_at, note, created_by)
values (%(id)s, %(user)s, %(delegate)s, %(flows)s, coalesce(%(starts_at)s, now()), %(ends_at)s, %(note)s, %(by)s)
"""


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who delegates; `flows` () = all of them."""

    user: str
    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate` decides for `user`. Moments are ISO 8601 text; `state` is coming, now or over."""

    id: str
    user: str
    user_name: str | None
    delegate: str
    delegate_name: str | None
    flows: tuple[str, ...]
    starts_at: str
    ends_at: str | None
    note: str | None
    created_by: str | None
    created_by_name: str | None
    created_at: str
    state: str


def principals(tx: TenantTransaction, user: str, now: str | None = None) -> list[Principal]:
    """Those who delegate to a user at a moment (None: now)."""
    rows = tx.rows(_PRINCIPALS, {"user": user, "now": now})
    return [Principal(one, tuple(flows)) for one, flows in rows if one != user]


def may_act_for(rows: Sequence[Principal], principal: str, flow: str, *, submitter: str | None, delegate: str) -> bool:
    """Whether `delegate`, who has these principals, decides for `principal` what `submitter` sent in under `flow`."""
    if delegate in (submitter, principal):
        return False
    return any(one.user == principal and (not one.flows or flow in one.flows) for one in rows)


def delegates_of(tx: TenantTransaction, users: Sequence[str], flow: str) -> dict[str, list[str]]:
    """The active people to whom each of `users` delegates the flow now."""
    found: dict[str, list[str]] = {}
    for user, delegate in tx.rows(_DELEGATES, {"users": array_text(users), "flow": flow}):
        if delegate != user and delegate not in found.setdefault(user, []):
            found[user].append(delegate)
    return found


def create(
    caller: Caller,
    *,
    delegate: str,
    user: str | None = None,
    flows: Sequence[str] = (),
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    note: str | None = None,
) -> Delegation:
    """Let `delegate` decide for `user` (None: the caller), from `starts_at` (None: now) to `ends_at` (None: until it is
    ended). For others it takes the system right people. Raises RecordsInvalid, NotAllowed, NotFound."""
    principal = _principal(caller, user)
    given: dict[str, Any] = {
        "user": principal,
        "delegate": uuid_text(delegate),
        "flows": list(dict.fromkeys(flows)),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "note": (note or "").strip() or None,
    }
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        _check(caller, tx, given)
        id = str(new_id())
        tx.execute(_ADD, given | {"id": id, "by": caller.user, "flows": array_text(given["flows"])})
        made = _one(tx, id)
        _note(tx, caller, "approval.delegation_made", made)
        _tell(tx, caller, made)
    ring(caller.tenant.name)
    return made


def end(caller: Caller, id: str) -> Delegation:
    """It ends now; one that has not begun is gone. Raises NotFound, also for what is not the caller's to end."""
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        found = _one(tx, id)
        if found.user != caller.user:
            if not caller.holds("people"):
                raise NotFound
            require_authority(caller, found.user)
        if found.state == "coming":
            tx.execute("delete from _approval_delegation where id = %(id)s", {"id": found.id})
        elif found.state == "now":
            tx.execute("update _approval_delegation set ends_at = now() where id = %(id)s", {"id": found.id})
        if found.state != "over":
            _note(tx, caller, "approval.delegation_ended", found)
    return found


def delegations(caller: Caller, *, everybody: bool = False) -> list[Delegation]:
    """The caller's own and those to him; `everybody`: all of the company, which takes the system right people. What is
    over comes last. Raises NotAllowed."""
    if everybody and not caller.holds("people"):
        raise NotAllowed
    values = {"id": None, "user": None if everybody else caller.user}
    _, rows = caller.database.read(caller.tenant, _LIST, values)
    return [_made(row) for row in rows]


def may_end(caller: Caller, one: Delegation) -> bool:
    """Whether the caller may end it, as far as is known without asking who holds what."""
    return one.state != "over" and (one.user == caller.user or caller.holds("people"))


def _principal(caller: Caller, user: str | None) -> str:
    """Whose delegation it is to be."""
    asked = caller.user if user is None else uuid_text(user)
    if asked is None:
        raise NotFound
    if asked != caller.user:
        if not caller.holds("people"):
            raise NotAllowed
        require_authority(caller, asked)
    return asked


def _check(caller: Caller, tx: TenantTransaction, given: Mapping[str, Any]) -> None:
    errors = list(_wrong(caller, given))
    active = "select 1 from \"user\" where id = %(id)s::uuid and active and kind = 'person' and deleted_at is null"
    if given["delegate"] is None or not tx.rows(active, {"id": given["delegate"]}):
        errors.append(refusal("delegate", "no_delegate", caller.locale))
    if not tx.rows(f"{active} for key share", {"id": given["user"]}):
        errors.append(refusal("user", "no_delegate", caller.locale))
    count = 'select count(*) from _approval_delegation where "user" = %(user)s and (ends_at is null or ends_at > now())'
    if int(tx.rows(count, given)[0][0]) >= MOST:
        errors.append(refusal(None, "too_many_delegations", caller.locale, most=MOST))
    if errors:
        raise RecordsInvalid(errors)


def _wrong(caller: Caller, given: Mapping[str, Any]) -> list[FieldError]:
    """What can be seen of it alone."""
    now = dt.datetime.now(dt.UTC)
    starts, ends = given["starts_at"] or now, given["ends_at"]
    errors = []
    if given["delegate"] == given["user"]:
        errors.append(refusal("delegate", "own_delegate", caller.locale))
    if ends is not None and ends <= starts:
        errors.append(refusal("ends_at", "ends_first", caller.locale))
    elif ends is not None and ends <= now:
        errors.append(refusal("ends_at", "over_already", caller.locale))
    if given["note"] is not None and len(given["note"]) > _LONGEST:
        errors.append(refusal("note", "too_long", caller.locale, most=_LONGEST))
    unknown = [name for name in given["flows"] if name not in caller.model.approvals]
    if unknown:
        errors.append(refusal("flows", "no_flow", caller.locale, name=str(unknown[0])[:60]))
    return errors


def _one(tx: TenantTransaction, id: str) -> Delegation:
    asked = uuid_text(id)
    rows = tx.rows(_LIST, {"id": asked, "user": None}) if asked is not None else []
    if not rows:
        raise NotFound
    return _made(rows[0])


def _made(row: Sequence[Any]) -> Delegation:
    values = list(row)
    values[5] = tuple(values[5])
    return Delegation(*values)


def _note(tx: TenantTransaction, caller: Caller, action: str, one: Delegation) -> None:
    details: dict[str, Any] = {
        "delegate": one.delegate,
        "approval_flows": list(one.flows),
        "from_at": one.starts_at,
        "until_at": one.ends_at,
        "note": one.note,
    }
    kept = {key: value for key, value in details.items() if value}
    note(tx, action, actor=caller.user, target_kind="user", target=one.user, label=one.user_name, details=kept)


def _tell(tx: TenantTransaction, caller: Caller, one: Delegation) -> None:
    """The delegate hears of it."""
    now = one.state == "now"
    labels = [caller.model.approvals[name].label for name in one.flows]
    of_en, of_zh = ", ".join(label.en for label in labels), "、".join(label.zh for label in labels)
    said = one.note or ""
    notify(
        tx,
        tenant=caller.tenant,
        users=[one.delegate],
        title={
            "en": f"You {'decide' if now else 'will decide'} approvals for {one.user_name}",
            "zh": f"您{'开始' if now else '将'}代{one.user_name}审批",
        },
        body={"en": "\n".join(filter(None, (of_en, said))), "zh": "\n".join(filter(None, (of_zh, said)))},
        actor=caller.user,
        topic="approval",
        key=f"delegation:{one.id}",
        page=PAGE,
    )
