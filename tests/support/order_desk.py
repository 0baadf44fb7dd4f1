"""A desk that takes orders, for the tests of the report builder: orders of shops in two regions, with lines, over the
four quarters of 2026, in the stages of a pipeline. Numbers are small enough to be added up by hand.

Fixtures: `desk` (module: the tenant), `builder_of(name)` (somebody signed in without JavaScript).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from reading import Reading, make_reading
from shelving import Person

ORDERS = 24
STAGES = ("asked", "offered", "won", "lost")
DOCUMENTS = """
kind: object
name: shop
label: {en: Shop, zh: 门店}
plural: {en: Shops, zh: 门店}
name_field: name
default_access: read
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
  region:
    type: picklist
    label: {en: Region, zh: 区域}
    values: [{value: east, label: {en: East, zh: 华东}}, {value: south, label: {en: South, zh: 华南}}]
---
kind: object
name: order
label: {en: Order, zh: 订单}
plural: {en: Orders, zh: 订单}
icon: package
name_field: name
default_access: read
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
  shop: {type: lookup, to: shop, label: {en: Shop, zh: 门店}}
  stage:
    type: picklist
    label: {en: Stage, zh: 阶段}
    values:
      - {value: asked, label: {en: Asked, zh: 询问}}
      - {value: offered, label: {en: Offered, zh: 已报}}
      - {value: won, label: {en: Won, zh: 成交}}
      - {value: lost, label: {en: Lost, zh: 未成}}
  signed_on: {type: date, label: {en: Signed on, zh: 签订日期}}
  total: {type: currency, label: {en: Total, zh: 总额}}
  secret: {type: decimal, label: {en: Secret cost, zh: 内部成本}}
---
kind: object
name: order_line
label: {en: Order line, zh: 订单行}
plural: {en: Order lines, zh: 订单行}
name_field: name
fields:
  order: {type: detail, to: order, relation: lines, label: {en: Order, zh: 订单}}
  name: {type: text, label: {en: Name, zh: 名称}}
  amount: {type: currency, label: {en: Amount, zh: 金额}}
  qty: {type: integer, label: {en: Quantity, zh: 数量}}
---
kind: pipeline
name: selling
object: order
field: stage
skip: true
back: true
stages:
  asked: {}
  offered: {}
  won: {outcome: won}
  lost: {outcome: lost}
---
kind: report
name: by_region
label: {en: Orders by region, zh: 各区域订单}
object: order
rows: [shop.region]
values:
  n: {value: COUNT(), label: {en: Number of records, zh: 记录数}}
  total: {value: SUM(total), label: {en: "Total, sum", zh: 总额合计}}
chart: {type: bar, values: [total]}
---
kind: permission_set
name: reader
label: Reader
objects:
  shop: {read: all}
  order: {create: true, read: all, update: all, export: true}
fields: {order.secret: none}
"""


def make_desk(url: str) -> Reading:
    """24 orders: number n of shop n % 2, stage n % 4, quarter n % 4 (so that all won ones are of the third), total
    100 + n, with two lines of n and 1."""
    made = make_reading(url, DOCUMENTS)
    given = [{"name": "Harbour", "region": "east"}, {"name": "Hill", "region": "south"}]
    shops = [str(one.id) for one in records.create(made.admin, "shop", given).records]
    orders = records.create(made.admin, "order", [_order(n, shops) for n in range(ORDERS)]).records
    lines = [
        {"order": str(order.id), "name": f"Line {n}.{k}", "amount": str((n, 1)[k]), "qty": 1 + k}
        for n, order in enumerate(orders)
        for k in range(2)
    ]
    records.create(made.admin, "order_line", lines)
    return made


def _order(n: int, shops: list[str]) -> dict[str, Any]:
    return {
        "name": f"Order {n:02}",
        "shop": shops[n % 2],
        "stage": STAGES[n % 4],
        "signed_on": f"2026-{(2, 5, 8, 11)[n // 2 % 4]:02}-{n + 1:02}",
        "total": str(100 + n),
        "secret": str(n),
    }


@pytest.fixture(scope="module")
def desk(module_database_url: str) -> Iterator[Reading]:
    made = make_desk(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def desk_app(desk: Reading, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application with its screens."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=desk.database.dsn, secret="test", rate_limit=0
    )
    return create_app(settings, desk.database)


@pytest.fixture(scope="module")
def builder_of(desk_app: Any) -> Callable[[str], Person]:
    return lambda name: Person(desk_app.test_client(), name)
