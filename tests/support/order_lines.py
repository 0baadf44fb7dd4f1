"""The library of `reading` with order lines that point to its books, and a few records: for the builder's tests of
formulas, roll-ups, validations and automations."""

from __future__ import annotations

from dougong_platform import records
from reading import DOCUMENTS, Reading, make_reading

ORDER_LINE = """
---
kind: object
name: order_line
label: {en: Order line, zh: 订单行}
plural: {en: Order lines, zh: 订单行}
name_field: title
fields:
  title: {type: text, label: {en: Title, zh: 标题}}
  book: {type: lookup, to: book, relation: lines, label: {en: Book, zh: 书}}
  amount: {type: currency, label: {en: Amount, zh: 金额}}
  qty: {type: integer, label: {en: Quantity, zh: 数量}}
  state: {type: picklist, values: [open, paid, void], label: {en: State, zh: 状态}}
"""
TITLES = ("The Sea", "Rivers", "Clocks", "Maps of the North", "水浒传", "红楼梦")


def make_ordering(url: str, more: str = "") -> Reading:
    """Six books priced 10, 17, 24 … and twelve order lines over them; `more`: further documents."""
    made = make_reading(url, DOCUMENTS + ORDER_LINE + more)
    shelf = records.create(made.admin, "shelf", [{"name": "North"}, {"name": "South"}]).records
    books = records.create(
        made.admin,
        "book",
        [
            {
                "title": title,
                "price": str(10 + 7 * number),
                "genre": "novel" if number % 2 else "manual",
                "bought": f"2026-10-{number + 1:02d}",
                "shelf": shelf[number % 2].id,
            }
            for number, title in enumerate(TITLES)
        ],
    ).records
    records.create(
        made.admin,
        "order_line",
        [
            {
                "title": f"Line {number}",
                "book": books[number % len(books)].id,
                "amount": str(5 + number),
                "qty": number,
                "state": ("open", "paid", "void")[number % 3],
            }
            for number in range(12)
        ],
    )
    return made
