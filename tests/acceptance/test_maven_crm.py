"""A sales team's real CRM comes in through `dougong records import` and gives the known answers through the API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user
from dougong_tenants.tokens import issue

HERE = Path(__file__).parent / "maven_crm"
OPEN = 'stage in ("Prospecting", "Engaging")'
FILES = (
    ("agent", "agents", "sales_teams"),
    ("product", "products", "products"),
    ("company", "companies", "accounts"),
    ("company", "subsidiaries", "accounts"),
    ("deal", "deals", "sales_pipeline"),
)

Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def crm(tenant_of: Callable[[str], Tenant]) -> Tenant:
    return tenant_of("maven_crm")


@pytest.fixture(scope="module")
def client(
    database: Database, crm: Tenant, module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> FlaskClient:
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=module_database_url)
    token = issue(database, crm, get_user(database, crm, "admin@mavencrm.test"), name="test").token
    client = create_app(settings, database).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


@pytest.fixture(scope="module")
def ask(client: FlaskClient) -> Ask:
    """`ask("deal", where=…, group_by=…, n="COUNT()")`: rows of POST /api/v1/query."""

    def run(
        object: str,
        where: str | None = None,
        group_by: list[str] | None = None,
        order_by: list[str] | None = None,
        limit: int = 1000,
        **aggregates: str,
    ) -> list[dict[str, Any]]:
        spec = {
            "from": object,
            "where": where,
            "group_by": group_by or [],
            "aggregates": aggregates,
            "order_by": order_by or [],
            "limit": limit,
        }
        answer = client.post("/api/v1/query", json={name: value for name, value in spec.items() if value})
        assert answer.status_code == 200, answer.json
        rows: list[dict[str, Any]] = answer.json["rows"]  # type: ignore[index]  # a 200 has a body
        return rows

    return run


def test_every_row_of_every_file_comes_in(crm: Tenant, data: Path, dougong: Callable[..., str], ask: Ask) -> None:
    for object, mapping, file in FILES:
        said = dougong(
            "records",
            "import",
            "--tenant",
            crm.name,
            "--object",
            object,
            "--mapping",
            str(HERE / "mappings" / f"{mapping}.yaml"),
            str(data / "maven_crm" / f"{file}.csv"),
        )
        assert " 0 failed" in said
    counts = {object: ask(object, n="COUNT()")[0]["n"] for object in ("agent", "product", "company", "deal")}
    assert counts == {"agent": 35, "product": 7, "company": 85, "deal": 8800}


def test_stages_and_won_value(ask: Ask) -> None:
    stages = {row["stage"]: row["n"] for row in ask("deal", group_by=["stage"], n="COUNT()")}
    assert stages == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    won = ask("deal", 'stage = "Won"', total="SUM(value)", mean="AVG(value)", median="MEDIAN(value)")[0]
    assert Decimal(won["total"]) == Decimal(10005534)
    assert round(Decimal(won["mean"]), 2) == Decimal("2360.91")
    assert Decimal(won["median"]) == Decimal(1117)


def test_win_rate_and_days_to_win(ask: Ask) -> None:
    rate = ask("deal", 'stage in ("Won", "Lost")', rate='COUNT(stage = "Won") / COUNT() * 100')[0]["rate"]
    assert round(Decimal(rate), 2) == Decimal("63.15")
    days = ask("deal", 'stage = "Won"', mean="AVG(closed_on - engaged_on)", median="MEDIAN(closed_on - engaged_on)")[0]
    assert round(Decimal(days["mean"]), 2) == Decimal("51.78")
    assert Decimal(days["median"]) == 57


def test_open_deals_at_list_price_need_the_mapped_spelling(ask: Ask) -> None:
    row = ask("deal", OPEN, n="COUNT()", value="SUM(product.list_price)")[0]
    assert (row["n"], Decimal(row["value"])) == (2089, Decimal(4966215))
    pro = ask("deal", 'product.name = "GTX Pro"', n="COUNT()", won='SUM(value, stage = "Won")')[0]
    assert (pro["n"], Decimal(pro["won"])) == (1480, Decimal(3510578))
    assert ask("deal", "ISBLANK(company)", n="COUNT()")[0]["n"] == 1425


def test_who_sold_most(ask: Ask) -> None:
    def top(path: str) -> tuple[str, Decimal, int]:
        row = ask("deal", 'stage = "Won"', [path], ["-total"], 1, total="SUM(value)", n="COUNT()")[0]
        return row[path], Decimal(row["total"]), row["n"]

    assert top("agent.name") == ("Darcel Schlecht", Decimal(1153214), 349)
    assert top("agent.manager")[:2] == ("Melvin Marxen", Decimal(2251930))
    assert top("company.sector")[:2] == ("retail", Decimal(1867528))
    assert top("company.name")[:2] == ("Kan-code", Decimal(341455))
    regions = {
        row["agent.region"]: Decimal(row["total"])
        for row in ask("deal", 'stage = "Won"', ["agent.region"], total="SUM(value)")
    }
    assert regions == {"West": 3568647, "Central": 3346293, "East": 3090594}


def test_quarters_of_2017_by_close_date(ask: Ask) -> None:
    rows = ask(
        "deal",
        'stage = "Won" and YEAR(closed_on) = 2017',
        ["closed_on.quarter"],
        ["closed_on.quarter"],
        total="SUM(value)",
    )
    assert [Decimal(row["total"]) for row in rows] == [1134672, 3086111, 2982255, 2802496]


def test_subsidiaries_found_their_parents(ask: Ask) -> None:
    assert ask("company", "not ISBLANK(parent)", n="COUNT()")[0]["n"] == 15
