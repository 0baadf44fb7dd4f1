"""A tenant with shelves and books whose dates automations wait for, and a clock that a test sets. Used by the tests of
wakeups and by the processes that they kill. A rule knows nothing of what was due before it was published, so the
moments that tests name lie far ahead: in 2083, whose days and changes of the clocks are those of 2027."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform import records
from dougong_platform.access import rights_for
from dougong_platform.http.caller import Caller
from dougong_platform.releases.provision import provision
from dougong_platform.releases.publish import publish
from dougong_platform.releases.release import current, load_on
from dougong_platform.wakeups import scan
from dougong_platform.wakeups.handlers import look_after
from dougong_platform.wakeups.moments import iso, parsed
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy import describe, get
from dougong_tenants.wakeups import due_tenants, next_wakeup
from library import add_user

OBJECTS = """
kind: object
name: shelf
name_field: name
fields:
  name: {type: text}
  last_due: {type: rollup, of: book.shelf, max: due}
---
kind: object
name: book
name_field: title
record_types: {novel: {default: true}, manual: {}}
fields:
  title: {type: text}
  shelf: {type: lookup, to: shelf}
  state: {type: picklist, values: [open, done]}
  due: {type: date}
  at: {type: datetime}
"""
_numbers = itertools.count(1)


def rule(name: str, **body: Any) -> Document:
    """An automation on books; `on` is its trigger. What it does is not looked at here."""
    return Document(
        "automation",
        name,
        {"object": "book", "do": [{"update": {"set": {"title": "'told'"}}}], **body},
    )


def make_waiting(database: Database, *automations: Document, timezone: str = "Asia/Shanghai") -> Waiting:
    """A tenant of its own."""
    name = f"waiting_{next(_numbers)}"
    tenant = provision(database, name, documents=[*read_documents(OBJECTS), *automations])
    if tenant.timezone != timezone:
        describe(database, name, timezone=timezone)
    return Waiting(database, name, add_user(database, tenant, "Ann"))


@dataclass
class Waiting:
    """The tenant; everything that has to do with time takes the moment from the test."""

    database: Database
    name: str
    user: str

    @property
    def tenant(self) -> Tenant:
        return get(self.database, self.name)

    @property
    def caller(self) -> Caller:
        tenant = self.tenant
        release = current(self.database, tenant)
        return Caller(
            self.database, tenant, release, self.user, rights_for(release.model, (), True), "en", tenant.timezone
        )

    def publish(self, *automations: Document) -> None:
        """Publish these automations in place of all others."""
        publish(self.database, self.tenant, model=compile_model([*read_documents(OBJECTS), *automations]))

    def run(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)

    def now(self) -> dt.datetime:
        """The database's clock: publications and writes happen by it, scans when a test says."""
        return parsed(self.run("select clock_timestamp()")[0][0])

    def add(self, *rows: Mapping[str, Any], object: str = "book") -> list[str]:
        """Create records; their ids."""
        return [str(one.id) for one in records.create(self.caller, object, rows).records]

    def change(self, id: str, object: str = "book", **values: Any) -> None:
        records.update(self.caller, object, [{"id": id, **values}])

    def delete(self, *ids: str) -> None:
        records.delete(self.caller, "book", list(ids))

    def events(self, now: dt.datetime) -> None:
        """Handle what the writes told, as the relay would at `now`."""
        with self.database.transaction(self.tenant) as tx:
            release = load_on(tx, self.tenant, tx.entry.release)
            for (payload,) in tx.rows("delete from _outbox where topic = 'records' returning payload"):
                look_after(tx, self.tenant, release, payload, now)

    def scan(self, now: dt.datetime) -> int:
        return scan(self.database, self.tenant, now=now)

    def is_due(self, now: dt.datetime) -> bool:
        return bool(due_tenants(self.database, now=iso(now), name=self.name))

    def pass_by(self, now: dt.datetime) -> int:
        """What the worker does at `now`: handles events, and looks if it is time."""
        self.events(now)
        return self.scan(now) if self.is_due(now) else 0

    @property
    def wakeup(self) -> str | None:
        return next_wakeup(self.database, self.tenant)

    def told(self) -> list[tuple[str, str, str]]:
        """(automation, record, due moment) of everything in the outbox, sorted; the records of a row apart."""
        rows = self.run("select payload from _outbox where topic = 'automation' order by id")
        return sorted(
            (payload["automation"], record, payload["due"]) for (payload,) in rows for record in payload["ids"]
        )

    def begin_anew(self) -> None:
        """No records, nothing in the outbox, and nobody has looked yet."""
        for table in ("book", "_fired", "_outbox", "_wakeup_rule"):
            self.run(f"delete from {table}")
        with self.database.control() as tx:
            tx.execute("delete from dougong.wakeup where tenant = %s::uuid", (self.tenant.id,))

    def payloads(self) -> list[dict[str, Any]]:
        return [row[0] for row in self.run("select payload from _outbox where topic = 'automation' order by id")]
