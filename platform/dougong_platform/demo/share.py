"""Shares single records of a demo tenant, and puts people on their teams, as a pack's `demo/organisation.yaml` says.
Called by `load` when the records are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from dougong_platform.demo.organise import People
from dougong_platform.demo.recipe import Row
from dougong_platform.people.acting import acting_as
from dougong_platform.shares import share as share_records
from dougong_tenants import Database, Tenant


def share(
    database: Database,
    tenant: Tenant,
    plans: Sequence[Mapping[str, Any]],
    rows: Mapping[str, Sequence[Row]],
    people: People,
    today: date,
) -> None:
    """Make the shares of `plans`, each as the records' owner would. `rows` are the drawn ones by object.

    A plan is {object, owner, most, with: {user | department | team: …}, access, only, role, relations, days, note}.
    """
    for plan in plans:
        owner = people.users[plan["owner"]]
        found = [str(row["id"]) for row in islice(_fitting(plan, rows, owner), plan["most"])]
        given = {name: plan[name] for name in ("access", "role", "relations", "note") if name in plan}
        given["subject"] = people.subject(plan["with"])
        if "days" in plan:
            given["until"] = today + timedelta(days=plan["days"])
        if found:
            share_records(acting_as(database, tenant, owner, cause="demo"), plan["object"], found, given)


def _fitting(plan: Mapping[str, Any], rows: Mapping[str, Sequence[Row]], owner: str) -> Iterator[Row]:
    """The owner's records whose fields are among those of `only`."""
    allowed: Mapping[str, Sequence[Any]] = plan.get("only", {})
    for row in rows.get(plan["object"], ()):
        if row.get("owner") == owner and all(row.get(name) in values for name, values in allowed.items()):
            yield row
