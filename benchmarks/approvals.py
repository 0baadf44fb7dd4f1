"""Approvals: deciding beside a plain update, submitting 1,000 records at once, a full inbox, and a try-out over 10,000
records that were submitted before."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

from benchmarks.result import Result
from benchmarks.world import World
from dougong_metadata.documents import read_documents
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.reading.inbox import inbox
from dougong_platform.approvals.try_out import try_out
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.records import create, update
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_tenants.people import create_user
from dougong_tenants.people.users import find_user

DOCUMENTS = """
kind: object
name: purchase
name_field: title
fields:
  title: {type: text}
  total: {type: currency, scale: 2}
  discount: {type: percent}
  kind: {type: picklist, values: [usual, urgent]}
  note: {type: text}
---
kind: permission_set
name: buyer
objects: {purchase: {create: true, read: all, update: all}}
---
kind: approval
name: simple
object: purchase
open: [note]
nodes: [{name: supervisor, kind: approve, by: [{manager: 1}]}]
---
kind: approval
name: by_amount
object: purchase
entry: total > 0
nodes:
  - {name: supervisor, kind: approve, by: [{manager: 1}], limit: {hours: 8}}
  - name: by_size
    kind: branch
    branches:
      - {name: small, if: total <= 2000, nodes: []}
      - {name: middle, if: 'total <= 6000 and discount < 0.3', nodes: [{name: director, kind: approve, by: [{manager: 2}]}]}
      - name: large
        nodes: [{name: line, kind: approve, by: [{managers: {levels: 3}}], need: sequence, same: once}]
  - name: both
    kind: parallel
    branches:
      - {name: first, nodes: [{name: checked, kind: approve, by: [{permission_set: buyer}]}]}
      - {name: second, if: 'kind = "urgent"', nodes: [{name: hurried, kind: approve, by: [{manager: 1}]}]}
"""  # noqa: E501  (one branch a line is easier to read)
_FINISHED = """
with made as (
  insert into _approval (id, flow, version, object, record, title, submitter, submitted_at, state, ended_at, record_version)
  select gen_random_uuid(), 'simple', 1, 'purchase', p.id, p.title, %(clerk)s::uuid, now() - n * interval '1 minute',
         'approved', now() - n * interval '30 seconds', 1
    from (select id, title, row_number() over () as n from purchase limit %(many)s) p returning id, submitted_at, ended_at),
stepped as (
  insert into _approval_step (approval, number, node, kind, state, entered_at, left_at)
  select id, 1, 'supervisor', 'approve', 'approved', submitted_at, ended_at from made)
insert into _approval_task (id, approval, step, "user", state, opened_at, closed_at)
select gen_random_uuid(), id, 1, %(chief)s::uuid, 'approved', submitted_at, ended_at from made
"""  # noqa: E501  (columns beside their values)
# What came after the first step, so that there is something to compare.
_WENT_ON = """
insert into _approval_step (approval, number, node, kind, state, branches, left_at)
select a.id, s.number, s.node, s.kind, 'passed', s.branches::jsonb, now() from _approval a join purchase p on p.id = a.record
 cross join lateral (values
   (2, 'by_size', 'branch', format('{"%%s": "approved"}', case when p.total <= 2000 then 'small'
         when p.total <= 6000 and p.discount < 0.3 then 'middle' else 'large' end)),
   (3, 'both', 'parallel', '{"first": "approved"}')) s(number, node, kind, branches)
