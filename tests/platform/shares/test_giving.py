"""Who may share what with whom, and what it opens: to people, departments and teams, for a time, along relations."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from dougong_metadata.errors import Fault
from dougong_platform import records, shares
from dougong_platform.errors import BadRequest, NotAllowed, NotFound, RecordsInvalid
from dougong_platform.query import get, list_records
from dougong_tenants import people
from one_day import on_one_day
from sharing import Sharing

FAR = dt.date(2990, 6, 30)


def share(sharing: Sharing, who: str, record: str, subject: str, object: str = "book", **terms: Any) -> str:
    given = {"subject": sharing[subject], **terms}
    return shares.share(sharing.caller(who), object, [record], given).ids[record]


def sees(sharing: Sharing, who: str, record: str, object: str = "book") -> bool:
    try:
        get(sharing.caller(who), object, record)
    except NotFound:
        return False
    return True


def refused(sharing: Sharing, who: str, record: str, subject: str, **terms: Any) -> list[tuple[str | None, str]]:
    with pytest.raises(RecordsInvalid) as caught:
        share(sharing, who, record, subject, **terms)
    return [(error.field, error.code) for error in caught.value.errors]


def test_a_share_opens_the_record_to_read_and_one_for_editing_to_change_it(sharing: Sharing) -> None:
    book = sharing.make()
    assert not sees(sharing, "dan", book)
    share(sharing, "bob", book, "dan")
    assert sees(sharing, "dan", book)
    with pytest.raises(NotAllowed):
        records.update(sharing.caller("dan"), "book", [{"id": book, "title": "Mine"}])
    share(sharing, "bob", book, "dan", access="edit")
    records.update(sharing.caller("dan"), "book", [{"id": book, "title": "Mine"}])
    with pytest.raises(NotAllowed):
        records.delete(sharing.caller("dan"), "book", [book])


def test_a_department_passes_it_on_to_all_below_and_a_team_to_its_members(sharing: Sharing) -> None:
    book = sharing.make()
    share(sharing, "bob", book, "north")
    assert (sees(sharing, "eve", book), sees(sharing, "fay", book)) == (True, False)
    share(sharing, "bob", book, "press")
    assert sees(sharing, "fay", book)


def test_a_share_ends_by_itself_at_the_end_of_its_last_day(sharing: Sharing) -> None:
    book = sharing.make()

    def until_today(today: dt.date) -> tuple[dict[str, Any], bool]:
        share(sharing, "bob", book, "dan", until=today)
        return shares.list_shares(sharing.caller("bob"), "book", book)[0], sees(sharing, "dan", book)

    today, (found, seen) = on_one_day("Asia/Shanghai", until_today)
    end = dt.datetime.fromisoformat(found["expires_at"])
    zone = sharing.caller("bob").timezone
    assert (found["until"], found["active"], zone) == (today.isoformat(), True, sharing.reading.tenant.timezone)
    assert end.time() == dt.time(16, 0)  # midnight in Shanghai
    assert seen
    sharing.expire(book)
    assert not sees(sharing, "dan", book)
    assert list_records(sharing.caller("dan"), "book", filter=f'id = "{book}"').records == []
    (found,) = shares.list_shares(sharing.caller("bob"), "book", book)
    assert found["active"] is False


def test_what_hangs_on_the_record_comes_along_also_what_is_made_later(sharing: Sharing) -> None:
    book = sharing.make()
    before, other = sharing.make("loan", book=book), sharing.make("review", book=book)
    share(sharing, "bob", book, "dan", relations=["loan.book"])
    later = sharing.make("loan", book=book)
    assert (sees(sharing, "dan", before, "loan"), sees(sharing, "dan", later, "loan")) == (True, True)
    records.update(sharing.reading.admin, "loan", [{"id": later, "book": sharing.make()}])
    assert not sees(sharing, "dan", later, "loan")
    with pytest.raises(NotAllowed):
        get(sharing.caller("dan"), "review", other)


def test_only_lookups_that_follow_shares_and_may_be_read_are_offered(sharing: Sharing) -> None:
    assert [one.name for one in shares.relations_of(sharing.caller("bob"), "book")] == ["loan.book"]
    assert [one.label.zh for one in shares.relations_of(sharing.caller("bob"), "book")] == ["借阅"]
    book = sharing.make()
    for relation in ("review.book", "fine.book", "chapter.book", "nonsense", ""):
        assert refused(sharing, "bob", book, "dan", relations=[relation]) == [("relations", "unknown_relation")]


def test_without_the_right_share_nobody_shares_even_his_own(sharing: Sharing) -> None:
    book = sharing.make(owner="dan")
    with pytest.raises(NotAllowed):
        share(sharing, "dan", book, "bob")
    for object in ("user", "department", "review", "fine"):
        with pytest.raises(NotAllowed):
            share(sharing, "bob", sharing["dan"], "bob", object)


def test_what_may_not_be_seen_is_not_there_to_be_shared(sharing: Sharing) -> None:
    book = sharing.make(owner="ann")
    for id in (book, "00000000-0000-7000-8000-000000000000", "not-an-id", ""):
        with pytest.raises(NotFound):
            share(sharing, "bob", id, "dan")
        with pytest.raises(NotFound):
            shares.list_shares(sharing.caller("bob"), "book", id)
    deleted = sharing.make()
    records.delete(sharing.reading.admin, "book", [deleted])
    with pytest.raises(NotFound):
        share(sharing, "bob", deleted, "dan")


def test_nobody_gives_more_than_he_may_do_himself(sharing: Sharing) -> None:
    book = sharing.make()
    share(sharing, "bob", book, "cat")
    assert refused(sharing, "cat", book, "dan", access="edit") == [("access", "access_beyond_own")]
    assert refused(sharing, "cat", book, "dan", relations=["loan.book"]) == [("relations", "relations_beyond_own")]
    assert refused(sharing, "cat", book, "dan", role="Editor") == [("role", "role_beyond_own")]
    share(sharing, "cat", book, "dan")
    assert sees(sharing, "dan", book)
    share(sharing, "bob", book, "cat", access="edit")
    share(sharing, "cat", book, "dan", access="edit", relations=["loan.book"], role="Editor")


def test_details_are_shared_by_sharing_their_parent(sharing: Sharing) -> None:
    book = sharing.make()
    chapter = str(records.create(sharing.reading.admin, "chapter", [{"book": book, "title": "I"}]).records[0].id)
    with pytest.raises(BadRequest, match="share the book"):
        share(sharing, "ann", chapter, "dan", "chapter")
    share(sharing, "bob", book, "dan")
    assert sees(sharing, "dan", chapter, "chapter")


def test_a_queue_and_nobody_at_all_cannot_be_shared_with(sharing: Sharing) -> None:
    book = sharing.make()
    assert refused(sharing, "bob", book, "inbox") == [("subject", "subject_is_queue")]
    for subject in ("00000000-0000-7000-8000-000000000000", "Bob", "", None, 7):
        with pytest.raises(RecordsInvalid) as caught:
            shares.share(sharing.caller("bob"), "book", [book], {"subject": subject})
        assert [error.code for error in caught.value.errors] == ["no_subject"]
    gone = people.create_user(
        sharing.reading.database, sharing.reading.tenant, {"name": "Gus", "email": "gus@library.test"}
    ).id
    people.deactivate_user(sharing.reading.database, sharing.reading.tenant, gone)
    with pytest.raises(RecordsInvalid):
        shares.share(sharing.caller("bob"), "book", [book], {"subject": gone})


@pytest.mark.parametrize(
    ("terms", "field", "code"),
    [
        ({"until": dt.date(2020, 1, 1)}, "until", "until_past"),
        ({"until": dt.date(9999, 12, 31)}, "until", "until_late"),
        ({"access": "own"}, "access", "unknown_access"),
        ({"role": "x" * 61}, "role", "too_long"),
        ({"note": "x" * 501}, "note", "too_long"),
        ({"note": "a\ud800b"}, "note", "bad_character"),
    ],
)
def test_wrong_terms_are_named(sharing: Sharing, terms: dict[str, Any], field: str, code: str) -> None:
    assert refused(sharing, "bob", sharing.make(), "dan", **terms) == [(field, code)]


def test_giving_anew_widens_and_takes_nothing_away(sharing: Sharing) -> None:
    book = sharing.make()
    first = share(sharing, "bob", book, "dan", access="edit", until=FAR, role="Editor")
    again = share(sharing, "bob", book, "dan", relations=["loan.book"], until=dt.date(2980, 1, 1), note="for May")
    (found,) = shares.list_shares(sharing.caller("bob"), "book", book)
    assert (first, found["id"]) == (again, again)
    assert (found["access"], found["role"], found["note"]) == ("edit", "Editor", "for May")
    assert (found["relations"], found["until"]) == (["loan.book"], FAR.isoformat())
    share(sharing, "bob", book, "dan")
    (found,) = shares.list_shares(sharing.caller("bob"), "book", book)
    assert (found["access"], found["until"]) == ("edit", None)


def test_an_expired_share_is_given_anew_with_what_is_said_now(sharing: Sharing) -> None:
    book = sharing.make()
    share(sharing, "bob", book, "dan", access="edit", until=FAR, role="Editor")
    sharing.expire(book)
    share(sharing, "bob", book, "dan")
    (found,) = shares.list_shares(sharing.caller("bob"), "book", book)
    assert (found["access"], found["role"], found["active"]) == ("read", None, True)


def test_a_share_is_changed_or_withdrawn_by_its_maker_an_editor_who_shares_or_an_administrator(
    sharing: Sharing,
) -> None:
    book = sharing.make()
    share(sharing, "bob", book, "cat")
    share(sharing, "bob", book, "eve", access="edit")
    made = share(sharing, "cat", book, "fay")
    for who in ("dan", "eve", "fay"):  # not seen; may edit but not share; the one it is made out to
        with pytest.raises(Fault) as caught:
            shares.change(sharing.caller(who), "book", book, made, {"note": "x"})
        assert caught.value.status == (404 if who == "dan" else 403)
        with pytest.raises(Fault):
            shares.withdraw(sharing.caller(who), "book", book, made)
    shares.change(sharing.caller("cat"), "book", book, made, {"note": "by its maker"})
    with pytest.raises(RecordsInvalid):
        shares.change(sharing.caller("cat"), "book", book, made, {"access": "edit"})
    shares.change(sharing.caller("bob"), "book", book, made, {"access": "edit"})
    shares.change(sharing.caller("cat"), "book", book, made, {"note": "still its maker"})
    shares.change(sharing.caller("ann"), "book", book, made, {"role": "Critic", "until": FAR})
    shares.withdraw(sharing.caller("cat"), "book", book, made)
    assert not sees(sharing, "fay", book)
    with pytest.raises(NotFound):
        shares.withdraw(sharing.caller("bob"), "book", book, made)


def test_a_share_is_found_only_at_its_own_record(sharing: Sharing) -> None:
    one, other = sharing.make(), sharing.make()
    made = share(sharing, "bob", one, "dan")
    for record, id in ((other, made), (one, other), (one, "nonsense")):
        with pytest.raises(NotFound):
            shares.withdraw(sharing.caller("bob"), "book", record, id)
    assert sees(sharing, "dan", one)


def test_many_records_are_shared_at_once_and_those_that_cannot_be_are_named(sharing: Sharing) -> None:
    own, hidden = [sharing.make() for _ in range(3)], sharing.make(owner="ann")
    given = {"subject": sharing["dan"], "role": "Editor"}
    with pytest.raises(RecordsInvalid):
        shares.share(sharing.caller("bob"), "book", [*own, hidden], given)
    assert not sees(sharing, "dan", own[0])
    result = shares.share(sharing.caller("bob"), "book", [own[0], hidden, "nonsense", own[1]], given, atomic=False)
    assert [(one.ok, one.changed) for one in result.records if one.ok] == [(True, True)] * 2
    assert [error.index for error in result.errors] == [1, 2]
    again = shares.share(sharing.caller("bob"), "book", own, given)
    assert [one.changed for one in again.records] == [False, False, True]
    for ids in ([], own * 400):
        with pytest.raises(RecordsInvalid):
            shares.share(sharing.caller("bob"), "book", ids, given)


def test_what_one_did_can_be_taken_back_as_far_as_nobody_changed_it_since(sharing: Sharing) -> None:
    books = [sharing.make() for _ in range(3)]
    bob = sharing.caller("bob")
    share(sharing, "bob", books[0], "dan", until=FAR)
    result = shares.share(bob, "book", books, {"subject": sharing["dan"], "access": "edit"})
    shares.change(bob, "book", books[2], result.ids[books[2]], {"role": "Editor"})
    with pytest.raises(NotFound):
        shares.take_back(sharing.caller("cat"), "book", result.ref)
    assert shares.take_back(bob, "book", result.ref) == (2, 1)
    (first,) = shares.list_shares(bob, "book", books[0])
    assert (first["access"], first["until"]) == ("read", FAR.isoformat())
    assert shares.list_shares(bob, "book", books[1]) == []
    assert shares.take_back(bob, "book", result.ref) == (0, 3)


def test_a_withdrawn_share_comes_back_as_it_was_unless_one_may_not_give_it_any_more(sharing: Sharing) -> None:
    book = sharing.make()
    made = share(sharing, "bob", book, "dan", access="edit", role="Editor", until=FAR, note="n")
    (was,) = shares.list_shares(sharing.caller("bob"), "book", book)
    ref = shares.withdraw(sharing.caller("bob"), "book", book, made)
    assert shares.take_back(sharing.caller("bob"), "book", ref) == (1, 0)
    assert shares.list_shares(sharing.caller("bob"), "book", book) == [was]
    ref = shares.withdraw(sharing.caller("bob"), "book", book, made)
    records.update(sharing.reading.admin, "book", [{"id": book, "owner": sharing["cat"]}])
    share(sharing, "cat", book, "bob")
    assert shares.take_back(sharing.caller("bob"), "book", ref) == (0, 1)
    assert not sees(sharing, "dan", book)


def test_those_with_whom_one_can_share_are_found_by_their_words(sharing: Sharing) -> None:
    bob = sharing.caller("bob")
    assert [one.name for one in shares.matching(bob, "north")] == ["North", "North-east"]
    assert [(one.kind, one.about) for one in shares.matching(bob, "EVE@")] == [("user", "North-east")]
    assert shares.matching(bob, "inbox") == []
    found = shares.the_one_called(bob, " press ")
    assert found is not None
    assert found.id == sharing["press"]
    assert (shares.the_one_called(bob, "nor"), shares.the_one_called(bob, "")) == (None, None)


def test_roles_in_use_are_suggested(sharing: Sharing) -> None:
    shelf = sharing.make("shelf")
    share(sharing, "bob", shelf, "dan", "shelf", role="Curator")
    share(sharing, "bob", shelf, "cat", "shelf", role="Painter")
    share(sharing, "bob", sharing.make("shelf"), "dan", "shelf", role="Curator")
    assert shares.roles_in_use(sharing.caller("bob"), "shelf") == ["Curator", "Painter"]


def test_two_who_share_at_once_make_one_share_that_holds_what_both_gave(sharing: Sharing) -> None:
    for _ in range(5):
        book, start = sharing.make(), threading.Barrier(4)
        share(sharing, "bob", book, "cat", access="edit")

        def give(who: str, terms: dict[str, Any], book: str = book, start: threading.Barrier = start) -> None:
            caller = sharing.caller(who)
            start.wait()
            shares.share(caller, "book", [book], {"subject": sharing["dan"], **terms})

        given: list[tuple[str, dict[str, Any]]] = [
            ("bob", {"access": "edit"}),
            ("bob", {"relations": ["loan.book"]}),
            ("cat", {"role": "Editor"}),
            ("cat", {"note": "n"}),
        ]
        givers = [threading.Thread(target=give, args=one) for one in given]
        for one in givers:
            one.start()
        for one in givers:
            one.join()
        found = [one for one in shares.list_shares(sharing.caller("bob"), "book", book) if one["subject.name"] == "Dan"]
        assert [(one["access"], one["relations"], one["role"], one["note"]) for one in found] == [
            ("edit", ["loan.book"], "Editor", "n")
        ]


def test_a_thousand_records_are_shared_and_taken_back_in_one_action(sharing: Sharing) -> None:
    rows = [{"title": f"Volume {n}", "owner": sharing["bob"]} for n in range(shares.MOST)]
    books = [str(one.id) for one in records.create(sharing.reading.admin, "book", rows).records]
    before = len(list_records(sharing.caller("dan"), "book", limit=1000).records)
    result = shares.share(sharing.caller("bob"), "book", books, {"subject": sharing["dan"]})
    assert (
        len(list_records(sharing.caller("dan"), "book", limit=1000, filter='CONTAINS(title, "Volume")').records) == 1000
    )
    assert shares.take_back(sharing.caller("bob"), "book", result.ref) == (1000, 0)
    assert len(list_records(sharing.caller("dan"), "book", limit=1000).records) == before
