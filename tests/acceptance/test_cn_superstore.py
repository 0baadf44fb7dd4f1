"""An old Chinese .xls comes in by its own headers, without any mapping, and gives the known answers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong_platform.people.acting import acting_as
from dougong_platform.reports.grouped.plain import aggregate
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user


@pytest.fixture(scope="module")
def shop(tenant_of: Callable[[str], Tenant]) -> Tenant:
    return tenant_of("cn_superstore")


@pytest.fixture
def ask(database: Database, shop: Tenant) -> Callable[..., list[dict[str, Any]]]:
    caller = acting_as(database, shop, get_user(database, shop, "admin@cnsuperstore.test"), cause="test")
    return lambda object, **spec: aggregate(caller, {"from": object, **spec})


def test_the_sheets_come_in_by_their_chinese_headers(
    shop: Tenant, data: Path, dougong: Callable[..., str], ask: Any
) -> None:
    file = str(data / "cn_superstore" / "superstore_cn.xls")
    assert "10000 created" in dougong(
        "records", "import", "--tenant", shop.name, "--object", "order_line", "--key", "row_id", file
    ).replace(",", "")
    assert "296 created" in dougong(
        "records", "import", "--tenant", shop.name, "--object", "order_return", "--sheet", "退货", file
    )
    again = dougong(
        "records", "import", "--tenant", shop.name, "--object", "order_line", "--key", "row_id", file
    ).replace(",", "")
    assert "0 created 0 updated 10000 unchanged 0 failed" in again
    assert ask("order_line", aggregates={"n": "COUNT()"})[0]["n"] == 10_000


def test_the_known_answers(ask: Any) -> None:
    row = ask(
        "order_line",
        aggregates={
            "orders": "COUNT_DISTINCT(order_id)",
            "customers": "COUNT_DISTINCT(customer_id)",
            "sales": "SUM(sales)",
            "profit": "SUM(profit)",
        },
    )[0]
    assert (row["orders"], row["customers"]) == (2773, 790)
    assert Decimal(row["sales"]) == Decimal("16117548.237")
    assert Decimal(row["profit"]) == Decimal("2156559.517")
    east = ask("order_line", where='region = "east"', aggregates={"sales": "SUM(sales)"})[0]
    assert Decimal(east["sales"]) == Decimal("4692464.994")
    top = ask("order_line", group_by=["customer"], aggregates={"sales": "SUM(sales)"}, order_by=["-sales"], limit=1)[0]
    assert (top["customer"], round(Decimal(top["sales"]), 2)) == ("徐婵", Decimal("82895.26"))
