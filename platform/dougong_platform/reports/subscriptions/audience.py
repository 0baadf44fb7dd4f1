"""Who gets a subscription now, and what its owner is told about those who do not. Called by the worker and by keeping.

A permission set stands for those who hold it at that moment. Whoever has left, has unsubscribed, or may not see what is
sent gets nothing. Of all but those who have unsubscribed its owner is told: once, and again only if they got it in
between; at most one message for each reason and due time, its page names everybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from dougong_metadata.errors import InvalidDocuments
from dougong_metadata.label import Label
from dougong_platform.errors import CallerOutdated, Conflict, NotAllowed, NotFound
from dougong_platform.http.caller import Caller
from dougong_platform.jobs import Work, put_all
from dougong_platform.notifications import notify
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.release import load_on
from dougong_platform.reports.subscriptions import words
from dougong_platform.reports.subscriptions.orphaned import stop
from dougong_platform.reports.subscriptions.sources import label_in, source_of
from dougong_platform.reports.subscriptions.stored import REPORT, SET, USER, Subscription, read_one
from dougong_tenants import Tenant, TenantTransaction, json_parameter
from dougong_tenants.organisation import Organisation, organisation_in

TOPIC = "report_mail"
MOST = 2_000  # receivers of one due time
MOST_NAMES = 3  # in the title of a message


def receivers(organisation: Organisation, one: Subscription, now: dt.datetime) -> tuple[list[str], dict[str, str]]:
    """(users who get it, {user: why he does not} of those named who have left)."""
    wanted: dict[str, None] = {}
    away: dict[str, str] = {}
    sets = {recipient.id for recipient in one.recipients if recipient.kind == SET}
    for recipient in one.recipients:
        if recipient.kind == USER:
            person = organisation.people.get(recipient.id)
            if person is None or not person.active:
                away[recipient.id] = "left"
            else:
                wanted[recipient.id] = None
    if sets:
        for person in organisation.people.values():
            held = person.active and person.kind == "person" and organisation.permission_sets(person.id, now)
            if held and not sets.isdisjoint(held):
                wanted[person.id] = None
    return [user for user in wanted if user not in one.gone][:MOST], away


def fan_out(work: Work) -> None:
    """Put one letter for each receiver into the outbox, with the end of the due time's own row."""
    tx, tenant, payload = work.transaction, work.tenant, work.payload
    one = read_one(tx, tenant, payload["subscription"], lock=True)
    if one is None or not (one.active or payload.get("by")):
        return
    if not one.owner_is_here:
        stop(work, one)
        return
    users, away = receivers(organisation_in(tx, work.database, tenant), one, dt.datetime.now(dt.UTC))
    hindered = _hindrance(work, one)
    if hindered is not None:
        why, said = hindered
        withhold(tx, tenant, one, {**away, **dict.fromkeys(users, why)}, payload["due"])
        failed(tx, one, said)
        return
    put_all(tx, TOPIC, [{"subscription": one.id, "due": payload["due"], "user": user} for user in users])
    tx.execute(
        "update _report_subscription set last_at = now(), last_error = null where id = %(id)s::uuid", {"id": one.id}
    )
    withhold(tx, tenant, one, away, payload["due"])


def _hindrance(work: Work, one: Subscription) -> tuple[str, Label] | None:
    """Why nobody can get it: what it sends was removed, or is one's own and fits today's metadata no more."""
    tx = work.transaction
    model = load_on(tx, work.tenant, tx.entry.release).model
    if one.key in (model.reports if one.kind == REPORT else model.dashboards):
        return None
    if not tx.rows(_LIVING, {"key": one.key}):
        return "gone", words.WHY["gone"]
    try:
        source_of(one.kind).label(acting_as(work.database, work.tenant, one.owner, cause="subscription"), one.key)
    except CallerOutdated:
        raise
    except (NotAllowed, NotFound):
        return None
    except InvalidDocuments as fault:
        return "broken", Label(fault.problems[0].en, fault.problems[0].zh)
    except Conflict as fault:
        return "broken", Label(fault.message("en"), fault.message("zh"))
    return None


def withhold(tx: TenantTransaction, tenant: Tenant, one: Subscription, why: Mapping[str, str], due: str) -> None:
    """Tell the owner who gets nothing, and why, of those of whom he was not told yet. The row is locked."""
    new = {user: reason for user, reason in why.items() if one.told.get(user) != reason}
    if not new:
        return
    _remember(tx, one.id, {**one.told, **new})
    label = label_in(tx, load_on(tx, tenant, tx.entry.release).model, one.kind, one.key)
    for reason in dict.fromkeys(new.values()):
        concerned = [user for user in new if new[user] == reason]
        names = [name for (name,) in tx.rows(_NAMES, {"users": "{" + ",".join(concerned) + "}"})] or ["?"]
        named, more = names[:MOST_NAMES], len(names) - MOST_NAMES
        en, zh = ", ".join(named), "、".join(named)
        if more > 0:
            en, zh = en + words.MORE_NAMES.en.format(count=more), zh + words.MORE_NAMES.zh.format(count=more)
        notify(
            tx,
            tenant=tenant,
            users=[one.owner],
            title={
                "en": words.NOT_SENT.en.format(label=label.en, names=en),
                "zh": words.NOT_SENT.zh.format(label=label.zh, names=zh),
            },
            body={"en": words.WHY[reason].en, "zh": words.WHY[reason].zh},
            topic="report",
            page=f"{one.path}/subscriptions",
            key=f"report {one.id} {due} {reason}",
        )


def stopped(tx: TenantTransaction, caller: Caller, one: Subscription) -> None:
    """Tell the owner that somebody else has paused or ended it."""
    label = label_in(tx, caller.model, one.kind, one.key)
    name = "".join(name for (name,) in tx.rows(_NAMES, {"users": "{" + caller.user + "}"}))
    notify(
        tx,
        tenant=caller.tenant,
        users=[one.owner],
        title={"en": words.STOPPED.en.format(label=label.en), "zh": words.STOPPED.zh.format(label=label.zh)},
        body={"en": words.STOPPED_BY.en.format(name=name), "zh": words.STOPPED_BY.zh.format(name=name)},
        actor=caller.user,
        topic="report",
        page=f"{one.path}/subscriptions",
    )


def delivered(tx: TenantTransaction, one: Subscription, user: str) -> None:
    """He gets it: should that change, its owner is told again."""
    if user in one.told:
        _remember(tx, one.id, {who: why for who, why in one.told.items() if who != user})


def failed(tx: TenantTransaction, one: Subscription, why: Label) -> None:
    """Note what went wrong, for the page of its owner."""
    tx.execute(
        "update _report_subscription set last_error = %(why)s::jsonb where id = %(id)s::uuid",
        {"id": one.id, "why": json_parameter(_said(why))},
    )


_LIVING = "select 1 from _own_document where id::text = %(key)s and deleted_at is null"
_NAMES = 'select name from "user" where id = any(%(users)s::uuid[]) order by name'


def _remember(tx: TenantTransaction, id: str, told: Mapping[str, str]) -> None:
    tx.execute(
        "update _report_subscription set told = %(told)s::jsonb where id = %(id)s::uuid",
        {"id": id, "told": json_parameter(dict(told))},
    )


def _said(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}
