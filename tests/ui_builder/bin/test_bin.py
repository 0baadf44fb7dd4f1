"""The recycle bin: what was deleted, by whom; restored one by one or together, purged for good."""

from __future__ import annotations

import pytest

from dougong_platform import records
from dougong_platform.errors import NotFound
from dougong_platform.query import get
from shelving import Person, Shelving


def test_an_empty_bin_says_so(bob: Person) -> None:
    assert "The recycle bin is empty" in bob.get("/bin").text


def test_deleted_records_show_with_who_and_come_back(ann: Person, shelving: Shelving) -> None:
    ids = shelving.books[:3]
    records.delete(shelving.admin, "book", ids)
    page = ann.get("/bin").text
    assert "3 records" in page
    assert "Book 001" in page
    assert "Ann" in page
    answer = ann.post("/bin/book", id=ids[:2], do="restore")
    assert answer.location == "/bin?object=book"
    assert "2 records restored" in ann.get("/bin").text
    assert get(shelving.admin, "book", ids[0], ["title"])["title"] == "Book 000"


def test_a_record_whose_key_is_taken_stays_with_its_reason(ann: Person, shelving: Shelving) -> None:
    one = shelving.books[10]
    records.delete(shelving.admin, "book", [one])
    records.create(shelving.admin, "book", [{"title": "Instead", "code": "C10"}])
    page = ann.post("/bin/book", id=[one], do="restore").text
    assert "1 record stayed as it was" in page
    assert "Book 010" in page
    assert "already has this Code" in page


def test_purging_is_for_good(ann: Person, shelving: Shelving) -> None:
    one = shelving.books[11]
    records.delete(shelving.admin, "book", [one])
    assert 'data-opens="bin-purge"' in ann.get("/bin", object="book").text  # asked before, focus on Cancel
    ann.post("/bin/book", id=[one], do="purge")
    with pytest.raises(NotFound):
        get(shelving.admin, "book", one, deleted=True)


def test_others_deleted_records_stay_unseen(bob: Person, shelving: Shelving) -> None:
    one = shelving.books[12]
    records.delete(shelving.admin, "book", [one])
    assert "Book 012" not in bob.get("/bin", object="book").text
    assert "There is no such record" in bob.post("/bin/book", id=[one], do="restore").text
    assert bob.post("/bin/shelf", id=[one], do="purge").status_code == 403


def test_nonsense_is_no_fault(ann: Person) -> None:
    assert ann.get("/bin", object="nothing").status_code == 200
    assert ann.post("/bin/nothing", id="x", do="restore").status_code == 404
    assert ann.post("/bin/book", do="restore").status_code == 303
    assert ann.post("/bin/book", id="x", do="nonsense").status_code == 200
