"""Editing one value in its row: saved with its version, refused with a reason, both values shown on a conflict."""

from __future__ import annotations

import json
import re

from dougong_platform import records
from shelving import Person, Shelving


def cell(shelving: Shelving, number: int, field: str) -> str:
    return f"/o/book/{shelving.books[number]}/cell/{field}"


def version_of(form: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', form)
    assert found is not None
    return found[1]


def test_a_cell_is_a_form_with_its_value(ann: Person, shelving: Shelving) -> None:
    form = ann.get(cell(shelving, 12, "price"), island=True).text
    assert 'value="12.00"' in form
    assert "<html" not in form


def test_the_row_comes_back_with_an_undo(ann: Person, shelving: Shelving) -> None:
    form = ann.get(cell(shelving, 12, "price"), island=True).text
    answer = ann.post(cell(shelving, 12, "price"), island=True, price="1,250.5", version=version_of(form))
    assert "¥1,250.50" in answer.text
    assert answer.text.count("<tr") == 1
    toast = json.loads(answer.headers["HX-Trigger"])["dg:toast"]
    assert toast["text"] == "Price changed"
    ann.post(toast["undo"])
    assert 'value="12.00"' in ann.get(cell(shelving, 12, "price"), island=True).text


def test_a_refused_value_is_kept_with_its_reason(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(cell(shelving, 12, "price"), island=True, price="many", version="")
    assert answer.status_code == 422
    assert "Price" in answer.text
    assert 'value="many"' in answer.text
    answer = ann.post(cell(shelving, 12, "price"), island=True, price="-5", version="")
    assert answer.status_code == 422


def test_a_conflict_shows_both_values(ann: Person, shelving: Shelving) -> None:
    form = ann.get(cell(shelving, 13, "title"), island=True).text
    records.update(shelving.admin, "book", [{"id": shelving.books[13], "title": "Theirs"}])
    answer = ann.post(cell(shelving, 13, "title"), island=True, title="Mine", version=version_of(form))
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert "Changed meanwhile by Ann" in answer.text
    again = ann.post(cell(shelving, 13, "title"), island=True, title="Mine", version=version_of(answer.text))
    assert again.status_code == 200
    assert "Mine" in again.text


def test_a_link_may_be_typed_by_name(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(cell(shelving, 14, "shelf"), island=True, **{"shelf": "", "shelf:text": "South", "version": ""})
    assert answer.status_code == 200
    assert "South" in answer.text
    answer = ann.post(cell(shelving, 14, "shelf"), island=True, **{"shelf": "", "shelf:text": "Nowhere", "version": ""})
    assert answer.status_code == 422


def test_what_may_not_be_changed_has_no_form(ann: Person, bob: Person, shelving: Shelving) -> None:
    assert ann.get(cell(shelving, 1, "created_at"), island=True).status_code == 404
    assert ann.get(cell(shelving, 1, "nothing"), island=True).status_code == 404
    assert bob.get(cell(shelving, 1, "pages"), island=True).status_code == 404  # read only for readers
    assert bob.get(cell(shelving, 1, "title"), island=True).status_code == 404  # not his
    assert bob.post(cell(shelving, 1, "title"), island=True, title="x").status_code == 404


def test_without_javascript_the_list_follows(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(cell(shelving, 15, "pages"), pages="7", version="")
    assert answer.status_code == 303
    assert answer.location == "/o/book"
