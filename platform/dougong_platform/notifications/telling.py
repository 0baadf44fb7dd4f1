"""`notify`: tells people something, in the transaction of what it is about. Called by automations, comments, shares and
whatever else has news for users.

What a receiver may read is decided when he reads it (shown.py), and for mails and robots when they leave: rights
change, and so does who owns a record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from dougong_platform.jobs import put, put_all
from dougong_platform.notifications import letters
from dougong_platform.notifications.mail_server import mail_server
from dougong_platform.notifications.receivers import Receiver, receivers
from dougong_platform.notifications.slots import put_off
from dougong_platform.notifications.texts import Given, stored
from dougong_platform.notifications.topics import topic_named
from dougong_platform.query.single import uuid_text
from dougong_tenants import Tenant, TenantTransaction, json_parameter, new_id

ROBOT = "robot"
_TELL = """
insert into _notification (id, "user", topic, title, body, object, record, page, actor, key, inbox)
select r.id, r."user", %(topic)s, %(title)s::jsonb, %(body)s::jsonb, %(object)s, %(record)s, %(page)s, %(actor)s,
       %(key)s, r.inbox
  from jsonb_to_recordset(%(receivers)s::jsonb) as r (id uuid, "user" uuid, inbox boolean)
on conflict ("user", key) where key is not null do nothing returning id
"""


def notify(
    tx: TenantTransaction,
    *,
    tenant: Tenant,
    users: Sequence[str],
    title: Given,
    body: Given = None,
    object: str | None = None,
    record: str | None = None,
    actor: str | None = None,
    topic: str = "automation",
    key: str | None = None,
    page: str | None = None,
) -> list[str]:
    """Tell users (ids; a queue stands for its team) something; the ids of the notifications made. Ring afterwards.

    `title` and `body` are {"en": …, "zh": …}, each side a string or the pieces of texts.py. `object` and `record` say
    what it is about and where opening it goes, unless `page` (a path of this site) says where: then its receiver
    may read it whatever he may of the record. With `key`, a user is told once, however often this is called.
    """
    about = topic_named(topic)
    values = {
        "topic": about.name,
        "title": stored(title),
        "body": stored(body),
        "object": object,
        "record": uuid_text(record) if record else None,
        "page": page,
        "actor": uuid_text(actor) if actor else None,
        "key": key,
    }
    wanting = {
        str(new_id()): one
        for one in receivers(tx, tenant, users, about)
        if one.inbox or one.email != "off" or one.robot
    }
    if not wanting:
        return []
    given = [{"id": id, "user": one.user, "inbox": one.inbox} for id, one in wanting.items()]
    made = {str(row[0]) for row in tx.rows(_TELL, values | {"receivers": json_parameter(given)})}
    told = {id: one for id, one in wanting.items() if id in made}
    now = dt.datetime.now(dt.UTC)
    _mail(tx, told, now)
    _robots(tx, about.name, told, now)
    return list(told)


def _mail(tx: TenantTransaction, told: Mapping[str, Receiver], now: dt.datetime) -> None:
    """At once, or put off: to the day's digest, or to the end of quiet hours."""
    if mail_server() is None:
        return
    at_once = []
    for id, one in told.items():
        if one.email == "off" or not one.address:
            continue
        if one.email == "digest" or one.times.quiet_until(now) is not None:
            put_off(tx, id, one, now)
        else:
            at_once.append({"notification": id})
    put_all(tx, letters.TOPIC, at_once)


# A robot without a team tells the whole company; one without topics tells of all.
_HEARD = """
select r.id, n.id
  from _robot r
  join _notification n on n.id = any(%(ids)s::uuid[])
 where r.active and (r.topics = '{}' or %(topic)s = any(r.topics))
   and (r.team is null or exists (
         select from team_member m where m.team = r.team and m."user" = n."user" and m.deleted_at is null))
 order by r.id, n.id
"""


def _robots(tx: TenantTransaction, topic: str, told: Mapping[str, Receiver], now: dt.datetime) -> None:
    """A robot tells its group once what several of its people are told; later those who have quiet hours."""
    wanting = [id for id, one in told.items() if one.robot]
    if not wanting:
        return
    groups: dict[tuple[str, float], list[str]] = {}
    for robot, id in tx.rows(_HEARD, {"ids": "{" + ",".join(wanting) + "}", "topic": topic}):
        until = told[id].times.quiet_until(now)
        groups.setdefault((robot, (until - now).total_seconds() if until else 0.0), []).append(id)
    for (robot, delay), ids in groups.items():
        put(tx, ROBOT, {"robot": robot, "notifications": ids}, delay=delay)
