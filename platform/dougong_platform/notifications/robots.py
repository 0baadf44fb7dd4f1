"""Lets a group's robot speak: sends what the topic `robot` holds. Called by the relay, outside the database, and by the
administrator's test. At most twenty messages a minute, as the makers allow."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from dougong_platform import outgoing
from dougong_platform.errors import NotAllowed
from dougong_platform.jobs import GivenUp, Later, Missed, Work
from dougong_platform.notifications.mail_server import site
from dougong_platform.notifications.robot_formats import TOO_OFTEN, Said, failure_of, request_for
from dougong_platform.notifications.shown import COLUMNS, FROM, Shown, shown
from dougong_platform.notifications.topics import topic_named
from dougong_platform.outgoing.errors import AddressRefused, OutgoingFault
from dougong_platform.people.acting import acting_as
from dougong_tenants import Database, Tenant
from dougong_tenants.secrets import unseal

PURPOSE = "group robot"  # what addresses and secrets are sealed for
A_MINUTE = 20  # messages
_SECONDS = 15.0


class NotTaken(Missed):
    """The group's robot did not take a message; `args[0]` says why."""


@dataclass(frozen=True, slots=True)
class Robot:
    """As it is needed for speaking; `address` and `secret` are open."""

    id: str
    kind: str
    address: str = field(repr=False)
    secret: str | None = field(repr=False)
    reader: str
    locale: str
    active: bool


def send(work: Work) -> None:
    """Raises NotTaken for another attempt, Later where the minute is full, GivenUp where another attempt is useless."""
    found = robot_of(work.database, work.tenant, work.payload["robot"])
    if found is None or not found.active:
        return
    said = _said(work, found)
    if said is None:
        return
    wait = _take_turn(work.database, work.tenant, found.id)
    if wait > 0:
        raise Later(wait)
    try:
        speak(found, said)
    except Exception as problem:
        _noted(work.database, work.tenant, found.id, str(problem))
        raise
    _noted(work.database, work.tenant, found.id, None)


def robot_of(database: Database, tenant: Tenant, id: str) -> Robot | None:
    """None for one that has been removed. Raises GivenUp where its address cannot be opened any more."""
    _, rows = database.read(
        tenant,
        "select id, kind, address, secret, reader, locale, active from _robot where id = %(id)s::uuid",
        {"id": id},
    )
    if not rows:
        return None
    identifier, kind, address, secret, reader, locale, active = rows[0]
    opened = unseal(database, PURPOSE, address)
    if opened is None:
        raise GivenUp("The robot's address was sealed under another installation's secret. Enter it again.")
    return Robot(
        identifier, kind, opened, unseal(database, PURPOSE, secret) if secret else None, reader, locale, active
    )


def speak(robot: Robot, said: Said) -> None:
    """Post one message. Raises GivenUp for an address that may not be asked, NotTaken for every other failure."""
    address, body = request_for(robot.kind, robot.address, robot.secret, said, time.time())
    headers = {"Content-Type": "application/json; charset=utf-8"}
    try:
        answer = outgoing.ask("POST", address, body=body, headers=headers, seconds=_SECONDS)
    except AddressRefused as refused:
        raise GivenUp(refused.message("en")) from None  # `from None`: an address holds a key, and may stand in a trace
    except OutgoingFault as fault:
        raise NotTaken(fault.message("en")) from None
    failure = failure_of(answer.status, answer.text)
    if failure is not None:
        code, words = failure
        hint = " (too many messages a minute)" if code in TOO_OFTEN else ""
        raise NotTaken(f"{code} {words}{hint}".strip())


def _said(work: Work, robot: Robot) -> Said | None:
    """What the robot's reader may know of it: the same for all whom it concerns. None where nothing is left of it."""
    _, rows = work.database.read(
        work.tenant,
        f'select {COLUMNS}, u.name {FROM} join "user" u on u.id = n."user"'
        " where n.id = any(%(ids)s::uuid[]) order by n.id",
        {"ids": "{" + ",".join(work.payload["notifications"]) + "}"},
    )
    if not rows:
        return None
    people = tuple(dict.fromkeys(row[-1] for row in rows))
    try:
        caller = acting_as(work.database, work.tenant, robot.reader, cause="notification")
    except NotAllowed:  # the reader has left: nobody's rights say what the group may know
        said = topic_named(rows[0][2]).withheld.text(robot.locale)
        return Said(said, "", f"{site()}/inbox", people, robot.locale)
    one: Shown = shown(replace(caller, locale=robot.locale), [rows[0][:-1]])[0]
    return Said(one.title, one.body, f"{site()}{one.path or '/inbox'}", people, robot.locale)


def _take_turn(database: Database, tenant: Tenant, id: str) -> float:
    """0 and a place in this minute, or the seconds to wait for one."""
    with database.transaction(tenant) as tx:
        rows = tx.rows(
            "select array(select t from unnest(spoken) t where t > now() - interval '1 minute' order by t),"
            " (select extract(epoch from min(t) + interval '1 minute' - now())::float8 from unnest(spoken) t"
            "   where t > now() - interval '1 minute') from _robot where id = %(id)s for update",
            {"id": id},
        )
        if not rows:
            return 0.0
        recent, wait = rows[0]
        if len(recent) >= A_MINUTE:
            return max(1.0, float(wait))
        tx.execute(
            "update _robot set spoken = array(select t from unnest(spoken) t where t > now() - interval '1 minute')"
            " || now() where id = %(id)s",
            {"id": id},
        )
    return 0.0


def _noted(database: Database, tenant: Tenant, id: str, problem: str | None) -> None:
    with database.transaction(tenant) as tx:
        tx.execute(
            "update _robot set told_at = case when %(problem)s::text is null then now() else told_at end,"
            " problem = %(problem)s, problem_at = case when %(problem)s::text is null then null else now() end"
            " where id = %(id)s",
            {"id": id, "problem": problem[:300] if problem else None},
        )
