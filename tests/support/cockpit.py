"""The library of `shelving` with reports and dashboards over its books: `DOCUMENTS`, for a module's own `shelving`.

overview    the home of readers, every type of widget, every filter
keepers     only for keepers of people
watched     the numbers of Ann, whoever looks
"""

from __future__ import annotations

import shelving

DASHBOARDS = """
---
kind: report
name: books_by_state
label: {en: Books by state, zh: 各状态图书}
object: book
period: {field: due, range: all}
rows: [state]
values:
  n: {value: COUNT(), label: {en: Books, zh: 册数}}
  worth: {value: SUM(price), label: {en: Worth, zh: 总值}, format: money}
chart: {type: column, values: [worth]}
---
kind: report
name: books_by_owner
label: {en: Books by owner, zh: 各人图书}
object: book
rows: [owner]
values:
  worth: {value: SUM(price), label: {en: Worth, zh: 总值}, format: money}
---
kind: report
name: cost_of_books
label: {en: Cost of books, zh: 图书成本}
object: book
values:
  cost: {value: SUM(cost), label: {en: Cost, zh: 成本}}
---
kind: report
name: dear_books
label: {en: Dear books, zh: 高价图书}
object: book
type: list
where: price > 100
fields: [title, price]
sort: [-price]
---
kind: dashboard
name: overview
label: {en: Overview, zh: 总览}
description: {en: All about the books, zh: 图书的一切}
for: [reader]
position: 1
filters: {period: all, compare: previous, owner: true, department: true}
widgets:
  worth: {type: number, report: books_by_state, value: worth, at: [0, 0, 3, 3], target: 10000}
  open:
    {type: number, object: book, value: COUNT(), where: 'state = "open"', at: [3, 0, 3, 3], label: {en: Open, zh: 待办}}
  cost: {type: number, report: cost_of_books, at: [6, 0, 3, 3]}
  news: {type: announcement, text: {en: "We close early on Friday.", zh: 周五提前闭馆。}, tone: warn, at: [9, 0, 3, 3]}
  states: {type: chart, report: books_by_state, at: [0, 3, 6, 7]}
  owners: {type: leaderboard, report: books_by_owner, value: worth, limit: 5, at: [6, 3, 3, 7]}
  table: {type: table, report: books_by_state, at: [9, 3, 3, 7]}
  mine:
    {type: list, list_view: book_mine, columns: [shelf, state], when: due, at: [0, 10, 6, 8],
     done: {field: state, value: done}}
  dear: {type: table, report: dear_books, limit: 5, at: [6, 10, 6, 8]}
  days: {type: calendar, object: book, field: due, at: [0, 18, 6, 9]}
  wait: {type: approvals, at: [6, 18, 3, 5]}
  words:
    {type: text, text: {en: "Counted every night.\\n\\nAsk [the desk](/o/shelf).", zh: 每晚统计。}, at: [9, 18, 3, 5]}
---
kind: dashboard
name: keepers
label: {en: For keepers, zh: 管理员看板}
for: [keeper]
only: true
position: 2
widgets:
  all: {type: number, object: book, value: COUNT(), at: [0, 0, 3, 3]}
---
kind: dashboard
name: watched
label: {en: As Ann sees it, zh: 安的视角}
position: 3
view_as: ann@library.test
widgets:
  worth: {type: number, report: books_by_state, value: n, at: [0, 0, 3, 3], label: {en: Books, zh: 册数}}
  mine: {type: list, list_view: book_all, columns: [state], at: [0, 3, 6, 6]}
"""
DOCUMENTS = shelving.DOCUMENTS + DASHBOARDS
