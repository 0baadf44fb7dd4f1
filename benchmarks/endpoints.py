"""List, get, create and update over HTTP, beside the hand-written applications."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from urllib.parse import quote, urlencode

import orjson

from benchmarks.client import Side, alternate, request, rounds, throughput
from benchmarks.result import Result
from benchmarks.world import World

FIELDS = "title,stage,amount,close_date,probability,company,company.name,owner,created_at"
STAGES = ("open", "quoted", "won", "lost")


def _question(turn: int) -> tuple[str, int]:
    """Another stage and another bound each turn, so that no answer can be kept."""
    return STAGES[turn % 4], 1000 + turn * 37 % 300_000


def _our_list(world: World, turn: int) -> bytes:
    stage, amount = _question(turn)
    asked = urlencode(
        {"fields": FIELDS, "filter": f'stage = "{stage}" and amount > {amount}', "sort": "-amount", "limit": 50},
        quote_via=quote,
    )
    return request("GET", f"/api/v1/records/deal?{asked}", world.token)


def _their_list(world: World, turn: int) -> bytes:
    stage, amount = _question(turn)
    return request("GET", f"/deals?stage={stage}&amount={amount}&limit=50", world.token)


def _compare(
    world: World,
    ours: Callable[[World, int], bytes],
    theirs: Callable[[World, int], bytes],
    port: int,
    expect: int = 200,
) -> tuple[float, float]:
    def measure() -> tuple[float, float]:
        return alternate(
            Side(world.port, lambda turn: ours(world, turn), expect),
            Side(port, lambda turn: theirs(world, turn), expect),
        )

    a, b = rounds(measure)
    return a * 1000, b * 1000


def list_by_hand(world: World) -> list[Result]:
    """50 of 100,000 rows: join, filter, sort, access."""
    ours, theirs = _compare(world, _our_list, _their_list, world.by_hand_port)
    return [Result("list page, against Flask + psycopg + orjson by hand", ours, theirs, "ms", "≥ 0.8 ×", 0.8)]


def list_by_orm(world: World) -> list[Result]:
    """The same against the usual stack."""
    ours, theirs = _compare(world, _our_list, _their_list, world.by_orm_port)
    return [Result("list page, against SQLAlchemy ORM + marshmallow", ours, theirs, "ms", "≥ 3 ×", 3.0)]


def list_under_load(world: World) -> list[Result]:
    """Requests per second over eight connections."""
    pairs = []
    for _ in range(3):
        ours = throughput(Side(world.port, lambda turn: _our_list(world, turn)))
        theirs = throughput(Side(world.by_hand_port, lambda turn: _their_list(world, turn)))
        pairs.append((ours, theirs))
    ours, theirs = sorted(pairs, key=lambda pair: pair[0] / pair[1])[1]
    return [Result("list page, 8 connections", ours, theirs, "requests/s", "≥ 0.8 ×", 0.8, higher_is_better=True)]


def get(world: World) -> list[Result]:
    """One record by id, all its fields."""

    def ours(world: World, turn: int) -> bytes:
        return request("GET", f"/api/v1/records/deal/{world.deal_ids[turn * 7919 % world.rows]}", world.token)

    def theirs(world: World, turn: int) -> bytes:
        return request("GET", f"/deals/{world.deal_ids[turn * 7919 % world.rows]}", world.token)

    a, b = _compare(world, ours, theirs, world.by_hand_port)
    return [Result("get one", a, b, "ms", "≥ 0.8 ×", 0.8)]


def create(world: World) -> list[Result]:
    """One new record with a lookup, history and search."""

    def body(turn: int) -> bytes:
        return orjson.dumps(
            {
                "title": f"New {turn}",
                "company": world.company_ids[turn % len(world.company_ids)],
                "stage": "open",
                "amount": "1234.50",
                "close_date": "2027-01-31",
                "note": "首次沟通 first call",
                "source_key": uuid.uuid4().hex,
            }
        )

    a, b = _compare(
        world,
        lambda w, t: request("POST", "/api/v1/records/deal", w.token, body(t)),
        lambda w, t: request("POST", "/deals", w.token, body(t)),
        world.by_hand_port,
        201,
    )
    return [Result("create one", a, b, "ms", "≥ 0.5 ×", 0.5)]


def update(world: World) -> list[Result]:
    """Two fields of one record."""

    def body(turn: int) -> bytes:
        return orjson.dumps({"amount": f"{1000 + turn}.25", "stage": STAGES[turn % 4]})

    def path(turn: int) -> str:
        return world.deal_ids[turn * 104_729 % world.rows]

    a, b = _compare(
        world,
        lambda w, t: request("PATCH", f"/api/v1/records/deal/{path(t)}", w.token, body(t)),
        lambda w, t: request("PATCH", f"/deals/{path(t)}", w.token, body(t)),
        world.by_hand_port,
    )
    return [Result("update one", a, b, "ms", "≥ 0.5 ×", 0.5)]


BENCHMARKS = {
    "list by hand": list_by_hand,
    "list by orm": list_by_orm,
    "list under load": list_under_load,
    "get": get,
    "create": create,
    "update": update,
}
