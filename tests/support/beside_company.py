"""People of the library with open books of their own, and dashboards that show each his numbers beside all people's.

`make_company(url)` makes the tenant; whoever asks closes its database.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

import shelving
from dougong_platform import query, records
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_tenants.people import create_user
from reading import PASSWORD
from shelving import Shelving, make_shelving

BOARD = """
---
kind: report
name: open_worth
label: {en: Open worth, zh: 待办总值}
object: book
where: state = "open"
period: {field: due, range: all}
rows: [state]
values:
  worth: {value: SUM(price), label: {en: Worth, zh: 总值}, format: money, show: [share]}
---
kind: dashboard
name: beside
label: {en: Beside, zh: 对照}
beside_as: ann@library.test
filters: {period: all, compare: previous, owner: true, department: true}
widgets:
  worth:
    {type: number, object: book, value: SUM(price), where: 'state = "open"', period: due, beside: owner,
     at: [0, 0, 3, 4]}
  few: {type: number, object: book, value: SUM(price), where: 'code = "few"', beside: owner, at: [3, 0, 3, 4]}
  least:
    {type: number, object: book, value: AVG(price), where: 'state = "open"', good: down, beside: {by: owner},
     at: [6, 0, 3, 4]}
  neither: {type: number, object: book, value: SUM(price), good: none, beside: owner, at: [3, 4, 3, 4]}
  told: {type: number, report: open_worth, beside: owner, at: [9, 0, 3, 4]}
  cost: {type: number, object: book, value: SUM(cost), beside: owner, at: [0, 4, 3, 4]}
---
kind: dashboard
name: seen
label: {en: Those I see, zh: 可见范围}
widgets:
  worth: {type: number, object: book, value: SUM(price), beside: owner, at: [0, 0, 3, 4]}
---
kind: dashboard
name: away
label: {en: Away, zh: 已离开}
beside_as: nobody@library.test
widgets:
  worth: {type: number, object: book, value: SUM(price), beside: owner, at: [0, 0, 3, 4]}
"""
NAMES = ("Dora", "Emil", "Fred", "Gina")


@dataclass
class Company:
    """`worth`: what each person's open books are worth, by his id."""

    made: Shelving
    people: dict[str, str]
    worth: dict[str, Decimal]

    def caller(self, name: str) -> Caller:
        return acting_as(self.made.database, self.made.tenant, self.people[name], cause="test")


def make_company(url: str) -> Company:
    """Bob and four others, each with one to four open books; Ann with those of `shelving`."""
    made = make_shelving(url, shelving.DOCUMENTS + BOARD)
    people = {"Bob": made.bob}
    for name in NAMES:
        values = {"name": name, "email": f"{name.lower()}@library.test"}
        user = create_user(made.database, made.tenant, values, password=PASSWORD, permission_sets=["reader"])
        people[name] = user.id
    found = Company(made, people, {})
    draw = random.Random(6)
    for name, id in people.items():
        prices = [draw.randint(100, 9_999) for _ in range(draw.randint(1, 4))]
        rows = [{"title": f"{name} {n}", "state": "open", "price": str(price)} for n, price in enumerate(prices)]
        records.create(found.caller(name), "book", rows)
        found.worth[id] = Decimal(sum(prices))
    found.worth[made.ann] = _anns(made)
    return found


def _anns(made: Shelving) -> Decimal:
    page = query.list_records(
        made.admin, "book", fields=["price"], filter=f'state = "open" and owner = "{made.ann}"', limit=200
    )
    return sum((Decimal(one["price"]) for one in page.records), Decimal(0))
