"""Documents that reports and dashboards are about: purchases at shops, their lines and receipts. For tests."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model, problems_of
from dougong_metadata.model.types import Model
from dougong_metadata.problems import Problem

Body = dict[str, Any]

BESIDE = """
kind: object
name: shop
name_field: title
fields:
  title: {type: text}
  trade: {type: picklist, values: [books, tools]}
  keeper: {type: user}
---
kind: object
name: purchase
name_field: title
fields:
  title: {type: text}
  shop: {type: lookup, to: shop, relation: purchases}
  stage: {type: picklist, values: [open, done, gone]}
  kind: {type: picklist, values: [own, lent]}
  total: {type: currency}
  twice: {type: formula, formula: total * 2, returns: currency}
  bought_on: {type: date}
  due_at: {type: datetime}
  said: {type: rich_text}
---
kind: object
name: line
name_field: title
fields:
  title: {type: text}
  purchase: {type: detail, to: purchase, relation: lines}
  qty: {type: integer}
  price: {type: currency}
---
kind: object
name: receipt
name_field: title
history: false
fields:
  title: {type: text}
  purchase: {type: lookup, to: purchase, relation: receipts}
  amount: {type: currency}
  got_on: {type: date}
  state: {type: picklist, values: [sent, paid]}
---
kind: pipeline
name: purchase_stage
object: purchase
field: stage
stages: {open: {}, done: {outcome: won}, gone: {outcome: lost}}
---
kind: pipeline
name: receipt_state
object: receipt
field: state
stages: {sent: {}, paid: {outcome: won}}
---
kind: list_view
name: purchase_stalled
object: purchase
columns: [title]
---
kind: permission_set
name: boss
objects: {}
"""

REPORTS = """
kind: report
name: by_trade
label: {en: By trade, zh: 各行业采购}
description: What was bought
folder: {en: Buying, zh: 采购}
position: 10
for: [boss]
object: purchase
type: summary
where: 'stage = "done" and total > 0 and COUNT(lines, qty > 5) > 0'
cross:
  - {of: receipts, where: 'got_on > TODAY() - 90', none: true}
period: {field: bought_on, range: this_year}
owner: shop.keeper
rows:
  - shop.trade
  - {by: bought_on, every: month}
  - {by: twice, step: 1000}
  - {by: shop, top: 10, sort: -worth, other: true, label: {en: Best shops, zh: 最佳店铺}}
values:
  n: COUNT()
  worth: {value: SUM(total), label: {en: Worth, zh: 金额}, format: money, show: [share, running], good: up, decimals: 0}
  paid: SUM(receipts.amount)
  rate: {value: 'paid / worth', format: percent}
  deep: {value: 'COUNT(stage = "done") / COUNT()', hidden: true}
  last: MAX(bought_on)
having: worth > 0 and bought_on > "2026-01-01"
sort: [-worth, shop.trade]
limit: 100
compare: previous
totals: false
chart: {type: column, values: [worth, paid], stacked: true, target: 1000000.5, smooth: true}
---
kind: report
name: listed
object: purchase
type: list
fields: [title, {field: shop.title, label: Where}, total]
sort: [-bought_on]
---
kind: report
name: crossed
object: line
type: matrix
owner: purchase.owner
rows: [{by: qty, edges: [0, 10.5, 100]}]
columns: [{by: purchase.due_at, every: weekday}, {by: purchase.due_at, every: hour}]
values: {n: COUNT()}
chart: heat
---
kind: report
name: stages
object: purchase
type: funnel
rows: [owner]
funnel: {field: stage, mode: entered, stages: [open, done]}
values: {worth: SUM(total)}
---
kind: report
name: steps
object: purchase
type: funnel
funnel:
  steps:
    asked: total > 0
    served: {label: {en: Served, zh: 已服务}, where: COUNT(lines) > 0}
---
kind: report
name: back_again
object: shop
type: cohort
cohort: {born: created_at, every: month, event: purchases.bought_on, where: 'stage = "done"', ages: 6}
---
kind: report
name: then
object: purchase
type: trend
trend: {field: stage, every: week, amount: total}
---
kind: report
name: won
object: purchase
type: win_loss
rows: [owner]
sort: [-win_rate]
"""

DASHBOARD = """
kind: dashboard
name: overview
label: {en: Overview, zh: 总览}
description: All of it
for: [boss]
only: true
position: 3
view_as: boss@example.com
filters: {period: this_year, compare: year_ago, owner: true, department: true}
widgets:
  revenue: {type: number, report: by_trade, value: worth, at: [0, 0, 3, 3], label: {en: R, zh: 收}, target: 1000000}
  open:
    type: number
    object: purchase
    value: SUM(lines.price) / COUNT()
    where: 'stage = "open"'
    period: bought_on
    format: number
    at: [3, 0, 3, 3]
  by_month: {type: chart, report: by_trade, chart: pie, at: [0, 3, 8, 7]}
  table: {type: table, report: won, limit: 8, at: [8, 3, 4, 4]}
  best: {type: leaderboard, report: by_trade, value: worth, limit: 5, at: [8, 7, 4, 4]}
  stalled:
    type: list
    list_view: purchase_stalled
    columns: [shop.title]
    limit: 6
    when: bought_on
    done: {field: stage, value: done}
    at: [0, 10, 4, 4]
  mine: {type: list, object: purchase, where: owner = $user, sort: [-total], at: [4, 10, 4, 4]}
  wait: {type: approvals, limit: 5, at: [8, 11, 4, 4]}
  cal: {type: calendar, object: purchase, field: due_at, where: owner = $user, at: [0, 14, 6, 6]}
  lately: {type: changes, at: [6, 15, 6, 4]}
  news: {type: announcement, text: {en: Hear, zh: 请听}, tone: warn, until: 2026-12-31, at: [0, 20, 12, 2]}
  words: {type: text, text: {en: Read, zh: 请读}, at: [0, 22, 12, 2]}
"""


def text_of_all() -> str:
    """Everything, as one file."""
    return f"{BESIDE}---{REPORTS}---{DASHBOARD}"


def compiled() -> Model:
    """The model of everything."""
    return compile_model(read_documents(text_of_all(), "all.yaml"))


def beside() -> list[Document]:
    """What reports are about, without reports."""
    return read_documents(BESIDE)


def body(name: str) -> Body:
    """The body of one of the documents above, to be changed."""
    found = next(one for one in read_documents(f"{REPORTS}---{DASHBOARD}") if one.name == name)
    return {key: value for key, value in copy.deepcopy(found.json()).items() if key not in ("kind", "name")}


def wrong(kind: str, given: Mapping[str, Any], *others: Document) -> list[Problem]:
    """The problems of a document of that body among the others."""
    return list(problems_of([*beside(), *others, Document(kind, "one", given)]))
