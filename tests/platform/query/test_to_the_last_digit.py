"""Money and moments keep their value on the way: written, read, filtered, added up, exported; days are a reader's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_tenants import people
from one_day import on_one_day
from reading import Client, Reading

DAY = dt.timedelta(days=1)
MONEY = st.decimals(Decimal("-9999999999999999.99"), Decimal("9999999999999999.99"), places=2)
FRACTION = st.decimals(-1, 1, places=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(MONEY, MONEY, FRACTION), min_size=1, max_size=8))
def test_numbers_are_the_same_everywhere(client: Client, rows: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    mark = uuid.uuid4().hex
    given_rows = [
        {"title": mark, "pages": n, "price": str(price), "cost": str(cost), "discount": str(discount)}
        for n, (price, cost, discount) in enumerate(rows)
    ]
    made = client.post("/api/v1/records/book", {"records": given_rows})
    assert made[0] == 201, made
    where = f'title = "{mark}"'
    names = ("price", "cost", "discount")
    listed = client.get("/api/v1/records/book", filter=where, sort="pages", fields="price,cost,discount")[1]["records"]
    assert [tuple(Decimal(r[name]) for name in names) for r in listed] == rows
    for record, row in zip(listed, rows, strict=True):
        assert client.get(f"/api/v1/records/book/{record['id']}")[1]["price"] == record["price"]
        found = client.get("/api/v1/records/book", filter=f"{where} and price = {row[0]:f}", fields="price")[1]
        assert record["id"] in [one["id"] for one in found["records"]]
    sums = {"p": "SUM(price)", "c": "SUM(cost)", "d": "SUM(discount)", "least": "MIN(price)", "most": "MAX(price)"}
    answer = client.post("/api/v1/query", {"from": "book", "where": where, "aggregates": sums})[1]["rows"][0]
    assert [Decimal(answer[key]) for key in ("p", "c", "d")] == [sum(column) for column in zip(*rows, strict=True)]
    assert (Decimal(answer["least"]), Decimal(answer["most"])) == (min(r[0] for r in rows), max(r[0] for r in rows))
    text = client.open(
        "/api/v1/records/book/export", query_string={"fields": "price,cost,discount", "filter": where, "sort": "pages"}
    ).get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert [tuple(map(Decimal, line)) for line in lines] == rows
    ordered = client.get("/api/v1/records/book", filter=where, sort="-price", fields="price")[1]["records"]
    assert [Decimal(r["price"]) for r in ordered] == sorted((r[0] for r in rows), reverse=True)


@pytest.fixture
def clock_of(reading: Reading, client_of: Callable[..., Client]) -> Any:
    """`clock_of(zone)`: bob, living there."""

    def make(zone: str) -> Client:
        people.update_user(reading.database, reading.tenant, reading.bob, {"timezone": zone})
        return client_of(reading.bob)

    return make


def test_today_is_the_readers_day(clock_of: Callable[[str], Client]) -> None:
    """Kiritimati and Midway are 25 hours apart: whenever this runs, their days differ."""
    for zone in ("Pacific/Kiritimati", "Pacific/Midway", "Asia/Shanghai"):
        bob = clock_of(zone)

        def bought(today: dt.date, bob: Client = bob) -> dict[str, list[str]]:
            mark = uuid.uuid4().hex
            rows = [{"title": mark, "bought": (today + n * DAY).isoformat()} for n in (-1, 0, 1)]
            assert bob.post("/api/v1/records/book", {"records": rows})[0] == 201
            asked = {sign: f'title = "{mark}" and bought {sign} TODAY()' for sign in "<=>"}
            found = {s: bob.get("/api/v1/records/book", filter=text)[1]["records"] for s, text in asked.items()}
            return {sign: [record["bought"] for record in records] for sign, records in found.items()}

        today, found = on_one_day(zone, bought)
        assert found == {"<": [str(today - DAY)], "=": [str(today)], ">": [str(today + DAY)]}


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        (  # half past midnight in Shanghai is the day before in UTC
            "Asia/Shanghai",
            ("2026-01-31T16:30:00Z", "2026-02-01T15:59:59Z", "2026-02-01T16:00:00Z"),
            {"2026-02-01": 2, "2026-02-02": 1},
        ),
        (  # the day of 23 hours: from 05:00 to 04:00 UTC
            "America/New_York",
            ("2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"),
            {"2026-03-07": 1, "2026-03-08": 2, "2026-03-09": 1},
        ),
        (  # the hour that comes twice
            "Europe/Berlin",
            ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
            {"2026-10-25": 3, "2026-10-26": 1},
        ),
    ],
)
def test_moments_belong_to_the_readers_days(
    clock_of: Callable[[str], Client], zone: str, moments: tuple[str, ...], days: dict[str, int]
) -> None:
    mark = uuid.uuid4().hex
    bob = clock_of(zone)
    rows = [{"title": mark, "read_at": moment, "pages": n} for n, moment in enumerate(moments)]
    assert bob.post("/api/v1/records/book", {"records": rows})[0] == 201
    where = f'title = "{mark}"'
    grouped = bob.post(
        "/api/v1/query",
        {"from": "book", "where": where, "group_by": ["read_at.day"], "aggregates": {"n": "COUNT()"}},
    )[1]["rows"]
    assert {row["read_at.day"]: int(row["n"]) for row in grouped} == days
    listed = bob.get("/api/v1/records/book", filter=where, sort="pages")[1]["records"]
    assert [r["read_at"] for r in listed] == list(moments)  # the API speaks UTC
    text = bob.open(
        "/api/v1/records/book/export", query_string={"fields": "read_at", "filter": where, "sort": "pages"}
    ).get_data(as_text=True)
    local = [dt.datetime.fromisoformat(m).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in moments]
    assert text.removeprefix("\ufeff").split()[2:] == " ".join(f"{m:%Y-%m-%d %H:%M:%S}" for m in local).split()
    for day, count in days.items():
        following = (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
        span = f'{where} and read_at >= "{day}" and read_at < "{following}"'
        assert bob.get("/api/v1/records/book", filter=span, count="true")[1]["count"] == count, (zone, day)
