"""Whatever is killed while approvals are submitted and decided over HTTP: each answer that was given stands, each
approval comes to its end, and what follows from it is done once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from approving import DOCUMENTS, Approving, make_approving
from killed_servers import PATIENCE, Up, going_up

pytestmark = pytest.mark.slow

SEED = 20_260_501
PURCHASES, CLIENTS = 80, 4
# How often each is killed: who starts a server again waits longer each time.
KILLS = {"web": 1, "worker": 2, "redis": 2, "child of web": 3, "child of worker": 5}
FLOW = """
---
kind: approval
name: counted
object: purchase
nodes:
  - {name: either, kind: approve, by: [{user: eve@approving.test}, {user: fay@approving.test}], need: any}
  - {name: mark, kind: action, do: [{update: {set: {stage: '"asked"'}}}]}
  - name: last
    kind: approve
    by: [{user: bea@approving.test}]
    on: {approved: [{create: {object: supplier, values: {name: '"Node of " & title'}}}]}
on:
  approved: [{create: {object: supplier, values: {name: '"Approved " & title'}}}]
  rejected: [{create: {object: supplier, values: {name: '"Rejected " & title'}}}]
"""


@pytest.fixture
def company(make_database: Callable[..., str]) -> Iterator[Approving]:
    made = make_approving(make_database(), DOCUMENTS + FLOW)
    yield made
    made.database.close()


@pytest.fixture
def up(company: Approving, tmp_path: Path) -> Iterator[Up]:
    with going_up(company.database.dsn, tmp_path) as running:
        yield running


def take_through(up: Up, tokens: dict[str, str], id: str, number: int) -> None:
    """Submitted, decided by two who race for it, then by bea; every third one is rejected by her."""
    answer = up.ask(tokens["dan"], "POST", "/api/v1/approvals", {"flow": "counted", "object": "purchase", "id": id})
    if answer.status == 201:
        approval = answer.value["approval"]
    else:
        assert answer.repeated, answer
        assert answer.value["code"] == "not_submitted"
        ((approval),) = [one["id"] for one in of_record(up, tokens["dan"], id)]
    for who in ("eve", "fay"):
        said = up.ask(tokens[who], "POST", f"/api/v1/approvals/{approval}/decision", {"verdict": "approve"})
        told = said.status == 409 and said.value["code"] == "already_done"
        assert (said.status == 200) if who == "eve" and not said.repeated else (said.status == 200 or told), said
    verdict = "reject" if number % 3 == 0 else "approve"
    said = up.ask(tokens["bea"], "POST", f"/api/v1/approvals/{approval}/decision", {"verdict": verdict})
    assert said.status == 200 or (said.repeated and said.value["code"] == "already_done"), said


def of_record(up: Up, token: str, id: str) -> list[dict[str, str]]:
    found = up.ask(token, "GET", f"/api/v1/records/purchase/{id}/approvals").value["approvals"]
    assert isinstance(found, list)
    return found


def test_nothing_is_lost_and_nothing_happens_twice(company: Approving, up: Up) -> None:
    ids = [company.purchase("dan", title=f"Paper {number}", total="100") for number in range(PURCHASES)]
    tokens = {who: company.token(who) for who in ("dan", "eve", "fay", "bea")}
    kills = [what for what, times in KILLS.items() for _ in range(times)]
    random.Random(SEED).shuffle(kills)

    def kill_all() -> None:
        chance = random.Random(SEED)
        for what in kills:
            time.sleep(chance.uniform(0.2, 1.0))
            up.kill(what, chance)

    assert up.ask(tokens["dan"], "GET", "/api/v1/approvals").status == 200  # it is up
    killer = threading.Thread(target=kill_all)
    killer.start()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for done in [clients.submit(take_through, up, tokens, id, number) for number, id in enumerate(ids)]:
            done.result(2 * PATIENCE)
    killer.join(2 * PATIENCE)
    up.settle(lambda sql: company.rows(sql))
    print(f"\nkilled {len(up.killed)} times: {dict(Counter(up.killed))}")
    assert Counter(up.killed) == Counter(KILLS)
    check(company)


def check(company: Approving) -> None:
    """Approvals, decisions, what followed from them, and who was told: all of it, each once."""
    rejected = len(range(0, PURCHASES, 3))
    approved = PURCHASES - rejected
    ends = dict(company.rows("select state, count(*)::int from _approval group by 1"))
    assert ends == {"approved": approved, "rejected": rejected}
    assert company.rows("select count(distinct record) from _approval") == [(PURCHASES,)]
    assert company.rows("select count(*) from _outbox where dead") == [(0,)]
    wanted = Counter(f"{what} Paper {n}" for n in range(PURCHASES) if n % 3 for what in ("Approved", "Node of"))
    wanted += Counter(f"Rejected Paper {n}" for n in range(0, PURCHASES, 3))
    assert Counter(name for (name,) in company.rows("select name from supplier")) == wanted

    def each(sql: str, *values: str) -> set[tuple[int, int]]:
        """How often something is there for each approval, over all of them."""
        found = company.rows(f"select n, count(*)::int from ({sql}) x group by n", list(values))
        return {(int(n), count) for n, count in found}

    events = (
        "select count(e.id) n from _approval a left join _approval_event e on e.approval = a.id and {} group by a.id"
    )
    assert each(events.format("e.action in ('approved', 'rejected')")) == {(2, PURCHASES)}
    assert each(events.format("e.action like 'ended\\_%%'")) == {(1, PURCHASES)}
    assert each(events.format("e.action = 'acted'")) == {(1, PURCHASES)}
    told = (
        "select count(n.id) n from _approval a left join _notification n on n.record = a.record"
        ' and n."user" = %s group by a.id'
    )
    assert each(told, company.people["dan"]) == {(1, PURCHASES)}  # of the outcome
    for who in ("eve", "fay", "bea"):  # whoever decided before he was told is not told any more
        assert {times for times, _ in each(told, company.people[who])} <= {0, 1}
