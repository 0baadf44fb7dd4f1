"""Own reports and dashboards: kept, changed by version, shared, put away and brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dougong_metadata.errors import InvalidDocuments
from dougong_platform import own_documents
from dougong_platform.errors import NotAllowed, NotFound, RecordsInvalid
from dougong_platform.own_documents import keeping
from dougong_platform.own_documents.errors import DocumentChanged
from dougong_platform.own_documents.handlers import forget
from dougong_platform.own_documents.sharing import share, shared_with
from dougong_platform.reports.finding import all_of, find
from dougong_tenants import people
from kept_reports import BODY, Kept
from reading import Client


@pytest.fixture(autouse=True)
def _empty(kept: Kept) -> Iterator[None]:
    yield
    kept.reading.run("delete from _own_document returning 1")


def _names(kept: Kept, who: str) -> set[str]:
    return {one.label for one in own_documents.list_for(kept.caller(who))}


def test_what_somebody_keeps_is_his_alone_until_he_shares_it(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "  My   books ", BODY)
    assert (made.label, made.version, made.access, made.owner_name) == ("My books", 1, "own", "Bob")
    assert _names(kept, "bob") == {"My books"}
    assert _names(kept, "cat") == set()
    for who in ("cat", "ann"):
        with pytest.raises(NotFound):
            own_documents.find(kept.caller(who), made.id)
    with pytest.raises(NotFound):
        own_documents.find(kept.caller("bob"), made.id, "dashboard")


@pytest.mark.parametrize(
    ("kind", "id", "readers"),
    [
        ("user", "dan", {"dan"}),
        ("department", "north", {"eve"}),
        ("department", "east", {"eve"}),
        ("team", "press", {"fay"}),
        ("permission_set", "reader", {"dan", "eve", "fay"}),
        ("permission_set", "keeper", {"cat"}),
        ("everybody", None, {"ann", "cat", "dan", "eve", "fay"}),
    ],
)
def test_sharing_reaches_exactly_those_it_names(kept: Kept, kind: str, id: str | None, readers: set[str]) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Shared", BODY)
    key = kept.ids.get(id or "", id)
    share(kept.caller("bob"), made.id, [{"kind": kind, "id": key, "access": "read"}])
    seen = {who for who in ("ann", "cat", "dan", "eve", "fay") if _names(kept, who)}
    assert seen == readers
    for who in readers:
        found = own_documents.find(kept.caller(who), made.id)
        assert (found.access, found.editable) == ("read", False)
        with pytest.raises(NotAllowed):
            own_documents.change(kept.caller(who), made.id, 1, label="Mine now")


def test_whoever_may_edit_changes_it_but_neither_shares_nor_removes_it(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Shared", BODY)
    share(kept.caller("bob"), made.id, [{"kind": "user", "id": kept["cat"], "access": "edit"}])
    changed = own_documents.change(kept.caller("cat"), made.id, 1, label="Ours")
    assert (changed.label, changed.version, changed.access) == ("Ours", 2, "edit")
    with pytest.raises(NotAllowed):
        share(kept.caller("cat"), made.id, [])
    with pytest.raises(NotAllowed):
        own_documents.remove(kept.caller("cat"), made.id)


def test_of_two_who_change_one_version_the_second_is_shown_what_the_first_wrote(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    share(kept.caller("bob"), made.id, [{"kind": "user", "id": kept["cat"], "access": "edit"}])
    other = {**BODY, "values": {"n": "COUNT()"}}
    own_documents.change(kept.caller("cat"), made.id, 1, body=other)
    with pytest.raises(DocumentChanged) as stopped:
        own_documents.change(kept.caller("bob"), made.id, 1, label="Mine")
    assert stopped.value.data["current"]["body"] == other
    assert stopped.value.data["current"]["version"] == 2
    assert "Cat" in stopped.value.message("zh")


def test_of_many_at_once_exactly_one_gets_a_version(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)

    def change(number: int) -> bool:
        try:
            own_documents.change(kept.caller("bob"), made.id, 1, label=f"Books {number}")
        except DocumentChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(change, range(8))) == 1
    assert own_documents.find(kept.caller("bob"), made.id).version == 2


def test_a_save_that_changes_nothing_is_no_new_version(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    assert own_documents.change(kept.caller("bob"), made.id, 1, label="Books", body=BODY).version == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"object": "nothing"}, "object"),
        ({"object": "book", "rows": ["nothing"], "values": {"n": "COUNT()"}}, "rows"),
        ({"object": "book", "rows": ["genre"], "values": {"n": "SUM(nothing)"}}, "values"),
        ({"object": "book", "where": "title ="}, "where"),
        ({"surprise": 1}, ""),
        ({}, ""),
    ],
)
def test_a_body_with_problems_is_refused_with_their_places(kept: Kept, body: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidDocuments) as refused:
        own_documents.create(kept.caller("bob"), "report", "Wrong", body)
    assert any(path in one.path for one in refused.value.problems)
    assert _names(kept, "bob") == set()


def test_what_documents_alone_may_say_is_refused(kept: Kept) -> None:
    for key in ("for", "only", "view_as", "name"):
        with pytest.raises(RecordsInvalid) as refused:
            own_documents.create(kept.caller("bob"), "report", "Mine", {**BODY, key: "x"})
        assert [error.field for error in refused.value.errors] == [key]


def test_what_may_not_be_read_does_not_exist_for_what_one_writes(kept: Kept) -> None:
    """Neither by the refusal itself nor by a hint can a hidden field be told from one that is not there."""
    told = []
    for field in ("cost", "cosd"):
        body = {"object": "book", "rows": ["genre"], "values": {"n": f"SUM({field})"}}
        with pytest.raises(InvalidDocuments) as refused:
            own_documents.create(kept.caller("dan"), "report", "Costs", body)
        told.append([one.en.replace(field, "…") for one in refused.value.problems])
    assert told[0] == told[1]
    with pytest.raises(InvalidDocuments):
        own_documents.create(kept.caller("dan"), "report", "Vaults", {"object": "vault", "values": {"n": "COUNT()"}})


def test_too_large_too_deep_and_too_many_are_refused(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"where": deep}
    for body in ({**BODY, "where": "x" * 200_000}, deep, {**BODY, "where": "a\x00b"}):
        with pytest.raises(RecordsInvalid):
            own_documents.create(kept.caller("bob"), "report", "Large", body)
    for label in ("", " \n ", "x" * 101, "a\x00"):
        with pytest.raises(RecordsInvalid):
            own_documents.create(kept.caller("bob"), "report", label, BODY)
    monkeypatch.setattr(keeping, "MOST", 2)
    for number in range(2):
        own_documents.create(kept.caller("bob"), "report", f"Number {number}", BODY)
    with pytest.raises(RecordsInvalid):
        own_documents.create(kept.caller("bob"), "report", "Too many", BODY)
    own_documents.create(kept.caller("cat"), "report", "Another's", BODY)


def test_what_is_removed_comes_back_with_those_it_was_shared_with_for_thirty_days(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    share(kept.caller("bob"), made.id, [{"kind": "everybody"}])
    own_documents.remove(kept.caller("bob"), made.id)
    assert _names(kept, "bob") == _names(kept, "cat") == set()
    with pytest.raises(NotFound):
        own_documents.restore(kept.caller("cat"), made.id)
    forget(kept.reading.database, kept.reading.tenant)
    own_documents.restore(kept.caller("bob"), made.id)
    assert _names(kept, "bob") == _names(kept, "cat") == {"Books"}
    own_documents.remove(kept.caller("bob"), made.id)
    kept.reading.run("update _own_document set deleted_at = now() - interval '31 days' returning 1")
    forget(kept.reading.database, kept.reading.tenant)
    with pytest.raises(NotFound):
        own_documents.restore(kept.caller("bob"), made.id)


def test_only_those_who_are_there_can_be_shared_with(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    for wrong in (
        {"kind": "user", "id": kept["inbox"]},
        {"kind": "user", "id": kept["press"]},
        {"kind": "team", "id": kept["dan"]},
        {"kind": "user", "id": "x"},
        {"kind": "user"},
        {"kind": "permission_set", "id": "nobody"},
        {"kind": "user", "id": kept["bob"]},
    ):
        with pytest.raises(RecordsInvalid):
            share(kept.caller("bob"), made.id, [wrong])


def test_whoever_left_stays_listed_without_a_name_to_be_taken_out(kept: Kept) -> None:
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    database, tenant = kept.reading.database, kept.reading.tenant
    team = people.create_team(database, tenant, "Fleeting")
    share(kept.caller("bob"), made.id, [{"kind": "team", "id": team}])
    people.delete_team(database, tenant, team)
    found = own_documents.find(kept.caller("bob"), made.id)
    assert [(one.kind, one.name) for one in shared_with(kept.caller("bob"), found)] == [("team", None)]
    share(kept.caller("bob"), made.id, [{"kind": "team", "id": team}, {"kind": "user", "id": kept["dan"]}])
    share(kept.caller("bob"), made.id, [])
    assert own_documents.find(kept.caller("bob"), made.id).shared == {}


def test_those_who_are_new_and_named_are_told_once_and_sharing_is_noted(kept: Kept) -> None:
    kept.reading.run("delete from _notification returning 1")
    made = own_documents.create(kept.caller("bob"), "report", "Books", BODY)
    wanted = [
        {"kind": "user", "id": kept["dan"]},
        {"kind": "team", "id": kept["press"]},
        {"kind": "department", "id": kept["north"]},
    ]
    share(kept.caller("bob"), made.id, wanted[:1])
    share(kept.caller("bob"), made.id, wanted)
    told = kept.reading.run("select \"user\", page, title ->> 'zh' from _notification order by 1")
    assert {user for user, _, _ in told} == {kept["dan"], kept["fay"]}
    assert len(told) == 2
    assert {(page, title) for _, page, title in told} == {(f"/reports/{made.id}", "Bob 与您共享了报表：Books")}
    noted = kept.reading.run(
        "select details from _audit where action = 'own_document.shared' and target = %s order by at", [made.id]
    )
    assert [details["changes"]["shared"][0] for (details,) in noted] == [None, "Dan (read)"]


def test_reports_are_found_by_name_and_by_id(kept: Kept) -> None:
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    assert [one.key for one in all_of(kept.caller("bob"))] == ["by_genre", "for_keepers", mine.id]
    assert [one.key for one in all_of(kept.caller("dan"))] == ["by_genre", mine.id]
    found = find(kept.caller("dan"), mine.id)
    assert (found.own, found.editable, found.owner) == (True, False, kept["bob"])
    assert found.report.label.text("zh") == "Mine"
    assert find(kept.caller("bob"), mine.id).editable
    for key in ("for_keepers", "nothing", mine.id[:-1] + "10"[int(mine.id[-1] == "1")], "a" * 500):
        with pytest.raises(NotFound):
            find(kept.caller("dan"), key)


def test_one_that_fits_todays_metadata_no_more_opens_with_its_problems(
    kept: Kept, client_as: Callable[..., Client]
) -> None:
    mine = own_documents.create(kept.caller("bob"), "report", "Mine", BODY)
    share(kept.caller("bob"), mine.id, [{"kind": "user", "id": kept["dan"]}])
    kept.reading.run(
        'update _own_document set body = body::jsonb || \'{"rows": ["era"]}\' where id = %s returning 1', [mine.id]
    )
    for who in ("bob", "dan"):
        status, shown = client_as(who).get(f"/api/v1/own-documents/{mine.id}")
        assert status == 200
        assert "era" in shown["problems"][0]["message"]
    with pytest.raises(InvalidDocuments):
        find(kept.caller("bob"), mine.id)
    with pytest.raises(NotFound):
        find(kept.caller("dan"), mine.id)
    assert [bool(one.problems) for one in all_of(kept.caller("bob"))] == [False, False, True]
    assert mine.id not in {one.key for one in all_of(kept.caller("dan"))}
    own_documents.change(kept.caller("bob"), mine.id, 1, body=BODY)
    assert not find(kept.caller("dan"), mine.id).problems


def test_over_http_everything_has_its_code(kept: Kept, client_as: Callable[..., Client]) -> None:
    bob, cat = client_as("bob"), client_as("cat")
    path = "/api/v1/own-documents"
    status, made = bob.post(path, {"kind": "report", "label": "Books", "body": BODY})
    assert (status, made["access"], made["shared"], made["problems"]) == (201, "own", [], [])
    one = f"{path}/{made['id']}"
    assert cat.get(one)[0] == 404
    assert bob.post(one, {"label": "x"}, method="PATCH")[0] == 428
    assert bob.post(one, {"shared": [{"kind": "user", "id": kept["cat"], "access": "edit"}]}, method="PATCH")[0] == 200
    status, seen = cat.get(one)
    assert (status, seen["access"], "shared" in seen) == (200, "edit", False)
    assert cat.post(one, {"version": 1, "label": "Ours"}, method="PATCH")[0] == 200
    status, refused = bob.post(one, {"version": 1, "label": "Mine"}, method="PATCH")
    assert (status, refused["code"], refused["current"]["label"]) == (409, "document_changed", "Ours")
    status, refused = bob.post(one, {"version": 2, "body": {"object": "book", "rows": ["x"]}}, method="PATCH")
    assert (status, refused["errors"][0]["field"] is not None or refused["errors"][0].get("path")) == (422, True)
    assert cat.post(one, {"shared": []}, method="PATCH")[0] == 403
    assert [x["id"] for x in cat.get(path, kind="report")[1]["own_documents"]] == [made["id"]]
    assert cat.get(path, kind="dashboard")[1] == {"own_documents": []}
    assert cat.get(path, kind="x")[0] == 400
    assert cat.open(one, method="DELETE").status_code == 403
    assert bob.open(one, method="DELETE").status_code == 204
    assert bob.get(one)[0] == 404
    assert bob.post(one, {"removed": False}, method="PATCH")[0] == 200
    assert bob.get(one)[0] == 200
    for wrong in (
        {"kind": "x", "label": "a", "body": {}}, {"kind": "report", "label": 1, "body": {}},
        {"kind": "report", "label": "a"}, {"kind": "report", "label": "a", "body": []}, [],
    ):  # fmt: skip
        assert bob.post(path, wrong)[0] in (400, 422)
