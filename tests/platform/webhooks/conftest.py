"""`hooked`: a tenant whose webhooks call a listener on loopback, with an empty outbox and an empty log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import reading as tenants
from dougong_platform import records
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.webhooks import send
from listening import Listener, listening
from reading import Reading

WEBHOOKS = """
---
kind: webhook
name: called
label: Called by hand
url: {url}
---
kind: webhook
name: inactive
url: {url}
active: false
---
kind: webhook
name: far
url: http://10.255.255.1/hook
---
kind: webhook
name: readers
label: {{en: Readers, zh: 读者}}
url: {url}/readers
runs_as: Bob@library.test
events:
  - {{object: book, on: [created, updated, deleted, restored], fields: [title, cost, shelf.name, pages]}}
---
kind: webhook
name: company
url: {url}/company
events:
  - {{object: book, on: [created, updated], if: 'price > 100', fields: [title, cost]}}
  - {{object: shelf, on: [deleted]}}
---
kind: webhook
name: left
url: {url}/left
runs_as: nobody@library.test
events:
  - {{object: vault, on: [created]}}
"""


@dataclass
class Hooked:
    """The tenant and what listens to it."""

    reading: Reading
    listener: Listener

    def send(self, webhook: str = "called", event: str = "book.noticed", **payload: Any) -> str:
        with self.reading.database.transaction(self.reading.tenant) as tx:
            return send(tx, self.reading.tenant, webhook, event, payload)

    def work(self) -> None:
        """What the worker would do by now."""
        relay(self.reading.database, self.reading.tenant)

    def let_pass(self) -> None:
        """As if all pauses were over."""
        self.reading.run("update _outbox set due = now() where not dead returning 1")
        self.reading.run("update _webhook set paused_until = null returning 1")

    def delivery(self, id: str) -> dict[str, Any]:
        names = ("webhook", "event", "state", "attempts", "status", "answer", "problem", "next_at")
        (row,) = self.reading.run(f"select {', '.join(names)} from _webhook_delivery where id = %s::uuid", [id])
        return dict(zip(names, row, strict=True))

    def create(self, object: str, **values: Any) -> str:
        (made,) = records.create(self.reading.admin, object, [values]).records
        assert made.id is not None
        return made.id


@pytest.fixture(scope="module")
def hooked_module(module_database_url: str) -> Iterator[Hooked]:
    load_handlers()
    with listening() as listener:
        documents = tenants.DOCUMENTS + WEBHOOKS.format(url=listener.url)
        made = tenants.make_reading(module_database_url, documents)
        yield Hooked(made, listener)
        made.database.close()


@pytest.fixture
def hooked(hooked_module: Hooked, private_addresses: None) -> Hooked:
    hooked_module.reading.run("delete from _outbox")
    hooked_module.reading.run("delete from _webhook_delivery")
    hooked_module.reading.run("delete from _webhook")
    hooked_module.listener.forget()
    return hooked_module
