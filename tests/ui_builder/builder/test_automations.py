"""Automations in the builder without JavaScript: opened and saved unchanged, steps added, moved and removed, every
trigger, the try-out, the log of runs, doing a failed one again, and who may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from dougong_metadata.documents import Document, read_documents
from dougong_platform import records
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.releases import draft as drafts
from order_lines import make_ordering
from reading import Reading

AUTOMATIONS = """
---
kind: automation
name: dear
label: {en: Dear books, zh: 贵书}
object: book
on: {updated: [price]}
if: price > 20 and changed(price)
do:
- update: {set: {summary: '"Dear"'}}
- notify:
    to: [{field: owner}, {permission_set: reader}, {user: bob@library.test}, {department_head: owner}]
    title: {en: "{{ title }} is dear", zh: "{{ title }} 很贵"}
- create: {object: order_line, values: {title: '"Check " & title', book: id, amount: price}}
- update: {relation: lines, where: 'state != "void"', set: {qty: '1'}}
- assign: owner.manager
---
kind: automation
name: before
object: book
on: saved
position: 5
do: [{set: {score: 'IF(price > 20, 5, 1)'}}]
---
kind: automation
name: due
object: book
on: {date: bought, days: -30, time: "08:30"}
do: [{update: {set: {in_print: 'true'}}}]
---
kind: automation
name: nightly
on: {cron: "0 9 * * 1"}
do: [{create: {object: shelf, values: {name: '"Week"'}}}]
---
kind: automation
name: called
object: book
on: {incoming: true, map: {title: book.title}, signed: true}
do: [{email: {to: [{email: shop@library.test}], subject: New, body: {en: "{{ title }}", zh: "{{ title }}"}}}]
---
kind: automation
name: failing
object: book
on: updated
if: genre = "manual"
do: [{update: {set: {title: 'NULL'}}}]
---
kind: automation
name: asleep
object: book
active: false
on: deleted
do: [{create: {object: shelf, values: {name: title}}}]
---
kind: approval
name: printing
label: {en: Printing of books, zh: 印刷审批}
object: book
nodes: [{name: editor, kind: approve, by: [{manager: 1}]}]
---
kind: automation
name: refused
object: book
on: {approval: printing, outcome: rejected}
do: [{submit: printing}, {submit: {approval: printing, note: {en: Again, zh: 再次}}}]
---
kind: automation
name: agreed
object: book
on: {approval: printing}
do: [{update: {set: {in_print: 'true'}}}]
"""
NAMES = [d.name for d in read_documents(AUTOMATIONS) if d.kind == "automation"]


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    load_handlers()
    made = make_ordering(module_database_url, AUTOMATIONS)
    yield made
    made.database.close()


@pytest.fixture(autouse=True)
def fresh_draft(reading: Reading) -> None:
    drafts.discard(reading.database, reading.tenant)


def body_of(reading: Reading, name: str) -> dict[str, Any]:
    found: Document = drafts.get(reading.database, reading.tenant, "automation", name)[0]
    return found.json()


def pressed(form: MultiDict[str, str], what: str) -> MultiDict[str, str]:
    form.setlist("@do", [what])
    return form


@pytest.mark.parametrize("name", NAMES)
def test_opening_and_saving_changes_nothing(name: str, administrator: Any, reading: Reading) -> None:
    before = body_of(reading, name)
    answer = administrator.post(f"/builder/automations/{name}", administrator.form(f"/builder/automations/{name}"))
    assert answer.status_code == 303, answer.text[-4000:]
    assert body_of(reading, name) == before


@pytest.mark.parametrize("part", ["", "/try", "/try?since=2026-01-01", "/runs", "/yaml", "/uses"])
@pytest.mark.parametrize("name", ["dear", "called", "nightly"])
def test_every_page_shows_itself_to_the_administrator_and_refuses_others(
    name: str, part: str, administrator: Any, reader: Any
) -> None:
    path = f"/builder/automations/{name}{part}"
    assert administrator.get(path).status_code == 200
    assert reader.get(path).status_code == 403


def test_the_list_says_each_as_a_sentence(administrator: Any) -> None:
    page = administrator.get("/builder/automations").text
    assert "When any Book is updated and Price changed" in page
    assert "30 days before Bought, at 08:30" in page
    assert "every Monday at 09:00" in page
    assert "When “Printing of books” is rejected" in page
    assert "Not in use" in page
    assert "When any Book is updated and Price changed" in administrator.get("/builder/objects/book/automations").text
    assert "every Monday" not in administrator.get("/builder/automations?q=dear").text


def test_a_step_is_added_filled_in_moved_and_removed(administrator: Any, reading: Reading) -> None:
    path = "/builder/automations/before"
    form = pressed(administrator.form(path), "add-step b/do set")
    page = administrator.post(path, form)
    assert page.status_code == 200
    form = pressed(administrator.inputs(page.text), "add b/do/1/set")
    form = administrator.inputs(administrator.post(path, form).text)
    form.setlist("b/do/1/set/0/@", ["pages"])
    form.setlist("b/do/1/set/0/v", ["100 + 1"])
    form = administrator.inputs(administrator.post(path, pressed(form, "up b/do/1")).text)
    assert administrator.post(path, form).status_code == 303
    assert body_of(reading, "before")["do"] == [
        {"set": {"pages": "100 + 1"}},
        {"set": {"score": "IF(price > 20, 5, 1)"}},
    ]
    form = administrator.inputs(administrator.post(path, pressed(administrator.form(path), "remove b/do/0")).text)
    administrator.post(path, form)
    assert body_of(reading, "before")["do"] == [{"set": {"score": "IF(price > 20, 5, 1)"}}]


def test_a_recipient_is_one_kind_and_its_value(administrator: Any, reading: Reading) -> None:
    path = "/builder/automations/dear"
    form = administrator.form(path)
    form.setlist("b/do/1/notify/to/2/@kind", ["team"])
    form.setlist("b/do/1/notify/to/2/@team", ["Night watch"])
    administrator.post(path, pressed(form, "keep"))
    assert body_of(reading, "dear")["do"][1]["notify"]["to"] == [
        {"field": "owner"},
        {"permission_set": "reader"},
        {"team": "Night watch"},
        {"department_head": "owner"},
    ]


@pytest.mark.parametrize(
    ("inputs", "on"),
    [
        ({"@on": "created"}, "created"),
        ({"@on": "saved", "@on_saved": "price"}, {"saved": ["price"]}),
        ({"@on": "updated"}, "updated"),
        ({"@on": "date", "@on_date": "bought", "@on_days": "3", "@on_side": "after"}, {"date": "bought", "days": 3}),
        (
            {"@on": "date", "@on_date": "bought", "@on_days": "0", "@on_time": "07:15"},
            {"date": "bought", "time": "07:15"},
        ),
        ({"@on": "cron", "@on_cron": " 0  9 1 * * "}, {"cron": "0 9 1 * *"}),
        ({"@on": "approval", "@on_approval": "printing", "@on_outcome": "approved"}, {"approval": "printing"}),
        (
            {"@on": "approval", "@on_approval": "printing", "@on_outcome": "recalled"},
            {"approval": "printing", "outcome": "recalled"},
        ),
        ({"@on": "incoming", "b/on/map/0/@": "title", "b/on/map/0/v": "t"}, {"incoming": True, "map": {"title": "t"}}),
    ],
)
def test_a_new_automation_with_every_trigger(
    administrator: Any, reading: Reading, inputs: dict[str, str], on: Any
) -> None:
    given = {
        "@name": "made",
        "b/object": "book",
        "b/active": "true",
        "b/do/0/update/set/0/@": "summary",
        "b/do/0/update/set/0/v": '"Seen"',
        **inputs,
    }
    answer = administrator.post("/builder/automations/new", given)
    assert answer.status_code == 303, answer.text[-3000:]
    assert body_of(reading, "made")["on"] == on
    assert body_of(reading, "made")["do"] == [{"update": {"set": {"summary": '"Seen"'}}}]


def test_what_is_wrong_stands_where_it_is(administrator: Any, reading: Reading) -> None:
    path = "/builder/automations/dear"
    form = administrator.form(path)
    form.setlist("b/do/0/update/set/0/v", ["titel"])
    form.setlist("b/if", ["prize > 2"])
    answer = administrator.post(path, form)
    assert answer.status_code == 422
    assert 'id="b-do-0"' in answer.text
    assert "dg-auto-step dg-broken" in answer.text
    assert "titel" in answer.text
    assert "prize" in answer.text
    assert body_of(reading, "dear")["if"] == "price > 20 and changed(price)"
    administrator.post(path, pressed(form, "keep"))
    assert "cannot be published" in administrator.get(path).text


def test_the_next_five_times_of_a_cron_line_are_told(administrator: Any) -> None:
    page = administrator.post("/builder/automations/said", {"@on": "cron", "@on_cron": "30 8 * * 1-5"}).text
    assert "every Monday to Friday at 08:30" in page
    assert page.count("<time ") == 5
    page = administrator.post("/builder/automations/said", {"@on": "cron", "@on_cron": "0 0 31 2 *"}).text
    assert "This never comes" in page


def test_the_past_is_tried_and_a_run_is_told_and_done_again(administrator: Any, reading: Reading) -> None:
    book = str(
        records.create(reading.admin, "book", [{"title": "Atlas", "price": "10", "genre": "novel"}]).records[0].id
    )
    records.update(reading.admin, "book", [{"id": book, "price": "90"}])
    tried = administrator.get("/builder/automations/dear/try?since=2026-01-01").text
    assert "It would have fired 1 time" in tried
    assert "Summary: — → Dear" in tried
    assert "Atlas is dear" in tried
    for _ in range(3):
        relay(reading.database, reading.tenant)
    log = administrator.get("/builder/automations/dear/runs").text
    assert "Atlas" in log
    assert "Done" in log
    run = str(reading.run("select id from _automation_run where automation = 'dear'")[0][0])
    page = administrator.get(f"/builder/automations/dear/runs/{run}").text
    assert "What the save changed" in page
    assert "Check Atlas" in page
    timeline = administrator.get(f"/o/book/{book}").text
    assert f"/builder/automations/dear/runs/{run}" in timeline
    records.update(reading.admin, "book", [{"id": book, "genre": "manual"}])
    for _ in range(3):
        relay(reading.database, reading.tenant)
    failed = administrator.get("/builder/automations/failing/runs?state=failed").text
    assert "Failed" in failed
    assert "No run fits" in administrator.get("/builder/automations/failing/runs?until=2020-01-01").text
    assert "Atlas" in administrator.get("/builder/automations/runs").text
    bad = str(reading.run("select id from _automation_run where automation = 'failing' order by id desc")[0][0])
    told = administrator.get(f"/builder/automations/failing/runs/{bad}").text
    assert "Title is required" in told
    assert "Run again" in told
    assert administrator.post(f"/builder/automations/failing/runs/{bad}/again").status_code == 303
    relay(reading.database, reading.tenant)
    assert "It was done again" in administrator.get(f"/builder/automations/failing/runs/{bad}").text


def test_the_outcome_of_an_approval_is_chosen_and_said_in_both_languages(administrator: Any) -> None:
    page = administrator.get("/builder/automations/refused").text
    assert '<option value="printing" selected>Printing of books</option>' in page
    assert '<option value="rejected" selected>Rejected</option>' in page
    assert "try out the flow itself" in administrator.get("/builder/automations/refused/try?since=2026-01-01").text
    given = {"b/object": "book", "@on": "approval", "@on_approval": "printing", "@on_outcome": "returned"}
    said = administrator.post("/builder/automations/said", given).text
    assert "When “Printing of books” is returned to whoever submitted it" in said
    assert "submit it for approval by “Printing of books”" in page
    administrator.post("/preferences", {"locale": "zh", "next": "/"})
    try:
        assert "当「印刷审批」审批退回提交人时" in administrator.post("/builder/automations/said", given).text
        assert "提交「印刷审批」审批" in administrator.get("/builder/automations/refused").text
    finally:
        administrator.post("/preferences", {"locale": "en", "next": "/"})


def test_an_address_is_made_and_shown_once(administrator: Any, reading: Reading) -> None:
    assert "It has no address yet" in administrator.get("/builder/automations/called").text
    made = administrator.post("/builder/automations/called/address")
    assert made.status_code == 200
    assert "/api/v1/hooks/library/" in made.text
    page = administrator.get("/builder/automations/called").text
    assert "/api/v1/hooks/" not in page
    assert "Make a new address" in page
