"""What automations do after the commit: once, for all records of a write at a time, as the company."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_platform import records
from dougong_platform.automations import enqueue
from dougong_platform.automations.execute import give_up
from dougong_platform.automations.firing import Firing
from dougong_platform.errors import Conflict
from workshop import Workshop, make_workshop

AUTOMATIONS = """
kind: automation
name: printing
object: book
on: {updated: [stage]}
if: stage = "printed" and prior(stage) = "draft"
do:
  - update: {set: {note: '"printed after " & TEXT(prior(stage))', kept: '"k"'}}
  - update: {relation: shelf, set: {books: shelf.books + 1, note: title}}
  - update: {relation: page, where: position > 1, set: {text: title}}
  - create: {object: task, values: {subject: '"Sell " & title', book: id, urgent: price > 10}}
  - assign: shelf.keeper
---
kind: automation
name: told
object: book
on: created
if: price > 100
do:
  - notify:
      to: [owner, {field: shelf.keeper}, {user: bob@library.test}]
      title: {en: "{{ title }} costs {{ price }}", zh: "{{ title }} 售价 {{ price }}"}
      body: {en: "It is {{ stage }} on {{ shelf }}.", zh: "{{ stage }}"}
---
kind: automation
name: gone
object: book
on: deleted
do:
  - create: {object: task, values: {subject: '"Mourn " & title'}}
---
kind: automation
name: cheaper
object: book
on: {updated: [pages]}
do:
  - update: {set: {price: 100 - pages}}
