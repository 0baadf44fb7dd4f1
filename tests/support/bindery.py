"""A tenant whose books go through stages with gates: for pipelines, stage paths and boards.

Fixtures: `bindery` (module; ann administers, bob is a reader who knows no costs), `bindery_app` (with its screens).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.settings import Settings
from reading import Reading, make_reading

DOCUMENTS = """
kind: object
name: shelf
label: {en: Shelf, zh: 书架}
name_field: name
default_access: read
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
---
kind: object
name: book
label: {en: Book, zh: 图书}
plural: {en: Books, zh: 图书}
icon: book
name_field: title
record_types:
  novel: {label: {en: Novel, zh: 小说}, default: true}
  manual: {label: {en: Manual, zh: 手册}}
fields:
  title: {type: text, label: {en: Title, zh: 书名}, required: true, max_length: 200, searchable: true}
  stage:
    type: picklist
    label: {en: Stage, zh: 阶段}
    default: '"idea"'
    values:
      - {value: idea, label: {en: Idea, zh: 构想}}
      - {value: draft, label: {en: Draft, zh: 初稿}, colour: info}
      - {value: proof, label: {en: Proof, zh: 校样}, colour: warn}
      - {value: sold, label: {en: Sold, zh: 售出}, colour: good}
      - {value: pulped, label: {en: Pulped, zh: 报废}, colour: bad}
  shelf: {type: lookup, to: shelf, label: {en: Shelf, zh: 书架}}
  currency: {type: picklist, label: {en: Currency, zh: 币种}, default: '"CNY"', values: [CNY, EUR]}
  price: {type: currency, label: {en: Price, zh: 价格}, scale: 2, min: 0, currency_field: currency}
  cost: {type: decimal, label: {en: Cost, zh: 成本}, scale: 2}
  due: {type: date, label: {en: Due, zh: 到期日}}
  why: {type: text, label: {en: Why pulped, zh: 报废原因}}
  next_step: {type: text, label: {en: Next step, zh: 下一步}}
  since: {type: datetime, label: {en: Since, zh: 进入阶段时间}, read_only: true}
---
kind: pipeline
name: making
object: book
field: stage
label: {en: Making, zh: 制作}
since: since
stages:
  idea: {probability: 10, stall_days: 5, guidance: {en: Talk to the writer., zh: 与作者沟通。}}
  draft:
    probability: 30
    limit: 2
    required: [shelf, price]
    checklist:
      read_once: {label: {en: Read once, zh: 通读一遍}}
      spelling: {label: {en: Spelling checked, zh: 检查错别字}, required: false}
    guidance: {en: Ask a second reader., zh: 请第二位读者审阅。}
  proof:
    probability: 80
    stall_days: 10
    required: [cost]
    must: price > 10
    message: {en: The price must be above 10., zh: 价格须高于 10。}
  sold: {outcome: won}
  pulped: {outcome: lost, reason: why}
---
kind: pipeline
name: manuals
object: book
field: stage
label: {en: Manuals, zh: 手册制作}
record_types: [manual]
skip: true
stages: {idea: {}, draft: {}, proof: {}, sold: {outcome: won}, pulped: {outcome: lost}}
---
kind: layout
name: book_standard
object: book
path: stage
highlights: [shelf, price]
quick: [title]
sections:
  - name: basic
    label: {en: Key facts, zh: 关键信息}
    fields: [title, shelf, stage, currency, price, cost, due, why, next_step, owner]
---
kind: list_view
name: book_all
object: book
label: {en: All, zh: 全部}
position: 1
columns: [title, shelf, price, due, owner, next_step]
sort: [title]
totals: [price]
---
kind: list_view
name: book_dear
object: book
label: {en: Dear ones, zh: 高价}
position: 2
columns: [title, price]
filter: price >= 50
sort: [-price]
---
kind: permission_set
name: reader
label: Reader
objects:
  book: {create: true, read: all, update: own, delete: own}
  shelf: {create: true, read: all, update: all}
fields: {book.cost: none}
---
kind: permission_set
name: owner
label: Owner
objects: {book: {create: true, read: own, update: own}, shelf: {read: all}}
---
kind: permission_set
name: blind
label: Blind
objects: {book: {read: all, update: all}}
fields: {book.stage: none}
"""


@pytest.fixture(scope="module")
def bindery(module_database_url: str) -> Iterator[Reading]:
    """The tenant, without books."""
    made = make_reading(module_database_url, DOCUMENTS, "bindery")
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def bindery_app(bindery: Reading, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The application over it, without rate limits."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=bindery.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, bindery.database)


def a_book(bindery: Reading, title: str = "Red Chamber", **values: Any) -> str:
    """A book of the administrator's, wherever it stands: nobody asks its gate."""
    given = replace(bindery.admin, cause="import")
    return str(records.create(given, "book", [{"title": title, **values}]).records[0].id)


def a_shelf(bindery: Reading, name: str = "Attic") -> str:
    """A shelf."""
    return str(records.create(bindery.admin, "shelf", [{"name": name}]).records[0].id)


def stands(bindery: Reading, book: str, days: int) -> None:
    """As if the book had come to its stage so many days ago."""
    bindery.run(
        "update _stay set entered_at = entered_at - make_interval(days => %s) where record = %s returning 1",
        [days, book],
    )
