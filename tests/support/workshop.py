"""A workshop that prints books, with automations, as a tenant: `make_workshop`. Used by the tests of automations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from dougong_platform.http.caller import Caller
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_tenants import Database, Tenant
from library import add_user, as_user, make_library

OBJECTS = """
kind: object
name: shelf
default_access: read
name_field: name
fields:
  name: {type: text, required: true}
  keeper: {type: user}
  books: {type: integer, default: 0}
  note: {type: text}
---
kind: object
name: book
default_access: read
name_field: title
record_types: {novel: {default: true}, manual: {}}
fields:
  title: {type: text, required: true, max_length: 200}
  isbn: {type: text, unique: true, max_length: 40}
  stage: {type: picklist, values: [draft, {value: printed, label: {en: Printed, zh: 已付印}}, sold, lost]}
  price: {type: currency, scale: 2, currency: CNY}
  pages: {type: integer, min: 0}
  due: {type: date}
  tags: {type: multi_picklist, values: [a, b, c]}
  shelf: {type: lookup, to: shelf}
  mail: {type: email}
  note: {type: text}
  kept: {type: text, read_only: true}
  turns: {type: integer, default: 0}
---
kind: object
name: page
name_field: text
fields:
  book: {type: detail, to: book}
  text: {type: text}
  position: {type: integer}
---
kind: object
name: task
name_field: subject
fields:
  subject: {type: text, required: true}
  book: {type: lookup, to: book, relation: tasks}
  urgent: {type: boolean}
  done: {type: boolean, default: "false"}
---
kind: validation
name: price_positive
object: book
when: not ISBLANK(price)
must: price >= 0
message: {en: The price cannot be negative., zh: 价格不能为负。}
"""


@dataclass
class Workshop:
    database: Database
    tenant: Tenant
    ann: str
    bob: str

    @property
    def admin(self) -> Caller:
        return as_user(self.database, self.tenant, self.ann)

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)

    def work(self) -> int:
        """Everything that is due, and what follows from it; what fails is left for later."""
        done = relay(self.database, self.tenant)
        # clocks of virtual machines step back now and then: what was written a moment ago may be due in a moment
        while self.rows("select 1 from _outbox where attempts = 0 and due < now() + interval '1 second' limit 1"):
            time.sleep(0.02)
            done += relay(self.database, self.tenant)
        return done

    def runs(self, automation: str) -> list[dict[str, Any]]:
        """The automation's runs, oldest first."""
        names = ("record", "state", "saw", "did", "error", "actor", "chain", "trigger", "batch", "id", "label")
        found = self.rows(
            f"select {', '.join(names)} from _automation_run where automation = %s order by at, id", [automation]
        )
        return [dict(zip(names, row, strict=True)) for row in found]


def make_workshop(url: str, automations: str, name: str = "workshop", objects: str = OBJECTS) -> Workshop:
    """The tenant with these automations in its first release."""
    load_handlers()
    database, tenant = make_library(url, name, f"{objects}\n---\n{automations}")
    return Workshop(database, tenant, add_user(database, tenant, "ann"), add_user(database, tenant, "bob"))
