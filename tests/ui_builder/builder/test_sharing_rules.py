"""The designer of sharing rules without JavaScript: saved as said, in one sentence, with what it opens now."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from dougong_metadata.documents import read_documents
from dougong_platform import records
from dougong_platform.releases import draft as drafts
from dougong_tenants import people
from reading import Reading

BASE = "/builder/sharing"
RULE = """
kind: sharing
name: novels
label: {en: Novels, zh: 小说}
object: book
when: genre = "novel" and not ISBLANK(price)
with: {departments_below: [House], users: [nemo@library.test]}
access: read
"""


@pytest.fixture(scope="module", autouse=True)
def house(reading: Reading) -> str:
    """A department with Bob below it; three novels, one of them without a price."""
    made = people.create_department(reading.database, reading.tenant, {"name": "House"})
    below = people.create_department(reading.database, reading.tenant, {"name": "Cellar", "parent": made})
    people.update_user(reading.database, reading.tenant, reading.bob, {"department": below})
    rows = [{"title": str(n), "genre": "novel", "price": price} for n, price in enumerate(("1.00", "2.00", None))]
    records.create(reading.admin, "book", rows)
    return made


@pytest.fixture(autouse=True)
def novels(reading: Reading) -> Iterator[None]:
    drafts.put(reading.database, reading.tenant, read_documents(RULE), by=reading.ann, expected={})
    yield
    drafts.discard(reading.database, reading.tenant)


def body(reading: Reading, name: str = "novels") -> dict[str, Any]:
    with reading.database.transaction(reading.tenant, read_only=True) as tx:
        (found,) = [e.document for e in drafts.entries(tx) if (e.kind, e.name) == ("sharing", name)]
    assert found is not None
    return dict(found.json())


def said(answer: Any) -> str:
    """The text of the card that says what the rule does, without its markup."""
    text = answer.text.partition('id="said"')[2].partition("</aside>")[0] or answer.text
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_a_rule_is_said_in_one_sentence_with_what_it_opens(administrator: Any) -> None:
    text = said(administrator.get(f"{BASE}/novels"))
    assert (
        "Books whose Genre = Novel and Price is not blank → department House and below; nemo@library.test may read"
        in text
    )
    assert "Records that fit now 2" in text
    assert "People it reaches now 1" in text
    assert "Nobody has the e-mail “nemo@library.test”." in text


def test_saving_the_form_as_it_is_changes_nothing(administrator: Any, reading: Reading) -> None:
    before = body(reading)
    assert administrator.post(f"{BASE}/novels", administrator.form(f"{BASE}/novels")).status_code == 303
    assert body(reading) == before


def test_what_is_chosen_is_what_the_document_says(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/novels")
    form["when"] = "owner.department = $user.department"
    form["access"] = "edit"
    form.setlist("users", ["bob@library.test"])
    form.setlist("permission_sets", ["reader", "librarian"])
    form.poplist("departments_below")
    form.setlist("active", ["false"])
    assert administrator.post(f"{BASE}/novels", form).status_code == 303
    made = body(reading)
    assert made["with"] == {"permission_sets": ["reader", "librarian"], "users": ["bob@library.test"]}
    assert (made["access"], made["active"]) == ("edit", False)
    text = said(administrator.get(f"{BASE}/novels"))
    assert "depends on who looks" in text
    assert "permission set Reader, Librarian; bob@library.test may edit" in text


def test_a_name_that_means_nobody_is_warned_of(administrator: Any, reading: Reading, house: str) -> None:
    people.update_department(reading.database, reading.tenant, house, {"name": "Mansion"})
    page = administrator.get(f"{BASE}/novels")
    assert "No department is called “House”: was it renamed or deleted?" in said(page)
    assert 'value="House" selected' in page.text  # it stays, to be seen and taken out
    people.update_department(reading.database, reading.tenant, house, {"name": "House"})
    twin = people.create_department(reading.database, reading.tenant, {"name": "House"})
    assert "2 departments are called “House”: all are meant." in said(administrator.get(f"{BASE}/novels"))
    people.delete_department(reading.database, reading.tenant, twin)


def test_it_is_said_anew_while_it_is_edited(administrator: Any) -> None:
    form = administrator.form(f"{BASE}/novels")
    form["when"] = 'genre = "manual"'
    form["everyone"] = "true"
    text = said(administrator.post(f"{BASE}/said", form))
    assert "Books whose Genre = Manual → everybody may read" in text
    assert "Records that fit now 0" in text
    form["when"] = "genre ="
    assert "cannot be counted yet" in said(administrator.post(f"{BASE}/said", form))
    form["object"] = ""
    assert administrator.post(f"{BASE}/said", form).status_code == 200


def test_what_cannot_be_is_told_at_its_place_and_typed_text_stays(administrator: Any, reading: Reading) -> None:
    form = administrator.form(f"{BASE}/novels")
    form["when"] = "nothing = 1"
    answer = administrator.post(f"{BASE}/novels", form)
    assert answer.status_code == 422
    assert "nothing = 1</textarea>" in answer.text
    assert 'href="#when"' in answer.text
    nobody = MultiDict({"object": "book", "label/en": "For nobody", "active": "true"})
    answer = administrator.post(f"{BASE}/new", nobody)
    assert answer.status_code == 422
    assert "Name somebody" in html.unescape(answer.text)
    nobody["everyone"] = "true"
    assert administrator.post(f"{BASE}/new", nobody).headers["Location"] == f"{BASE}/for_nobody"
    assert body(reading, "for_nobody")["with"] == {"everyone": True}


def test_a_condition_may_speak_of_what_links_lead_to(administrator: Any) -> None:
    fields = {one["name"]: one for one in administrator.get(f"{BASE}/fields?object=book").json}
    assert fields["shelf.room"]["label"].startswith("Shelf › ")
    assert fields["genre"]["values"][0][:2] == ["novel", "Novel"]
    assert administrator.get(f"{BASE}/fields?object=nope").json == []


def test_others_see_none_of_it(reader: Any) -> None:
    for path in ("/novels", "/new", "/fields"):
        assert reader.get(f"{BASE}{path}").status_code == 403
