"""What a user wants to be told of, where and when. Called by the API and the settings page; telling.py reads the same
rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_platform.errors import FieldError, RecordsInvalid
from dougong_platform.http.caller import Caller
from dougong_platform.notifications.mail_server import mail_server
from dougong_platform.notifications.times import DIGEST_AT, clock
from dougong_platform.notifications.topics import EMAIL, TOPICS, Topic
from dougong_platform.notifications.wording import refusal


@dataclass(frozen=True, slots=True)
class Choice:
    """Where one topic goes. `email`: now, digest or off."""

    topic: Topic
    inbox: bool
    email: str
    robot: bool


@dataclass(frozen=True, slots=True)
class Preferences:
    """`address`: where mails go, None without a mail server or an address; `robots`: groups have robots at all;
    `timezone` is the one that the times are of."""

    choices: tuple[Choice, ...]
    quiet_from: dt.time | None
    quiet_to: dt.time | None
    digest_at: dt.time
    timezone: str
    mail: bool
    address: str | None
    robots: bool

    def json(self) -> dict[str, Any]:
        """As the API answers it."""
        quiet = None
        if self.quiet_from is not None and self.quiet_to is not None:
            quiet = {"from": self.quiet_from.strftime("%H:%M"), "to": self.quiet_to.strftime("%H:%M")}
        return {
            "topics": {c.topic.name: {"inbox": c.inbox, "email": c.email, "robot": c.robot} for c in self.choices},
            "quiet": quiet,
            "digest_at": self.digest_at.strftime("%H:%M"),
            "timezone": self.timezone,
            "mail": self.mail,
            "address": self.address,
            "robots": self.robots,
        }


def preferences(caller: Caller) -> Preferences:
    """The caller's own."""
    entry, rows = caller.database.read(
        caller.tenant,
        """select coalesce((select jsonb_object_agg(p.topic, jsonb_build_array(p.inbox, p.email, p.robot))
                              from _notification_preference p where p."user" = u.id), '{}'),
                  t.quiet_from, t.quiet_to, t.digest_at, u.email, exists (select from _robot where active)
             from "user" u left join _notification_times t on t."user" = u.id where u.id = %(user)s::uuid""",
        {"user": caller.user},
    )
    caller.verify(entry)
    said, quiet_from, quiet_to, digest_at, address, robots = rows[0]
    choices = tuple(
        Choice(topic, *said.get(topic.name, (topic.inbox, topic.email, topic.robot))) for topic in TOPICS.values()
    )
    mail = mail_server() is not None
    return Preferences(
        choices,
        clock(quiet_from),
        clock(quiet_to),
        clock(digest_at) or DIGEST_AT,
        caller.timezone,
        mail,
        address if mail else None,
        bool(robots),
    )


def keep_preferences(caller: Caller, given: Mapping[str, Any]) -> Preferences:
    """Replace what `given` names: {"topics": {name: {inbox, email, robot}}, "quiet": {"from", "to"} or None,
    "digest_at": "08:30"}. Raises RecordsInvalid."""
    errors: list[FieldError] = []
    chosen = _chosen(caller, given.get("topics") or {}, errors)
    quiet = _quiet(caller, given["quiet"], errors) if "quiet" in given else None
    digest = _time(caller, "digest_at", given["digest_at"], errors) if "digest_at" in given else None
    if errors:
        raise RecordsInvalid(errors)
    with caller.database.transaction(caller.tenant) as tx:
        caller.verify(tx.entry)
        for one in chosen:
            tx.execute(
                'insert into _notification_preference ("user", topic, inbox, email, robot)'
                ' values (%(user)s, %(topic)s, %(inbox)s, %(email)s, %(robot)s) on conflict ("user", topic)'
                " do update set inbox = excluded.inbox, email = excluded.email, robot = excluded.robot",
                {"user": caller.user, **one},
            )
        tx.execute(
            'insert into _notification_times ("user") values (%(user)s) on conflict do nothing', {"user": caller.user}
        )
        if "quiet" in given:
            start, end = quiet or (None, None)
            tx.execute(
                'update _notification_times set quiet_from = %(start)s, quiet_to = %(end)s where "user" = %(user)s',
                {"user": caller.user, "start": start, "end": end},
            )
        if digest is not None:
            tx.execute(
                'update _notification_times set digest_at = %(at)s where "user" = %(user)s',
                {"user": caller.user, "at": digest},
            )
    return preferences(caller)


def _chosen(caller: Caller, given: Mapping[str, Any], errors: list[FieldError]) -> list[dict[str, Any]]:
    """Whole rows: what a topic does not name stays as it is."""
    present = {choice.topic.name: choice for choice in preferences(caller).choices} if given else {}
    found = []
    for name, said in given.items():
        choice = present.get(name)
        if choice is None:
            errors.append(refusal(f"topics.{name}", "unknown_topic", caller.locale))
            continue
        email = said.get("email", choice.email)
        if email not in EMAIL:
            errors.append(refusal(f"topics.{name}.email", "unknown_way", caller.locale))
        inbox, robot = bool(said.get("inbox", choice.inbox)), bool(said.get("robot", choice.robot))
        found.append({"topic": name, "inbox": inbox, "email": email, "robot": robot})
    return found


def _quiet(caller: Caller, given: Any, errors: list[FieldError]) -> tuple[dt.time, dt.time] | None:
    if not given:
        return None
    start = _time(caller, "quiet.from", given.get("from"), errors)
    end = _time(caller, "quiet.to", given.get("to"), errors)
    if start is not None and start == end:
        errors.append(refusal("quiet.to", "same_times", caller.locale))
    return (start, end) if start is not None and end is not None else None


def _time(caller: Caller, field: str, given: Any, errors: list[FieldError]) -> dt.time | None:
    try:
        return dt.datetime.strptime(str(given or "")[:5], "%H:%M").time()  # noqa: DTZ007 - a time of day, of no zone
    except ValueError:
        errors.append(refusal(field, "bad_time", caller.locale))
        return None