"""  # noqa: E501  (columns beside their values)


class _Company:
    """A clerk, three people above him, and as many purchases as asked for."""

    def __init__(self, world: World) -> None:
        self.database = world.database
        self.tenant = provision(
            world.database,
            "approvals",
            documents=read_documents(DOCUMENTS),
            administrator=FirstAdministrator("admin@approvals.test", "benchmark-pass-1", "Admin"),
        )
        self.admin = self._as(str(find_user(world.database, self.tenant, "admin@approvals.test")))
        above: str | None = None
        users = []
        for number in range(4):
            values: dict[str, Any] = {"name": f"Level {number}", "email": f"l{number}@approvals.test", "manager": above}
            above = create_user(world.database, self.tenant, values, permission_sets=["buyer"]).id
            users.append(above)
        self.chief, self.clerk = self._as(users[2]), self._as(users[3])

    def _as(self, user: str) -> Caller:
        return acting_as(self.database, self.tenant, user, cause="benchmark")

    def purchases(self, many: int) -> list[str]:
        """New ones; their ids."""
        rows = [
            {
                "title": f"Paper {n}",
                "total": f"{n * 7 % 9_000 + 1}.50",
                "discount": f"0.{n % 5}",
                "kind": ("usual", "urgent")[n % 2],
            }
            for n in range(many)
        ]
        return [str(one.id) for at in range(0, many, 5_000) for one in
                create(self.admin, "purchase", rows[at : at + 5_000]).records]  # fmt: skip

    def submitted(self, flow: str, ids: list[str]) -> list[str]:
        """Their approvals."""
        return [str(one.approval) for one in submit(self.clerk, flow, "purchase", ids)]

    def run(self, sql: str, values: dict[str, Any]) -> None:
        with self.database.transaction(self.tenant) as tx:
            tx.execute(sql, values)


def measure(world: World) -> list[Result]:
    """All four, in one company."""
    company = _Company(world)
    return [_deciding(company), _submitting(company), *_inbox(company, world), _trying(company, world)]


def _deciding(company: _Company) -> Result:
    """An approval that ends with the decision, and an update of one field; medians of turns."""
    turns = 300
    ids = company.purchases(turns * 2)
    approvals = company.submitted("simple", ids[:turns])
    ours, plain = [], []
    for turn, approval in enumerate(approvals):
        started = time.perf_counter()
        decide(company.chief, approval, "approve", comment="Fine.")
        between = time.perf_counter()
        update(company.admin, "purchase", [{"id": ids[turns + turn], "note": f"Turn {turn}"}])
        ended = time.perf_counter()
        if turn >= turns // 10:
            ours.append((between - started) * 1000)
            plain.append((ended - between) * 1000)
    a, b = statistics.median(ours), statistics.median(plain)
    return Result("decide an approval, beside a plain update", a, b, "ms", "≤ 3 × the time", 1 / 3)


def _submitting(company: _Company) -> Result:
    """1,000 records in one call, the fastest of three."""
    seconds = []
    for _ in range(3):
        ids = company.purchases(1_000)
        started = time.perf_counter()
        made = company.submitted("by_amount", ids)
        seconds.append(time.perf_counter() - started)
        if "None" in made:
            raise RuntimeError("a record was not submitted")
    per_second = 1_000 / min(seconds)
    return Result("submit 1,000 records at once", per_second, None, "records/s", "told", 0.0, higher_is_better=True)


def _inbox(company: _Company, world: World) -> list[Result]:
    """What waits for somebody, and what he decided: 200 and 10,000."""
    many = int(10_000 * world.scale)
    company.purchases(many)
    people = {"clerk": company.clerk.user, "chief": company.chief.user, "many": many}
    company.run("delete from _approval", {})
    company.run(_FINISHED, people)
    company.submitted("simple", company.purchases(200))
    company.run("analyze _approval, _approval_step, _approval_task", {})
    found = []
    for box in ("todo", "done"):
        times = []
        for turn in range(330):
            started = time.perf_counter()
            page = inbox(company.chief, box, limit=50)
            if turn >= 30:
                times.append((time.perf_counter() - started) * 1000)
            if len(page.rows) != 50:
                raise RuntimeError("the page is not full")
        name = f"inbox of somebody with {many:,} finished and 200 open, box {box}, p99"
        found.append(Result(name, sorted(times)[int(len(times) * 0.99)], None, "ms", "≤ 50 ms", 50.0))
    return found


def _trying(company: _Company, world: World) -> Result:
    """All purchases submitted before, each changed since: the facts out of history, the machine for each."""
    many = int(10_000 * world.scale)
    company.run("delete from _approval", {})
    ids = company.purchases(many)
    for at in range(0, many, 1_000):
        company.submitted("by_amount", ids[at : at + 1_000])
    company.run("update _approval set state = 'ended', open = null", {})
    company.run(_WENT_ON, {})
    for at in range(0, many, 5_000):
        update(company.admin, "purchase", [{"id": id, "total": "1.00"} for id in ids[at : at + 5_000]])
    company.run("analyze", {})
    body = company.admin.model.documents["approval", "by_amount"].json()
    body["nodes"][1]["branches"][0]["if"] = "total <= 3000"
    until = dt.datetime.now(dt.UTC)
    started = time.perf_counter()
    tried = try_out(company.admin, "by_amount", document=body, since=until - dt.timedelta(days=1), until=until)
    seconds = time.perf_counter() - started
    if len(tried.lines) != many or not tried.changes["way"]:
        raise RuntimeError("the try-out found something else")
    return Result(f"try a flow out on {many:,} submitted records", seconds, None, "s", "≤ 30 s", 30.0)


BENCHMARKS = {"approvals": measure}
