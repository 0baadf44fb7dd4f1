"""The library of `shelving` with reports of every kind over its 130 books. Fixtures: `counted` (module: the tenant),
`counted_app`, `reader_of(name)` (a signed-in browser without JavaScript)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from shelving import DOCUMENTS, Person, Shelving, make_shelving

REPORTS = """
---
kind: report
name: by_shelf
label: {en: Books by shelf, zh: 各书架图书}
description: {en: What stands where and what it is worth., zh: 各书架的册数与价值。}
folder: {en: Stock, zh: 库存}
position: 1
object: book
rows: [shelf, state]
period: {field: due, range: "2026-01-08..2026-01-28"}
values:
  n: {value: COUNT(), label: {en: Books, zh: 册数}}
  worth: {value: SUM(price), label: {en: Worth, zh: 价值}, show: [share, running]}
  dearest: {value: MAX(price), label: {en: Dearest, zh: 最高价}}
chart: {type: column, values: [worth]}
---
kind: report
name: shelf_by_state
label: {en: Shelves by state, zh: 书架与状态}
folder: {en: Stock, zh: 库存}
position: 2
object: book
type: matrix
rows: [shelf]
columns: [state, {by: due, every: week}]
values:
  n: {value: COUNT(), label: {en: Books, zh: 册数}}
  worth: {value: SUM(price), label: {en: Worth, zh: 价值}}
---
kind: report
name: worth_then_and_now
label: {en: Worth against before, zh: 价值对比}
folder: {en: Stock, zh: 库存}
position: 3
object: book
rows: [state]
period: {field: due, range: "2026-01-15..2026-01-21"}
compare: previous
values: {worth: {value: SUM(price), label: {en: Worth, zh: 价值}}}
---
kind: report
name: first_titles
label: {en: First titles, zh: 前几本书}
folder: {en: Stock, zh: 库存}
position: 4
object: book
rows: [title]
values: {n: COUNT()}
limit: 5
---
kind: report
name: late_books
label: {en: Late books, zh: 逾期图书}
object: book
type: list
where: 'state = "late"'
fields: [title, shelf, price, due, owner]
sort: [-price]
---
kind: report
name: what_they_cost
label: {en: Hidden cost, zh: 成本}
object: book
rows: [shelf]
values: {cost: SUM(cost)}
---
kind: report
name: for_keepers
label: {en: For keepers, zh: 管理员专用}
object: book
for: [keeper]
values: {n: COUNT()}
---
kind: permission_set
name: looker
label: Looker
objects:
  book: {read: all}
  shelf: {read: all}
"""


def make_counted(url: str) -> Shelving:
    """Books stand on three shelves; of Bob's there are none, so that he sees empty reports."""
    return make_shelving(url, DOCUMENTS + REPORTS)


@pytest.fixture(scope="module")
def counted(module_database_url: str) -> Iterator[Shelving]:
    made = make_counted(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def counted_app(counted: Shelving, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application with its screens."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=counted.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, counted.database)


@pytest.fixture
def reader_of(counted_app: Engine) -> Callable[[str], Person]:
    """`reader_of(name)`: somebody's browser."""
    return lambda name: Person(counted_app.test_client(), name)
