"""The designer of permission sets without JavaScript: what is posted is what the document says, and no more."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from dougong_metadata.documents import read_documents
from dougong_platform.releases import draft as drafts
from dougong_tenants import people
from reading import Reading

BASE = "/builder/permission_sets"
SETS = """
kind: permission_set
name: night_desk
label: {en: Night desk, zh: 夜班}
objects:
  '*': {read: own}
  book: {create: true, read: department, update: own, view_all: true}
  vault: {}
fields: {book.cost: none, book.title: mask}
apps: []
"""


@pytest.fixture(autouse=True)
def night_desk(reading: Reading) -> Iterator[None]:
    drafts.put(reading.database, reading.tenant, read_documents(SETS), by=reading.ann, expected={})
    yield
    drafts.discard(reading.database, reading.tenant)


def body(reading: Reading, name: str = "night_desk") -> dict[str, Any]:
    with reading.database.transaction(reading.tenant, read_only=True) as tx:
        (found,) = [e.document for e in drafts.entries(tx) if (e.kind, e.name) == ("permission_set", name)]
    assert found is not None
    return dict(found.json())


def errors(answer: TestResponse) -> str:
    return html.unescape(answer.text.partition('id="errors"')[2].partition("</div></div>")[0])


def test_saving_the_table_as_it_is_changes_nothing(administrator: Any, reading: Reading) -> None:
    before = body(reading)
    for part in ("", "/fields?object=book", "/settings"):
        assert (
            administrator.post(f"{BASE}/night_desk{part}", administrator.form(f"{BASE}/night_desk{part}")).status_code
            == 303
        )
    assert body(reading) == {key: value for key, value in before.items() if value != []}


def test_a_line_is_kept_only_where_it_differs_from_all_others(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/night_desk")
    assert form["o/shelf/read"] == "own"  # as all others
    form["o/shelf/update"] = "department_below"
    form["o/chapter/export"] = "true"
    form["o/book/delete"] = "own_below"
    assert administrator.post(f"{BASE}/night_desk", form).status_code == 303
    objects = body(reading)["objects"]
    assert objects["shelf"] == {"read": "own", "update": "department_below"}
    assert objects["chapter"] == {"read": "own", "export": True}
    assert objects["book"]["delete"] == "own_below"
    assert objects["vault"] == {}  # said to grant nothing, against all others
    back = administrator.form(f"{BASE}/night_desk")
    back["@do"] = "as-others vault"
    assert administrator.post(f"{BASE}/night_desk", back).status_code == 303
    assert "vault" not in body(reading)["objects"]


def test_all_others_may_change_without_giving_every_object_a_line(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/night_desk")
    form["o/*/read"] = "all"
    administrator.post(f"{BASE}/night_desk", form)
    assert set(body(reading)["objects"]) == {"*", "book", "vault"}
    form = administrator.form(f"{BASE}/night_desk")
    form["o/*/read"] = "none"
    administrator.post(f"{BASE}/night_desk", form)
    assert set(body(reading)["objects"]) == {"book", "vault"}


def test_only_fields_that_differ_from_the_objects_right_are_stored(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/night_desk/fields?object=book")
    assert (form["f/cost"], form["f/title"], form["f/price"]) == ("none", "mask", "edit")
    form["f/cost"] = "edit"
    form["f/price"] = "read"
    assert administrator.post(f"{BASE}/night_desk/fields", form).status_code == 303
    assert body(reading)["fields"] == {"book.title": "mask", "book.price": "read"}
    page = administrator.get(f"{BASE}/night_desk/fields?object=book").text
    assert not re.search(r'name="f/price" value="mask"', page)  # a number cannot be masked
    assert "None of its fields are open" in administrator.get(f"{BASE}/night_desk/fields?object=vault").text
    read_only = administrator.get(f"{BASE}/night_desk/fields?object=shelf").text
    assert 'name="f/room" value="read"' in read_only
    assert 'name="f/room" value="edit"' not in read_only


def test_apps_system_rights_and_kinds_are_ticked(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/night_desk/settings")
    form.setlist("system", ["people", "jobs"])
    form.setlist("kinds", ["list_view", "permission_set", "nonsense"])
    form["label/en"] = "Night shift"
    answer = administrator.post(f"{BASE}/night_desk/settings", form)
    assert answer.status_code == 422
    assert "grant the system right" in errors(answer)
    form.setlist("kinds", ["list_view"])
    assert administrator.post(f"{BASE}/night_desk/settings", form).status_code == 303
    made = body(reading)
    assert (made["system"], made["kinds"], made["label"]["en"]) == (["people", "jobs"], ["list_view"], "Night shift")
    assert 'value="permission_set"' not in administrator.get(f"{BASE}/night_desk/settings").text


def test_a_form_over_a_newer_draft_is_refused(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/night_desk")
    late = administrator.form(f"{BASE}/night_desk")
    form["o/book/merge"] = "true"
    assert administrator.post(f"{BASE}/night_desk", form).status_code == 303
    late["o/book/share"] = "true"
    assert administrator.post(f"{BASE}/night_desk", late).status_code == 409
    assert body(reading)["objects"]["book"]["merge"] is True


def test_a_new_set_may_begin_as_a_copy(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/new?copy=night_desk")
    form["label/en"] = "Early desk"
    made = administrator.post(f"{BASE}/new", form)
    assert made.headers["Location"] == f"{BASE}/early_desk"
    assert body(reading, "early_desk")["objects"] == body(reading)["objects"]
    form["@name"] = "night_desk"
    assert "already a permission set" in errors(administrator.post(f"{BASE}/new", form))
    assert administrator.post(f"{BASE}/new", {"@name": "x"}).status_code == 422


def test_the_page_of_holders_counts_them_by_way_and_grants(administrator: Any, reading: Reading) -> None:
    given = {"permission_set": "librarian", "to": "position", "title": "Clerk", "user:text": "", "department": ""}
    assert administrator.post(f"{BASE}/librarian/holders", given).status_code == 303
    people.update_user(reading.database, reading.tenant, reading.cat, {"title": "Clerk"})
    page = administrator.get(f"{BASE}/librarian/holders").text
    ways = {way: page.partition(f'data-way="{way}"')[2].partition("</section>")[0] for way in ("user", "position")}
    assert "1 person" in ways["position"]
    assert "Clerk" in ways["position"]
    assert "0 people" in ways["user"]
    assert "held by 1 person" in administrator.get(f"{BASE}/librarian").text
    given = {"permission_set": "librarian", "to": "user", "user:text": "Bob"}
    assert administrator.post(f"{BASE}/librarian/holders", given).status_code == 303
    given = {"permission_set": "librarian", "to": "department"}
    assert administrator.post(f"{BASE}/librarian/holders", given).status_code == 422
    for one in people.list_grants(reading.database, reading.tenant, permission_set="librarian"):
        people.revoke(reading.database, reading.tenant, one.id)
    assert administrator.get(f"{BASE}/nothing/holders").status_code == 404
    assert administrator.get(f"{BASE}/administrator/holders").status_code == 200


def test_two_sets_are_compared_also_those_of_the_draft(administrator: Any) -> None:
    page = html.unescape(administrator.get(f"{BASE}/compare?a=reader&b=night_desk").text)
    assert "Masked" in page
    everything = administrator.get(f"{BASE}/compare?a=reader&b=night_desk&all=true").text
    assert everything.count("<tr>") > page.count("<tr>")
    table = administrator.get(f"{BASE}/compare?a=reader&b=night_desk&format=csv")
    assert table.mimetype == "text/csv"
    assert "They grant the same" in administrator.get(f"{BASE}/compare?a=reader&b=reader").text
    assert "Choose two permission sets" in administrator.get(f"{BASE}/compare?a=reader&b=nope").text


def test_who_may_not_shape_the_metadata_sees_none_of_it(reader: Any) -> None:
    for path in ("", "/fields", "/settings", "/holders"):
        assert reader.get(f"{BASE}/night_desk{path}").status_code == 403
    assert reader.get(f"{BASE}/compare").status_code == 403


def test_the_objects_own_page_keeps_what_it_does_not_show(administrator: Any, reading: Reading) -> None:
    before = body(reading)
    page = "/builder/objects/shelf/access"  # the set has no line of its own for it: it is as all others
    assert administrator.post(page, administrator.form(page)).status_code == 303
    assert body(reading) == before
    page = "/builder/objects/book/access"
    form = administrator.form(page)
    form["night_desk/export"] = "true"
    assert administrator.post(page, form).status_code == 303
    right = body(reading)["objects"]["book"]
    assert (right["export"], right["view_all"], right["update"]) == (True, True, "own")


def test_a_table_of_thirty_objects_is_posted_whole(administrator: Any, reading: Reading) -> None:
    many = "\n---\n".join(
        f"kind: object\nname: thing_{n}\nname_field: name\nfields: {{name: {{type: text}}}}" for n in range(30)
    )
    drafts.put(reading.database, reading.tenant, read_documents(many), by=reading.ann, expected={})
    form = administrator.form(f"{BASE}/night_desk")
    form["o/thing_29/read"] = "all"
    assert administrator.post(f"{BASE}/night_desk", form).status_code == 303
    assert body(reading)["objects"]["thing_29"] == {"read": "all"}
    assert "thing_28" not in body(reading)["objects"]
