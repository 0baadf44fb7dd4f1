"""Documents of a flow with everything that flows have, for the tests of models; `model` compiles them."""

from __future__ import annotations

from dougong_metadata.documents import read_documents
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model

OBJECTS = """
kind: object
name: purchase
name_field: title
record_types: {small: {}, large: {}}
fields:
  title: {type: text}
  total: {type: currency}
  discount: {type: percent}
  cost: {type: currency}
  note: {type: text}
  buyer: {type: user}
---
{kind: permission_set, name: clerk}
---
{kind: permission_set, name: boss}
---
{kind: calendar, name: week}
---
{kind: template, name: done, object: purchase, title: "{{ title }} is done", body: Well}
"""
FLOW = """
kind: approval
name: big
object: purchase
label: {en: Big purchases, zh: 大额采购}
description: Above a thousand.
record_types: [large]
entry: 'total > 1000'
submit:
  by: [{permission_set: clerk}, buyer]
  created: true
  crosses: {total: 50000.50}
  gate: true
settings: {same: once, own: refuse}
recall: any_time
open: [note]
shown: [total, buyer]
title: {en: '{{ title }}: {{ total }}', zh: '{{ title }}'}
deletes: true
on:
  submitted: [{notify: {to: [owner], title: Sent}}]
  approved: [{update: {set: {note: '"well"'}}}]
nodes:
  - name: supervisor
    kind: approve
    label: {en: Supervisor, zh: 主管}
    by:
      - {user: chief@purchases.example}
      - {permission_set: boss}
      - {role: reader}
      - {team: readers}
      - {department: Books}
      - {manager: 2, of: buyer.manager}
      - {managers: {levels: 3, until: boss}}
      - {managers: {levels: total / 10000}, of: owner}
      - {managers: {until: boss}}
      - {department_head: 0}
      - {field: buyer.manager}
      - {choice: {team: readers, least: 2}}
      - {choice: {permission_set: boss, most: 4}}
      - {expression: 'IF(total > 5, owner.manager, buyer)'}
    need: sequence
    edit: [discount]
    hide: [cost]
    comment: on_refusal
    allow: [refuse, transfer]
    limit: {hours: 7.5, calendar: week, remind: 2, then: transfer, to: [{permission_set: boss}]}
    own: ask
    on: {approved: [{update: {set: {note: '"seen"'}}}], rejected: [{notify: {to: [owner], template: done}}]}
  - name: by_size
    kind: branch
    branches:
      - {name: small, label: {en: Small, zh: 小}, if: 'total <= 5000', nodes: []}
      - name: other
        nodes:
          - name: experts
            kind: parallel
            join: count
            count: 1
            branches:
              - {name: law, if: 'discount > 0.1', nodes: [{name: lawyer, kind: approve, by: [{manager: 1}]}]}
              - {name: money, nodes: [{name: payer, kind: approve, by: [{manager: 1}], need: count, count: 1}]}
          - {name: told, kind: cc, to: [owner, {team: readers}]}
  - {name: mark, kind: action, do: [{update: {set: {total: '0'}}}]}
  - {name: stop, kind: end, outcome: rejected, message: {en: Too big, zh: 过大}}
"""


def model(flow: str = FLOW, *others: str) -> Model:
    return compile_model(read_documents("\n---\n".join((OBJECTS, flow, *others)), "books.yaml"))
