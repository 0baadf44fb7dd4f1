"""Whether everybody who may sign in here is a user here, in the same state."""

from __future__ import annotations

from collections.abc import Iterator

from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.snapshot import Snapshot
from dougong_tenants.people import members_of


def members(snapshot: Snapshot) -> Iterator[Finding]:
    """The control schema's members against the tenant's users."""
    found = members_of(snapshot.database, snapshot.tenant)
    params = {"ids": [member.user for member in found], "active": [member.active for member in found]}
    given = "unnest(%(ids)s::uuid[], %(active)s::boolean[]) m (id, active)"
    yield from snapshot.count(
        "members",
        "are no users of this tenant",
        "不是本租户的用户",
        f'select m.id as example from {given} where not exists (select from "user" u where u.id = m.id)',
        params,
    )
    yield from snapshot.count(
        "members",
        "may sign in though the user is inactive, or the reverse",
        "登录权限与用户状态不一致",
        f'select m.id as example from {given} join "user" u on u.id = m.id'
        " where m.active is distinct from (u.active and u.deleted_at is null)",
        params,
    )
