"""Shares single records of a demo tenant, and puts people on their teams, as a pack's `demo/organisation.yaml` says.
Called by `load` when the records are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dougong_platform.demo.organise import People, until
from dougong_platform.demo.recipe import Row
from dougong_tenants import Database, Tenant
from dougong_tenants.identifiers import new_id

_SHARE = """
insert into _share (id, object, record, subject, access, role, relations, expires_at, note, created_by)
values (%(id)s, %(object)s, %(record)s::uuid, %(subject)s::uuid, %(access)s, %(role)s, %(relations)s, %(until)s,
        %(note)s, %(owner)s::uuid) on conflict (record, subject) do nothing
"""


def share(
    database: Database,
    tenant: Tenant,
    plans: Sequence[Mapping[str, Any]],
    rows: Mapping[str, Sequence[Row]],
    people: People,
) -> int:
    """Make the shares of `plans` in the name of the records' owner; their number. `rows` are the drawn ones by object.

    A plan is {object, owner, most, with: {user | department | team: …}, access, only, role, relations, days, note}.
    """
    given = [
        {
            "id": new_id(),
            "object": plan["object"],
            "record": row["id"],
            "subject": people.subject(plan["with"]),
            "access": plan["access"],
            "role": plan.get("role"),
            "relations": plan.get("relations", []),
            "until": until(plan),
            "note": plan.get("note"),
            "owner": row["owner"],
        }
        for plan in plans
        for row in _chosen(plan, rows, people)
    ]
    with database.transaction(tenant) as tx:
        for one in given:
            tx.execute(_SHARE, one)
    return len(given)


def _chosen(plan: Mapping[str, Any], rows: Mapping[str, Sequence[Row]], people: People) -> Iterator[Row]:
    """The first `most` of the owner's records whose fields are among those of `only`."""
    owner = people.users[plan["owner"]]
    fit = (
        row
        for row in rows.get(plan["object"], ())
        if row.get("owner") == owner and all(row.get(name) in allowed for name, allowed in plan.get("only", {}).items())
    )
    for _, row in zip(range(plan["most"]), fit, strict=False):
        yield row
