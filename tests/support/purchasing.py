"""A tenant where much happens by itself: purchases with lines, suppliers, parts. For the tests of formulas, roll-ups,
pipelines and automations in the write path; `make_purchasing` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_tenants import Database, Tenant
from library import add_user, as_user, make_library

DOCUMENTS = """
kind: object
name: supplier
default_access: write
name_field: name
fields:
  name: {type: text, required: true, searchable: true}
  rating: {type: integer}
  purchases: {type: rollup, of: purchase.supplier, count: true}
  spent: {type: rollup, of: purchase.supplier, sum: total}
  largest: {type: rollup, of: purchase.supplier, max: total, where: 'stage != "void"'}
  spent_well: {type: formula, returns: boolean, formula: spent > 100 and rating > 3}
---
kind: object
name: purchase
default_access: write
name_field: title
record_types:
  usual: {label: Usual, default: true}
  urgent: {label: Urgent}
fields:
  title: {type: text, required: true, searchable: true}
  supplier: {type: lookup, to: supplier, on_delete: clear}
  stage: {type: picklist, values: [draft, asked, ordered, done, void], default: '"draft"'}
  stage_since: {type: datetime, read_only: true}
  why: {type: text}
  budget: {type: currency}
  note: {type: text, searchable: true}
  level: {type: picklist, values: [low, high]}
  checked_by: {type: user}
  lines: {type: rollup, of: line.purchase, count: true}
  open_lines: {type: rollup, of: line.purchase, count: true, where: not done}
  total: {type: rollup, of: line.purchase, sum: amount}
  pieces: {type: rollup, of: line.purchase, sum: pieces, where: not done}
  cheapest: {type: rollup, of: line.purchase, min: price}
  dearest: {type: rollup, of: line.purchase, max: amount, where: pieces > 1}
  mean: {type: rollup, of: line.purchase, average: price}
  first_due: {type: rollup, of: line.purchase, min: due}
  last_name: {type: rollup, of: line.purchase, last: name, by: due}
  first_name: {type: rollup, of: line.purchase, first: name, by: due, where: done}
  left: {type: formula, returns: currency, formula: budget - total}
  supplier_rank: {type: formula, returns: text, formula: 'supplier.name & " " & TEXT(supplier.rating)'}
---
kind: object
name: line
name_field: name
fields:
  purchase: {type: detail, to: purchase}
  name: {type: text}
  price: {type: currency, scale: 2}
  pieces: {type: integer}
  due: {type: date}
  done: {type: boolean, default: "false"}
  amount: {type: formula, returns: currency, formula: price * pieces}
---
kind: object
name: part
default_access: write
name_field: name
fields:
  name: {type: text}
  weight: {type: decimal}
  whole: {type: lookup, to: part}
  parts: {type: rollup, of: part.whole, count: true}
  heaviest: {type: rollup, of: part.whole, max: weight}
---
kind: automation
name: high_when_dear
object: purchase
position: 1
on: saved
if: budget >= 1000
do: [{set: {level: '"high"'}}]
---
kind: automation
name: high_is_noted
object: purchase
position: 2
on: saved
if: changed(level) and level = "high"
do: [{set: {note: '"watch " & title', checked_by: owner}}]
---
kind: automation
name: void_why
object: purchase
position: 3
on: {updated: [stage]}
if: stage = "void" and ISBLANK(why)
do: [{set: {why: '"was " & prior(stage)'}}]
---
kind: automation
name: tell_of_dear
object: purchase
on: saved
if: changed(budget) and budget > 500
do: [{update: {set: {note: '"told"'}}}]
---
kind: automation
name: tell_of_gone
object: purchase
on: deleted
if: budget > 500
do: [{create: {object: supplier, values: {name: title}}}]
---
kind: validation
name: budget_positive
object: purchase
must: ISBLANK(budget) or budget >= 0
field: budget
message: {en: The budget cannot be negative., zh: 预算不能为负。}
---
kind: validation
name: budget_large
object: purchase
severity: warn
must: ISBLANK(budget) or budget < 100000
field: budget
message: {en: That is a large budget., zh: 预算很大。}
---
kind: validation
name: within_budget
object: purchase
when: budget = 50.5
must: left >= -1000
message: {en: The lines exceed the budget., zh: 明细超出预算。}
---
kind: validation
name: from_the_future
object: purchase
from: 2999-01-01
must: title != "early"
message: {en: Too early., zh: 太早。}
---
kind: pipeline
name: buying
object: purchase
field: stage
since: stage_since
stages:
  draft: {}
  asked: {required: [supplier], checklist: {called: {label: Called}, seen: {label: Seen, required: false}}}
  ordered: {must: 'budget > 0', message: {en: There is no budget., zh: 没有预算。}}
  done: {outcome: won}
  void: {outcome: lost, reason: why}
"""


@dataclass
class Purchasing:
    database: Database
    tenant: Tenant
    ann: str

    @property
    def admin(self) -> Caller:
        return as_user(self.database, self.tenant, self.ann)

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)


def make_purchasing(url: str, name: str = "purchasing", documents: str = DOCUMENTS) -> Purchasing:
    """A database with the one tenant and its user Ann, a caller with all rights."""
    database, tenant = make_library(url, name, documents)
    return Purchasing(database, tenant, add_user(database, tenant, "ann"))
