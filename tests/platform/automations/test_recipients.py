"""Who is told by an automation: everybody that is named, in whatever way, once, and only while active."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from dougong_platform import records
from dougong_platform.shares.giving import share
from dougong_tenants.people import (
    create_department,
    create_team,
    create_user,
    deactivate_user,
    grant,
    set_members,
    update_department,
)
from workshop import Workshop, make_workshop

TOLD = {
    "field": ("[owner, {field: owner}, {field: shelf.keeper}]", "ann cat"),
    "person": ("[{user: BOB@library.test}]", "bob"),
    "holders": ("[{permission_set: checker}]", "cat dan"),  # himself, and by his department
    "department": ("[{department: Bindery}]", "dan"),
    "head": ("[{department_head: Bindery}, {department_head: shelf.keeper}]", "bob"),
    "team": ("[{team: Press}]", "bob cat"),
    "role": ("[{role: proof_reader}]", "dan"),
    "both": ("[{team: Press}, owner, {user: bob@library.test}]", "ann bob cat"),
    "nobody": ("[{team: Nowhere}, {field: shelf.keeper.manager}]", ""),
}
AUTOMATIONS = (
    "\n---\n".join(
        f"""kind: automation
name: tell_{name}
object: book
on: {{updated: [note]}}
if: note = "{name}"
do:
  - notify: {{to: {to}, title: "{{{{ note }}}}"}}
"""
        for name, (to, _) in TOLD.items()
    )
    + """
---
kind: permission_set
name: checker
objects: {book: {read: all}}
"""
)


@dataclass
class Staffed:
    workshop: Workshop
    ids: dict[str, str]
    book: str


@pytest.fixture(scope="module")
def staffed(make_database: Callable[..., str]) -> Iterator[Staffed]:
    workshop = make_workshop(make_database(), AUTOMATIONS)
    database, tenant = workshop.database, workshop.tenant
    ids = {"ann": workshop.ann, "bob": workshop.bob}
    bindery = create_department(database, tenant, {"name": "Bindery"})
    for name in ("cat", "dan", "eve"):
        inside = {"department": bindery} if name != "cat" else {}
        ids[name] = create_user(database, tenant, {"name": name, "email": f"{name}@library.test", **inside}).id
    update_department(database, tenant, bindery, {"head": ids["bob"]})
    press = create_team(database, tenant, "Press")
    set_members(database, tenant, press, {ids["cat"]: None, ids["bob"]: None, ids["eve"]: None})
    grant(database, tenant, "checker", user=ids["cat"])
    grant(database, tenant, "checker", department=bindery)
    deactivate_user(database, tenant, ids["eve"])
    (shelf,) = records.create(workshop.admin, "shelf", [{"name": "S", "keeper": ids["cat"]}]).records
    (book,) = records.create(workshop.admin, "book", [{"title": "B", "shelf": shelf.id}]).records
    share(workshop.admin, "book", [str(book.id)], {"subject": ids["dan"], "access": "read", "role": "proof_reader"})
    yield Staffed(workshop, ids, str(book.id))
    database.close()


@pytest.mark.parametrize("name", TOLD)
def test_everybody_who_is_named_is_told_once(staffed: Staffed, name: str) -> None:
    workshop = staffed.workshop
    records.update(workshop.admin, "book", [{"id": staffed.book, "note": name}])
    workshop.work()
    told = workshop.rows(
        "select \"user\" from _notification where title->>'en' like %s or title::text like %s", [name, f'%"{name}"%']
    )
    by_id = {id: who for who, id in staffed.ids.items()}
    assert " ".join(sorted(by_id[row[0]] for row in told)) == TOLD[name][1]
    (run,) = workshop.runs(f"tell_{name}")
    assert run["state"] == "done"
