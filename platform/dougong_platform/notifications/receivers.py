"""Who is told, and where: the people behind a list of user ids, with what each wants of a topic. Read by telling.py
within the writer's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from dougong_platform.notifications.times import DIGEST_AT, Times, clock
from dougong_platform.notifications.topics import Topic
from dougong_platform.query.single import uuid_text
from dougong_tenants import Tenant, TenantTransaction

# A queue stands for the members of the team that works it.
_READ = """
with asked as (select distinct unnest(%(users)s::uuid[]) as id),
     people as (select u.id from asked a join "user" u on u.id = a.id where u.kind <> 'queue'
                union
                select m."user" from asked a join "user" q on q.id = a.id and q.kind = 'queue'
                  join team_member m on m.team = q.team and m.deleted_at is null)
select u.id, u.email, u.timezone, p.inbox, p.email, p.robot, t.quiet_from, t.quiet_to, t.digest_at
  from people join "user" u on u.id = people.id
  left join _notification_preference p on p."user" = u.id and p.topic = %(topic)s
  left join _notification_times t on t."user" = u.id
 where u.active and u.deleted_at is null order by u.id
"""


@dataclass(frozen=True, slots=True)
class Receiver:
    """An active person and what he wants of a topic. `email`: now, digest or off."""

    user: str
    address: str | None
    times: Times
    inbox: bool
    email: str
    robot: bool


def receivers(tx: TenantTransaction, tenant: Tenant, users: Sequence[str], topic: Topic) -> list[Receiver]:
    """Each person once, in the order of their ids; those who have left are left out."""
    wanted = [found for found in map(uuid_text, users) if found is not None]
    if not wanted:
        return []
    rows = tx.rows(_READ, {"users": "{" + ",".join(wanted) + "}", "topic": topic.name})
    found = []
    for user, address, timezone, inbox, email, robot, quiet_from, quiet_to, digest_at in rows:
        times = Times(timezone or tenant.timezone, clock(quiet_from), clock(quiet_to), _digest(digest_at))
        said = inbox is not None
        found.append(
            Receiver(
                user,
                address,
                times,
                inbox if said else topic.inbox,
                email if said else topic.email,
                robot if said else topic.robot,
            )
        )
    return found


def _digest(text: str | None) -> dt.time:
    return clock(text) or DIGEST_AT
