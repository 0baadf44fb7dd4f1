"""Makes what lives in the demo tenant of a pack: its people, its generated records, their shares and approvals. Called
by `dougong demo`, which `dougong up` runs once."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from dougong_metadata.documents import Document
from dougong_metadata.folders import read_folder
from dougong_metadata.packs import Pack
from dougong_platform.demo.approve import Stage, approve, delegate
from dougong_platform.demo.backdate import backdate
from dougong_platform.demo.generate import Writer, generate
from dougong_platform.demo.organise import organise
from dougong_platform.demo.past import stage_past
from dougong_platform.demo.recipe import Draw, Row
from dougong_platform.demo.share import share
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create
from dougong_tenants import Database, Tenant

BATCH = 5_000


def read_plan(folder: Path) -> dict[str, Any]:
    """The demo of a pack's folder: `demo.yaml` {seed, tenant, lists, objects, approvals} with `demo/organisation.yaml`
    {departments, people, teams, queues, assistants, grants, shares, delegations} as its `organisation`."""
    plan: dict[str, Any] = yaml.safe_load((folder / "demo.yaml").read_text(encoding="utf-8"))
    plan["organisation"] = yaml.safe_load((folder / "demo" / "organisation.yaml").read_text(encoding="utf-8"))
    return plan


def demo_documents(pack: Pack) -> list[Document]:
    """The pack's documents with those of the demo tenant, in folders of their kinds under `demo/`: what one of these
    says of a document that the pack has takes the place of the pack's keys."""
    found = {one.key: one for one in pack.documents}
    for one in read_folder(pack.folder / "demo"):
        there = found.get(one.key)
        found[one.key] = one if there is None else Document(one.kind, one.name, {**there.body, **one.body})
    return list(found.values())


def load_demo(database: Database, tenant: Tenant, plan: Mapping[str, Any]) -> int:
    """People, records, shares, approvals; the number of records. They are written in the name of the first person."""
    organisation = plan["organisation"]
    people = organise(database, tenant, organisation)
    first = people.users[organisation["people"][0]["email"]]
    draw = Draw(random.Random(plan["seed"]), plan["lists"], people.groups, _today(tenant))  # noqa: S311 - no secret
    counts = generate(plan, draw, _writer(database, tenant, first))
    stage = Stage(database, tenant, draw, first)
    stage_past(stage.caller(first), draw)
    share(database, tenant, organisation.get("shares", ()), draw.rows, people, draw.today)
    backdate(stage, approve(stage, plan.get("approvals", ())))
    delegate(database, tenant, organisation.get("delegations", ()), people)
    return sum(counts.values())


def _writer(database: Database, tenant: Tenant, user: str) -> Writer:
    caller = acting_as(database, tenant, user, cause="demo")

    def write(object: str, rows: Sequence[Row]) -> list[str]:
        ids: list[str] = []
        for start in range(0, len(rows), BATCH):
            written = create(caller, object, rows[start : start + BATCH])
            ids += [str(outcome.id) for outcome in written.records]
        return ids

    return write


def _today(tenant: Tenant) -> date:
    return datetime.now(ZoneInfo(tenant.timezone)).date()
