"""The audit log over HTTP: read newest first in pages, narrowed down, exported, and only by who may."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from dougong_tenants import audit, new_id
from dougong_tenants.audit.reading import Question, Word, count_entries, read_entries
from reading import Client, Reading

MANY = 120
OLD = "2020-02-03T23:30:00Z"  # the 4th in Shanghai


@pytest.fixture(scope="module", autouse=True)
def log(reading: Reading) -> None:
    """Many entries of one kind by bob, one of long ago, and one that holds all sorts of characters."""
    with reading.database.transaction(reading.tenant) as tx:
        for number in range(MANY):
            audit.note(tx, "shelf.moved", actor=reading.bob, target_kind="shelf", target=str(number), ip="192.0.2.7")
        audit.note(tx, "shelf.moved", actor=reading.cat, target_kind="user", target=reading.bob, label="=100%_\\ off")
    with reading.database.owner(reading.tenant) as connection:
        connection.execute("insert into _audit (at, action, label) values (%s, 'shelf.built', 'Of old')", [OLD])


def found(client: Client, **asked: Any) -> list[dict[str, Any]]:
    status, body = client.get("/api/v1/audit", **asked)
    assert status == 200, body
    assert isinstance(body["entries"], list)
    return body["entries"]


def test_the_newest_comes_first_and_says_who_did_what(reading: Reading, client: Client) -> None:
    client.post("/api/v1/teams", {"name": "Binders"})
    (entry,) = found(client, limit=1)
    assert entry["sentence"] == "Ann created the team “Binders”"
    assert (entry["actor"], entry["actor_name"], entry["action"]) == (reading.ann, "Ann", "people.team_created")
    assert (entry["target_kind"], entry["label"], entry["ip"], entry["via"]) == (
        "team",
        "Binders",
        "127.0.0.1",
        "token",
    )
    said = found(client, limit=1, action="people.team_created")
    assert said == [entry]


def test_the_sentence_is_in_the_language_that_was_asked_for(client: Client) -> None:
    client.post("/api/v1/teams", {"name": "装订组"})
    answer = client.open("/api/v1/audit?limit=1", headers={"Accept-Language": "zh-CN"})
    assert answer.get_json()["entries"][0]["sentence"] == "Ann 新建了团队 「装订组」"


def test_pages_follow_one_another_without_gap_or_repetition_while_entries_are_added(
    reading: Reading, client: Client
) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        status, body = client.get("/api/v1/audit", actor=reading.bob, action="shelf.moved", limit=50, cursor=cursor)
        assert status == 200
        seen += [entry["target"] for entry in body["entries"]]
        cursor = body["next"]
        audit.note_apart(reading.database, reading.tenant, "shelf.moved", actor=reading.bob, target="later")
    assert seen[:MANY] == [str(number) for number in reversed(range(MANY))]
    reading_again = found(client, actor=reading.bob, action="shelf.moved", limit=1000)
    assert len(reading_again) == MANY + 3


def test_a_cursor_of_another_question_is_refused(reading: Reading, client: Client) -> None:
    _, body = client.get("/api/v1/audit", action="shelf.moved", limit=2)
    assert client.get("/api/v1/audit", action="people", limit=2, cursor=body["next"])[0] == 400
    assert client.get("/api/v1/audit", cursor="x" * 50)[0] == 400


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"action": "shelf.built"}, 1),
        ({"action": "shelf.built,no.such"}, 1),
        ({"action": "no.such"}, 0),
        ({"q": "100%_\\"}, 1),
        ({"q": "100_%"}, 0),
        ({"q": "OF OLD"}, 1),
        ({"q": "old shelf.built"}, 1),
        ({"q": "old cat"}, 0),
        ({"q": "cat off"}, 1),
        ({"q": "bob off"}, 1),
        ({"to": "2020-02-04"}, 1),
        ({"from": "2020-02-04", "to": "2020-02-04"}, 1),
        ({"to": "2020-02-03"}, 0),
        ({"from": "2020-02-03T23:30:00Z", "to": "2020-02-03T23:30:01Z"}, 1),
        ({"from": "2020-02-03T23:00:00Z", "to": "2020-02-03T23:30:00Z"}, 0),
        ({"target": "7"}, 1),
    ],
)
def test_what_is_asked_narrows_the_log_down(client: Client, asked: dict[str, str], count: int) -> None:
    assert len(found(client, **asked)) == count


def test_a_person_is_found_as_who_acted_and_as_who_was_acted_upon(reading: Reading, client: Client) -> None:
    asked = {"action": "shelf.moved", "limit": 1000}
    assert len(found(client, actor=reading.cat, **asked)) == 1
    about_bob = found(client, person=reading.bob, **asked)
    assert {entry["actor"] for entry in about_bob} == {reading.bob, reading.cat}


def test_an_action_is_found_by_its_name_in_either_language(client: Client) -> None:
    client.post("/api/v1/teams", {"name": "Printers"})
    for text in ("Team created", "新建团队"):
        assert found(client, q=f"{text} Printers", limit=1)[0]["label"] == "Printers"


def test_the_first_word_of_an_action_stands_for_all_that_begin_with_it(client: Client) -> None:
    client.post("/api/v1/teams", {"name": "Sewers"})
    assert {entry["action"].split(".")[0] for entry in found(client, action="people", limit=1000)} == {"people"}
    assert {entry["action"] for entry in found(client, action="token", limit=1000)} == {"token.issued"}


def test_a_search_for_words_goes_back_span_by_span_and_misses_nothing(reading: Reading) -> None:
    asked = Question(words=(Word("bob"), Word("shelf.moved")))
    read: list[str | None] = []
    before: int | None = None
    for _ in range(100):
        _, entries, before = read_entries(reading.database, reading.tenant, asked, limit=9, before=before, span=25)
        read += [entry.target for entry in entries]
        if before is None:
            break
    assert before is None
    _, all_at_once, end = read_entries(reading.database, reading.tenant, asked, limit=1000)
    assert read == [entry.target for entry in all_at_once]
    assert len(read) > MANY
    assert end is None
    assert count_entries(reading.database, reading.tenant, asked) == len(read)
    assert count_entries(reading.database, reading.tenant, asked, span=25) is None


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "yesterday"},
        {"to": "2020-13-01"},
        {"from": "9999-12-31T23:59:59-23:59"},
        {"to": "9999-12-31"},
        {"actor": "ann"},
        {"person": "1"},
        {"limit": "0"},
        {"limit": "1001"},
        {"colour": "red"},
        {"q": "a\0"},
    ],
)
def test_a_question_that_cannot_be_is_refused(client: Client, asked: dict[str, str]) -> None:
    assert client.get("/api/v1/audit", **asked)[0] == 400


def test_only_who_holds_the_right_reads_exports_and_decides(reading: Reading, client_of: Callable[..., Client]) -> None:
    for client in (client_of(reading.bob), client_of(reading.ann, "read", "write")):
        for path in ("/api/v1/audit", "/api/v1/audit/export", "/api/v1/audit/policy"):
            assert client.get(path)[0] == 403
        assert client.post("/api/v1/audit/policy", {"days": None}, method="PUT")[0] == 403
    assert client_of(None).get("/api/v1/audit")[0] == 401


def test_the_export_holds_every_entry_and_nothing_that_a_spreadsheet_runs(reading: Reading, client: Client) -> None:
    answer = client.open("/api/v1/audit/export", query_string={"action": "shelf.moved"})
    assert answer.content_type == "text/csv; charset=utf-8"
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(found(client, action="shelf.moved", limit=1000)) > MANY
    (odd,) = (row for row in rows if row["Person"] == "Cat")
    assert odd["Name"] == "'=100%_\\ off"
    assert odd["What happened"] == "Cat shelf.moved Bob"
    assert odd["Address"] == ""


def test_the_export_is_noted_itself(reading: Reading, client: Client) -> None:
    answer = client.open("/api/v1/audit/export", query_string={"action": "shelf.built", "q": "old"})
    assert answer.data
    (entry,) = found(client, limit=1)
    assert (entry["action"], entry["actor"]) == ("audit.exported", reading.ann)
    asked = {"actions": ["shelf.built"], "words": ["old"]}
    assert entry["details"] == {"rows": 1, "complete": True, "filter": asked}


def test_an_id_that_nobody_has_is_shown_as_it_is(reading: Reading, client: Client) -> None:
    somebody = new_id()
    audit.note_apart(reading.database, reading.tenant, "sign_out", actor=somebody)
    assert found(client, limit=1)[0]["sentence"] == f"{somebody} signed out"