"""


@pytest.fixture(scope="module")
def workshop(make_database: Callable[..., str]) -> Iterator[Workshop]:
    made = make_workshop(make_database(), AUTOMATIONS)
    yield made
    made.database.close()


def test_actions_run_in_order_for_the_records_that_fit(workshop: Workshop) -> None:
    admin = workshop.admin
    (shelf,) = records.create(admin, "shelf", [{"name": "S", "keeper": workshop.bob}]).records
    books = records.create(
        admin, "book", [{"title": f"T{n}", "stage": "draft", "shelf": shelf.id, "price": n} for n in (5, 20)]
    ).records
    records.create(admin, "page", [{"book": books[0].id, "text": "x", "position": n} for n in (1, 2, 3)])
    workshop.work()
    records.update(admin, "book", [{"id": one.id, "stage": "printed"} for one in books])
    workshop.work()
    found = workshop.rows(
        "select title, note, kept, owner from book where id = any(%s::uuid[]) order by title",
        ["{" + ",".join(str(b.id) for b in books) + "}"],
    )
    assert found == [
        ("T20", "printed after draft", "k", workshop.bob),
        ("T5", "printed after draft", "k", workshop.bob),
    ]
    assert workshop.rows("select note from shelf") == [("T20",)]
    assert workshop.rows("select text from page order by position") == [("x",), ("T5",), ("T5",)]
    tasks = workshop.rows("select subject, urgent, owner from task order by subject")
    assert tasks == [("Sell T20", True, workshop.ann), ("Sell T5", False, workshop.ann)]
    runs = workshop.runs("printing")
    assert [run["state"] for run in runs] == ["done", "done"]
    assert [step["action"] for step in runs[0]["did"]] == ["update", "update", "update", "create", "assign"]
    assert runs[0]["saw"]["changes"] == {"stage": ["draft", "printed"]}
    assert runs[0]["actor"] == workshop.ann


def test_people_are_told_in_both_languages_and_each_once(workshop: Workshop) -> None:
    (shelf,) = records.create(workshop.admin, "shelf", [{"name": "Attic", "keeper": workshop.bob}]).records
    (book,) = records.create(
        workshop.admin, "book", [{"title": "Dear", "price": "120.5", "stage": "printed", "shelf": shelf.id}]
    ).records
    workshop.work()
    told = workshop.rows('select "user", title, body, record from _notification order by "user"')
    assert [one[0] for one in told] == sorted([workshop.ann, workshop.bob])
    title, body = told[0][1], told[0][2]
    assert "".join(p if isinstance(p, str) else p["text"] for p in title["en"]) == "Dear costs CN¥120.50"
    assert "".join(p if isinstance(p, str) else p["text"] for p in title["zh"]) == "Dear 售价 ¥120.50"
    assert "".join(p if isinstance(p, str) else p["text"] for p in body["en"]) == "It is Printed on Attic."
    assert "".join(p if isinstance(p, str) else p["text"] for p in body["zh"]) == "已付印"
    assert {"text": "Attic", "reads": ["book.shelf", "shelf.name"], "at": [["shelf", shelf.id]]} in body["en"]
    assert told[0][3] == book.id


def test_a_deleted_record_still_tells_what_it_was(workshop: Workshop) -> None:
    (book,) = records.create(workshop.admin, "book", [{"title": "Lost"}]).records
    records.delete(workshop.admin, "book", [str(book.id)])
    workshop.work()
    assert workshop.rows("select count(*) from task where subject = 'Mourn Lost'") == [(1,)]


def test_a_record_that_fails_does_not_stop_the_others(workshop: Workshop) -> None:
    made = records.create(workshop.admin, "book", [{"title": f"C{n}", "price": 1} for n in range(20)]).records
    records.update(
        workshop.admin, "book", [{"id": one.id, "pages": 500 if n == 7 else n} for n, one in enumerate(made)]
    )
    workshop.work()
    runs = {run["label"]: run for run in workshop.runs("cheaper")}
    assert {label for label, run in runs.items() if run["state"] == "failed"} == {"C7"}
    assert runs["C7"]["error"]["errors"][0]["message"] == "价格不能为负。"
    assert runs["C7"]["did"] == []
    prices = workshop.rows("select title, price from book where title like 'C%%' order by id")
    assert [p for t, p in prices if t == "C7"] == ["1.00"]
    assert [p for t, p in prices if t == "C8"] == ["92.00"]
    assert workshop.rows("select count(*) from _outbox where topic = 'automation'") == [(0,)]


def test_a_write_of_many_costs_as_many_actions_as_one(workshop: Workshop) -> None:
    made = records.create(workshop.admin, "book", [{"title": f"M{n}"} for n in range(300)]).records
    records.update(workshop.admin, "book", [{"id": one.id, "pages": 1} for one in made])
    assert workshop.rows("select count(*) from _outbox where topic = 'automation'") == [(2,)]
    workshop.work()
    batches = {run["batch"] for run in workshop.runs("cheaper") if (run["label"] or "").startswith("M")}
    assert len(batches) == 2
    history = workshop.rows(
        "select distinct cause, cause_ref, actor from _history where cause = 'automation' and cause_ref = any(%s)",
        ["{" + ",".join(batches) + "}"],
    )
    assert {(cause, ref) for cause, ref, _ in history} == {("automation", batch) for batch in batches}
    assert {actor for _, _, actor in history} == {workshop.ann}


def test_what_was_switched_off_in_the_meantime_is_skipped(workshop: Workshop) -> None:
    (book,) = records.create(workshop.admin, "book", [{"title": "Late"}]).records
    with workshop.database.transaction(workshop.tenant) as tx:
        enqueue(tx, "was_there_once", "book", [str(book.id)], versions=[1], op="update", actor=workshop.ann)
    workshop.work()
    (run,) = workshop.runs("was_there_once")
    assert (run["state"], run["error"]["code"], run["did"]) == ("skipped", "automation_gone", [])


def test_what_goes_wrong_again_and_again_is_a_failed_run(workshop: Workshop) -> None:
    (book,) = records.create(workshop.admin, "book", [{"title": "Contended"}]).records
    firing = Firing("cheaper", "book", (str(book.id),), (1,), "update", workshop.ann)
    with workshop.database.transaction(workshop.tenant) as tx:
        give_up(workshop.database, workshop.tenant, tx, firing, 8, Conflict())
    (run,) = [one for one in workshop.runs("cheaper") if one["record"] == book.id]
    assert (run["state"], run["label"], run["error"]["code"]) == ("failed", "Contended", "conflict")


def test_a_record_deleted_in_the_meantime_is_left_alone(workshop: Workshop) -> None:
    (book,) = records.create(workshop.admin, "book", [{"title": "Gone"}]).records
    records.update(workshop.admin, "book", [{"id": book.id, "pages": 5}])
    records.delete(workshop.admin, "book", [str(book.id)])
    workshop.work()
    (run,) = [one for one in workshop.runs("cheaper") if one["record"] == book.id]
    assert (run["state"], run["did"]) == ("done", [])
    assert workshop.rows("select price from book where id = %s", [book.id]) == [(None,)]
