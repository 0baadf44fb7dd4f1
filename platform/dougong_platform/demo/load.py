"""Makes the demo tenant of a pack: its people, then its generated records. Called by `dougong demo`, which
`dougong up` runs once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from dougong_platform.demo.generate import generate
from dougong_platform.demo.recipe import Draw, Row
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create
from dougong_tenants import Database, Tenant
from dougong_tenants.people.departments import create_department
from dougong_tenants.people.users import create_user, find_user, set_permission_sets, update_user

PASSWORD = "dougong-demo"  # noqa: S105 - of every demo person, printed beside the addresses
BATCH = 5_000


def read_plan(folder: Path) -> dict[str, Any]:
    """The `demo.yaml` of a pack's folder: {seed, tenant, departments, people, lists, objects}."""
    plan: dict[str, Any] = yaml.safe_load((folder / "demo.yaml").read_text(encoding="utf-8"))
    return plan


def load_people(database: Database, tenant: Tenant, plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """Departments and users of the plan; user ids by group. The administrator made with the tenant is taken over."""
    departments: dict[str, str] = {}
    for one in plan["departments"]:
        values = {"name": one["name"], "parent": departments.get(one.get("parent", ""))}
        departments[one["key"]] = create_department(database, tenant, values)
    users: dict[str, str] = {}
    groups: dict[str, list[str]] = {}
    for one in plan["people"]:
        values = {name: one[name] for name in ("name", "title", "locale") if name in one}
        values |= {"department": departments[one["department"]], "manager": users.get(one.get("manager", ""))}
        users[one["email"]] = user = _user(database, tenant, one, values)
        for group in one["groups"]:
            groups.setdefault(group, []).append(user)
    return groups


def load_records(
    database: Database, tenant: Tenant, plan: Mapping[str, Any], groups: Mapping[str, Sequence[str]]
) -> dict[str, int]:
    """Draw and write all records as the first person of the plan; rows per object."""
    user = find_user(database, tenant, plan["people"][0]["email"])
    assert user is not None, "load_people comes first"
    caller = acting_as(database, tenant, user, cause="demo")

    def write(object: str, rows: Sequence[Row]) -> list[str]:
        ids: list[str] = []
        for start in range(0, len(rows), BATCH):
            written = create(caller, object, rows[start : start + BATCH])
            ids += [str(outcome.id) for outcome in written.records]
        return ids

    dice = random.Random(plan["seed"])  # noqa: S311 - the same records each time, no secret
    today = datetime.now(ZoneInfo(tenant.timezone)).date()
    draw = Draw(dice, plan["lists"], groups, today)
    return generate(plan, draw, write)


def _user(database: Database, tenant: Tenant, person: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    known = find_user(database, tenant, person["email"])
    if known is not None:
        update_user(database, tenant, known, values)
        set_permission_sets(database, tenant, known, person["sets"])
        return known
    given = {**values, "email": person["email"]}
    return create_user(database, tenant, given, password=PASSWORD, permission_sets=person["sets"]).id
