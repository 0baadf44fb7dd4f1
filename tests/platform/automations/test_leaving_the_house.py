"""Mails and webhooks of automations: over a real SMTP server, to a real listener; and what many records cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dougong_platform import records
from dougong_tenants.people import update_user
from post_office import PostOffice
from workshop import Workshop, make_workshop

AUTOMATIONS = """
kind: template
name: due
channel: email
object: book
subject: {en: "{{ title }} is due", zh: "{{ title }} 到期"}
body: {en: "Price {{ price }}\\nStage {{ stage }}", zh: "价格 {{ price }}"}
---
kind: webhook
name: far
url: https://example.test/hook
---
kind: automation
name: written
object: book
on: {updated: [note]}
if: note = "mail"
do:
  - email: {to: [owner, {email: mail}, {email: desk@side.test}], template: due}
---
kind: automation
name: called
object: book
on: {updated: [note]}
if: note = "call"
do:
  - webhook: {webhook: far, event: book.called, fields: [title, shelf.name, tags]}
---
kind: automation
name: many
object: book
on: {updated: [pages]}
if: pages > 0
do:
  - update: {set: {turns: turns + 1}}
  - update: {relation: shelf, set: {note: title}}
  - update: {relation: tasks, where: not done, set: {urgent: pages > 1}}
  - create: {object: task, values: {subject: title, book: id}}
  - assign: shelf.keeper
"""


@pytest.fixture(scope="module")
def workshop(make_database: Callable[..., str]) -> Iterator[Workshop]:
    made = make_workshop(make_database(), AUTOMATIONS)
    yield made
    made.database.close()


def test_mails_go_to_people_in_their_language_and_to_addresses(workshop: Workshop, post_office: PostOffice) -> None:
    update_user(workshop.database, workshop.tenant, workshop.ann, {"locale": "en"})
    (book,) = records.create(
        workshop.admin, "book", [{"title": "Dear", "price": 3, "stage": "printed", "mail": "out@side.test"}]
    ).records
    records.update(workshop.admin, "book", [{"id": book.id, "note": "mail"}])
    workshop.work()
    by_address = {recipients[0]: mail for recipients, _, mail in post_office.sent}
    assert by_address.keys() == {"ann@library.test", "out@side.test", "desk@side.test"}
    assert by_address["ann@library.test"]["Subject"] == "Dear is due"
    lines = by_address["ann@library.test"].get_body(("plain",)).get_content().splitlines()
    assert lines[:2] == ["Price CN¥3.00", "Stage Printed"]
    assert by_address["out@side.test"]["Subject"] == "Dear 到期"
    (run,) = workshop.runs("written")
    assert set(run["did"][0]["to"]) == by_address.keys()


def test_a_webhook_is_given_the_chosen_fields(workshop: Workshop) -> None:
    (shelf,) = records.create(workshop.admin, "shelf", [{"name": "Attic"}]).records
    (book,) = records.create(workshop.admin, "book", [{"title": "Rung", "shelf": shelf.id, "tags": ["a", "c"]}]).records
    records.update(workshop.admin, "book", [{"id": book.id, "note": "call"}])
    with workshop.database.transaction(workshop.tenant) as tx:
        tx.execute("delete from _outbox where topic <> 'automation'")
    workshop.work()
    ((name, event, payload),) = workshop.rows("select webhook, event, payload from _webhook_delivery")
    assert (name, event) == ("far", "book.called")
    assert payload["record"] == {
        "id": book.id,
        "version": 2,
        "title": "Rung",
        "shelf.name": "Attic",
        "tags": ["a", "c"],
    }


def test_two_hundred_records_cost_as_many_statements_as_one(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dougong_tenants.connection.wire import Wire

    (shelf,) = records.create(workshop.admin, "shelf", [{"name": "S", "keeper": workshop.bob}]).records
    books = records.create(workshop.admin, "book", [{"title": f"M{n}", "shelf": shelf.id} for n in range(401)]).records
    ids = [one.id for one in books]
    records.create(workshop.admin, "task", [{"subject": "Old", "book": id} for id in ids])
    workshop.work()
    sent: list[str] = []
    run = Wire.run

    def counting(self: Wire, *statements: Any) -> Any:
        sent.extend(text for text, _ in statements)
        return run(self, *statements)

    monkeypatch.setattr(Wire, "run", counting)

    def cost(some: list[Any]) -> int:
        records.update(workshop.admin, "book", [{"id": id, "pages": 1} for id in some])
        workshop.rows("delete from _outbox where topic <> 'automation' returning 1")
        sent.clear()
        workshop.work()
        return len(sent)

    cost(ids[:1])  # what is compiled and looked up once
    for_one, for_many = cost(ids[1:2]), cost(ids[2:202])
    assert for_many <= for_one + 4, (for_one, for_many)
    assert {run["state"] for run in workshop.runs("many")} == {"done"}
    assert workshop.rows("select count(*) from task where subject <> 'Old'") == [(202,)]
