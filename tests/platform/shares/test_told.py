"""What is told of shares: in the record's history, the change feed, the audit log and by the sweep; and what stays when
records go."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from dougong_platform import records, shares
from dougong_platform.integrity.checking import check
from dougong_platform.query import get
from dougong_platform.query.changes import changes_since
from dougong_platform.records.history.read import timeline
from dougong_platform.shares.sweeping import tell_and_forget
from sharing import Sharing

FAR = dt.date(2990, 6, 30)


def share(sharing: Sharing, book: str, subject: str, **terms: Any) -> str:
    return shares.share(sharing.caller("bob"), "book", [book], {"subject": sharing[subject], **terms}).ids[book]


def drained(sharing: Sharing, who: str, cursor: str | None, object: str | None = "book") -> tuple[list[Any], str]:
    found: list[Any] = []
    while True:
        page = changes_since(sharing.caller(who), object, cursor)
        found += page["changes"]
        cursor = str(page["cursor"])
        if not page["more"]:
            return found, cursor


def sweep(sharing: Sharing) -> None:
    tell_and_forget(sharing.reading.database, sharing.reading.tenant)


def findings(sharing: Sharing, home: Path) -> dict[str, list[str]]:
    found = check(sharing.reading.database, sharing.reading.tenant, home)
    return {name: [one.text.en for one in some] for name, some in found if some}


def test_history_tells_with_whom_how_and_until_when_and_the_version_stays(sharing: Sharing) -> None:
    book = sharing.make()
    made = share(sharing, book, "north", until=FAR, relations=["loan.book"])
    shares.change(sharing.caller("bob"), "book", book, made, {"access": "edit"})
    shares.withdraw(sharing.caller("bob"), "book", book, made)
    found = timeline(sharing.caller("bob"), "book", book)
    assert [(one["op"], one["version"]) for one in found] == [
        ("unshare", 1),
        ("share", 1),
        ("share", 1),
        ("create", 1),
    ]
    assert [one.get("subject.name") for one in found] == ["North", "North", "North", None]
    assert all(one["changes"] == {} for one in found[:3])
    first = found[2]["share"]
    assert first["before"] is None
    assert first["after"] == {
        "id": made,
        "subject": sharing["north"],
        "access": "read",
        "role": None,
        "relations": ["loan.book"],
        "expires_at": "2990-06-30T16:00:00Z",
        "note": None,
    }
    assert (found[1]["share"]["before"]["access"], found[1]["share"]["after"]["access"]) == ("read", "edit")
    assert found[0]["share"]["after"] is None
    assert get(sharing.caller("bob"), "book", book)["version"] == 1
    share(sharing, book, "fay", relations=["loan.book"])
    assert timeline(sharing.caller("fay"), "book", book)[0]["share"]["after"]["relations"] == ["loan.book"]


def test_each_action_is_in_the_audit_log(sharing: Sharing) -> None:
    book = sharing.make(title="Audited")
    made = share(sharing, book, "dan", until=FAR, role="Editor")
    shares.change(sharing.caller("bob"), "book", book, made, {"role": None, "access": "edit"})
    shares.withdraw(sharing.caller("bob"), "book", book, made)
    noted = sharing.reading.run(
        "select action, actor, target_kind, label, details from _audit where target = %s order by seq", [book]
    )
    about = {"with": sharing["dan"], "object": "book"}
    assert [tuple(row) for row in noted] == [
        (
            "share.added",
            sharing["bob"],
            "record",
            "Audited",
            about | {"access": "read", "role": "Editor", "until": FAR.isoformat()},
        ),
        (
            "share.changed",
            sharing["bob"],
            "record",
            "Audited",
            about | {"changes": {"access": ["read", "edit"], "role": ["Editor", None]}},
        ),
        ("share.removed", sharing["bob"], "record", "Audited", about | {"access": "edit", "until": FAR.isoformat()}),
    ]


def test_what_was_refused_is_told_nowhere(sharing: Sharing) -> None:
    book = sharing.make()
    share(sharing, book, "cat")
    before = sharing.reading.run("select count(*) from _audit"), timeline(sharing.caller("bob"), "book", book)
    with pytest.raises(Exception, match="problem"):
        shares.share(sharing.caller("cat"), "book", [book], {"subject": sharing["dan"], "access": "edit"})
    share(sharing, book, "cat")  # changes nothing
    assert (sharing.reading.run("select count(*) from _audit"), timeline(sharing.caller("bob"), "book", book)) == before


def test_the_feed_tells_shares_to_those_who_see_the_record_and_gone_to_those_who_lost_it(sharing: Sharing) -> None:
    cursors = {who: drained(sharing, who, None)[1] for who in ("bob", "dan", "eve")}
    book = sharing.make()
    made = share(sharing, book, "dan")
    others = share(sharing, book, "north")
    told = {who: drained(sharing, who, cursors[who]) for who in cursors}
    assert [one["op"] for one in told["dan"][0]] == ["create", "share", "share"]
    assert told["dan"][0][1]["share"]["after"]["subject"] == sharing["dan"]
    assert told["dan"][0][1]["changes"] == {}
    shares.withdraw(sharing.caller("bob"), "book", book, made)
    told = {who: drained(sharing, who, told[who][1]) for who in cursors}
    assert {who: [(one["op"], one["id"]) for one in found] for who, (found, _) in told.items()} == {
        "bob": [("unshare", book)],
        "dan": [("gone", book)],
        "eve": [("unshare", book)],
    }
    assert set(told["dan"][0][0]) == {"seq", "at", "object", "id", "version", "op"}
    shares.withdraw(sharing.caller("bob"), "book", book, others)  # made out to a department above eve's
    told = {who: drained(sharing, who, told[who][1]) for who in cursors}
    assert {who: [one["op"] for one in found] for who, (found, _) in told.items()} == {
        "bob": ["unshare"],
        "dan": [],
        "eve": ["gone"],
    }


def test_the_feed_tells_gone_when_a_rule_or_a_link_lets_go(sharing: Sharing) -> None:
    _, cursor = drained(sharing, "dan", None, None)
    book, manual = sharing.make(), sharing.make(genre="manual")
    share(sharing, book, "dan", relations=["loan.book"])
    loan = sharing.make("loan", book=book)
    found, cursor = drained(sharing, "dan", cursor, None)
    assert {one["id"] for one in found} == {book, manual}  # loans keep no history
    records.update(sharing.reading.admin, "book", [{"id": manual, "genre": "novel"}, {"id": book, "genre": "novel"}])
    found, cursor = drained(sharing, "dan", cursor, None)
    assert [(one["op"], one["id"]) for one in found] == [("gone", manual), ("update", book)]
    assert get(sharing.caller("dan"), "loan", loan)["id"] == loan


def test_an_expired_share_is_told_by_the_sweep_once_and_forgotten_after_thirty_days(
    sharing: Sharing, tmp_path: Path
) -> None:
    book, kept = sharing.make(), sharing.make()
    share(sharing, book, "dan", until=FAR)
    share(sharing, kept, "dan", until=FAR)
    _, cursor = drained(sharing, "dan", None)
    sharing.expire(book)
    for _ in range(2):
        sweep(sharing)
    found, cursor = drained(sharing, "dan", cursor)
    assert [(one["op"], one["id"]) for one in found] == [("gone", book)]
    newest = timeline(sharing.caller("bob"), "book", book)[0]
    assert (newest["op"], newest["cause"], newest["actor"], newest["subject.name"]) == (
        "unshare",
        "expiry",
        None,
        "Dan",
    )
    assert [one["active"] for one in shares.list_shares(sharing.caller("bob"), "book", book)] == [False]
    assert findings(sharing, tmp_path) == {}
    sharing.reading.run(
        "update _share set expires_at = now() - interval '31 days' where record = %s returning 1", [book]
    )
    sweep(sharing)
    assert shares.list_shares(sharing.caller("bob"), "book", book) == []
    assert len(shares.list_shares(sharing.caller("bob"), "book", kept)) == 1
    share(sharing, kept, "dan", until=None)
    sharing.expire(kept)
    share(sharing, kept, "dan")
    sweep(sharing)
    assert get(sharing.caller("dan"), "book", kept)["id"] == kept


def test_a_deleted_record_keeps_its_shares_and_a_purged_one_does_not(sharing: Sharing, tmp_path: Path) -> None:
    book = sharing.make()
    share(sharing, book, "dan")
    records.delete(sharing.caller("bob"), "book", [book])
    assert sharing.reading.run("select count(*) from _share where record = %s", [book]) == [(1,)]
    records.restore(sharing.caller("bob"), "book", [book])
    assert get(sharing.caller("dan"), "book", book)["id"] == book
    assert findings(sharing, tmp_path) == {}
    records.delete(sharing.caller("bob"), "book", [book])
    records.purge(sharing.caller("bob"), "book", [book])
    assert sharing.reading.run("select count(*) from _share where record = %s", [book]) == [(0,)]
    assert findings(sharing, tmp_path) == {}


def test_the_check_finds_shares_without_record_or_subject(sharing: Sharing, tmp_path: Path) -> None:
    nobody, book = "00000000-0000-7000-8000-000000000000", sharing.make()
    sharing.reading.run(
        "insert into _share (id, object, record, subject, access, created_by)"
        " select gen_random_uuid(), 'book', r::uuid, s::uuid, 'read', %(by)s::uuid"
        " from (values (%(none)s, %(dan)s), (%(book)s, %(none)s)) v (r, s) returning 1",
        {"none": nobody, "dan": sharing["dan"], "book": book, "by": sharing["bob"]},
    )
    assert findings(sharing, tmp_path) == {
        "shares": ["has shares of records that do not exist", "is made out to nobody known"]
    }
    sharing.reading.run("delete from _share where record in (%s, %s) returning 1", [nobody, book])


def test_taking_back_an_import_passes_over_shares(sharing: Sharing) -> None:
    book = sharing.make()
    share(sharing, book, "dan")
    ref = str(timeline(sharing.caller("bob"), "book", book)[0]["cause_ref"])
    assert records.undo(sharing.caller("bob"), ref).written == 0
    assert get(sharing.caller("dan"), "book", book)["id"] == book
