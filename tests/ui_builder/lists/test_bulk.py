"""Several records at once: one value for all, what failed and why, undo, files."""

from __future__ import annotations

import base64
import json

import pytest

from dougong_platform import records
from dougong_platform.query import list_records
from shelving import Person, Shelving

ADDRESS = "/o/book/list/bulk"


def toast_of(person: Person) -> dict[str, str]:
    cookie = person.http.get_cookie("dg_toast")
    assert cookie is not None
    return dict(json.loads(base64.urlsafe_b64decode(cookie.value)))


def values(shelving: Shelving, field: str, ids: list[str]) -> list[object]:
    rows = {r["id"]: r[field] for r in list_records(shelving.admin, "book", fields=[field], limit=500).records}
    return [rows.get(id) for id in ids]


def test_a_value_is_asked_for_and_set_in_all(ann: Person, shelving: Shelving) -> None:
    ids = shelving.books[20:25]
    form = ann.post(ADDRESS, island=True, id=ids, do="edit", field="state").text
    assert "Edit 5 records" in form
    assert form.count('type="hidden" name="id"') == 5
    answer = ann.post(ADDRESS, id=ids, do="save", field="state", to_state="done")
    assert answer.location == "/o/book"
    assert values(shelving, "state", ids) == ["done"] * 5
    toast = toast_of(ann)
    assert toast["text"] == "State changed in 5 records"
    ann.post(toast["undo"])
    assert values(shelving, "state", ids) != ["done"] * 5


def test_what_fails_stays_out_and_is_listed(ann: Person, shelving: Shelving) -> None:
    ids = shelving.books[30:33]
    answer = ann.post(ADDRESS, id=ids, do="save", field="code", to_code="SAME")
    assert "2 records stayed as they were" in answer.text
    assert "Book 031" in answer.text or "Book 032" in answer.text
    assert "already has this Code" in answer.text
    assert values(shelving, "code", ids).count("SAME") == 1
    assert "/o/book/list/undo/" in answer.text


def test_a_value_that_is_wrong_for_all_is_told_at_its_input(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(ADDRESS, island=True, id=shelving.books[:3], do="save", field="price", to_price="many")
    assert "Edit 3 records" in answer.text
    assert "has to be a number" in answer.text


def test_deleted_records_come_back_by_undo(ann: Person, shelving: Shelving) -> None:
    ids = shelving.books[40:43]
    ann.post(ADDRESS, id=ids, do="delete")
    assert values(shelving, "state", ids) == [None] * 3
    toast = toast_of(ann)
    assert toast["text"] == "3 records deleted"
    ann.post(toast["undo"])
    assert None not in values(shelving, "state", ids)


def test_nobody_takes_back_what_others_did(ann: Person, bob: Person, shelving: Shelving) -> None:
    ann.post(ADDRESS, id=shelving.books[50:51], do="save", field="pages", to_pages="1")
    undo = toast_of(ann)["undo"]
    assert bob.post(undo).status_code == 404
    assert ann.post("/o/book/list/undo/nothing").status_code == 404
    assert values(shelving, "pages", shelving.books[50:51]) == [1]


def test_a_record_changed_since_is_left_as_it_is(ann: Person, shelving: Shelving) -> None:
    one = shelving.books[51]
    ann.post(ADDRESS, id=[one], do="save", field="pages", to_pages="1")
    undo = toast_of(ann)["undo"]
    records.update(shelving.admin, "book", [{"id": one, "pages": 2}])
    ann.post(undo)
    assert values(shelving, "pages", [one]) == [2]
    assert "was changed again since" in toast_of(ann)["text"]


def test_records_are_transferred(ann: Person, shelving: Shelving) -> None:
    ids = shelving.books[60:62]
    assert "Owner" in ann.post(ADDRESS, island=True, id=ids, do="owner").text
    ann.post(ADDRESS, id=ids, do="save", field="owner", to_owner=shelving.bob)
    assert values(shelving, "owner", ids) == [shelving.bob] * 2


def test_selected_records_leave_as_a_file(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(ADDRESS, id=shelving.books[:2], do="export")
    assert answer.mimetype == "text/csv"
    assert answer.text.count("\r\n") == 3
    assert "Book 000" in answer.text


@pytest.mark.parametrize(
    "form",
    [
        {"do": "edit"},
        {"do": "nonsense", "id": "x"},
        {"do": "delete", "id": "no-id"},
        {"do": "save", "field": "nothing", "id": "x"},
        {"do": "export", "id": "')"},
    ],
)
def test_nonsense_is_no_fault(ann: Person, form: dict[str, str]) -> None:
    assert ann.post(ADDRESS, **form).status_code < 500


def test_a_reader_changes_only_what_is_his(bob: Person, shelving: Shelving) -> None:
    own = records.create(shelving.reader, "book", [{"title": "Bob's"}]).records[0].id
    answer = bob.post(ADDRESS, id=[str(own), shelving.books[70]], do="save", field="state", to_state="done")
    assert "1 record stayed as it was" in answer.text
    assert "There is no such record" in answer.text
    assert bob.post(ADDRESS, id=[str(own)], do="edit", field="pages").status_code == 403
