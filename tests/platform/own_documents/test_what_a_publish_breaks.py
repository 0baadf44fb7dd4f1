"""A publish that takes away what reports and dashboards of people's own speak of: the plan names them, `dougong check`
finds them, and none of it says what stands in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_platform import own_documents
from dougong_platform.files.store import FileStore
from dougong_platform.integrity.kept import own_documents as fallen_ones
from dougong_platform.integrity.snapshot import taken
from dougong_platform.own_documents.sharing import share
from dougong_platform.own_documents.standing import all_kept, that_use
from dougong_platform.releases.plan import plan_model
from dougong_platform.releases.publish import publish
from dougong_platform.reports.subscriptions import keeping as subscriptions
from dougong_platform.reports.uses import Uses, used_by_people
from kept_reports import BODY, DOCUMENTS, Kept, make_kept

SECRET = 'title = "Operation Kingfisher"'


@pytest.fixture(scope="module")
def kept(module_database_url: str) -> Iterator[Kept]:
    made = make_kept(module_database_url)
    plain = own_documents.create(made.caller("bob"), "report", "Worth", {**BODY, "where": SECRET})
    own_documents.create(made.caller("cat"), "report", "How many", {"object": "book", "values": {"n": "COUNT()"}})
    widgets = {"a": {"type": "chart", "report": "by_genre", "at": [0, 0, 4, 4]}}
    own_documents.create(made.caller("cat"), "dashboard", "My board", {"widgets": widgets})
    own = {"b": {"type": "table", "report": plain.id, "at": [0, 0, 4, 4]}}
    own_documents.create(made.caller("bob"), "dashboard", "Beside it", {"widgets": own})
    share(made.caller("bob"), plain.id, [{"kind": "permission_set", "id": "reader"}])
    subscriptions.create(made.caller("dan"), "report", "by_genre", {"cadence": "daily", "hour": 8})
    subscriptions.create(made.caller("bob"), "report", plain.id, {"cadence": "daily", "hour": 8})
    yield made
    made.reading.database.close()


def changed(**bodies: Any) -> Model:
    """The documents with these instead ("kind__name"); None takes one away."""
    documents = {(one.kind, one.name): one for one in read_documents(DOCUMENTS)}
    for key, body in bodies.items():
        kind, _, name = key.partition("__")
        documents.pop((kind, name))
        if body is not None:
            documents[kind, name] = Document(kind, name, body)
    return compile_model(list(documents.values()))


def book(*without: str, **fields: Any) -> dict[str, Any]:
    (found,) = (one for one in read_documents(DOCUMENTS) if (one.kind, one.name) == ("object", "book"))
    body = {key: value for key, value in found.json().items() if key not in ("kind", "name")}
    known = {name: field for name, field in body["fields"].items() if name not in without}
    return {**body, "fields": {**known, **fields}}


BY_GENRE = {"object": "book", "rows": ["genre"], "values": {"n": "COUNT()"}}


def steps(kept: Kept, model: Model) -> dict[tuple[str, str], tuple[int, str, str]]:
    """(action, about what) -> (how many, what it says, its note), of what is advised."""
    made = plan_model(kept.reading.database, kept.reading.tenant, model)
    return {
        (one.action, one.object): (one.impact.bad, one.says.en, one.impact.note.en)
        for one in made.steps
        if one.action in ("break_own", "end_sharing", "stop_sending") and one.impact.note is not None
    }


def test_a_field_that_goes_breaks_the_reports_that_name_it(kept: Kept) -> None:
    found = steps(kept, changed(object__book=book("price"), report__by_genre=BY_GENRE))
    many, says, note = found["break_own", "report"]
    assert (many, says) == (1, "Breaks 1 report that somebody keeps")
    assert note.startswith("“Worth” (Bob).")
    assert ("break_own", "dashboard") not in found  # a widget says that its report is away; the others stand
    assert found["stop_sending", "report"][0] == 1
    assert "Kingfisher" not in str(found)
    assert "price" not in str(found)


def test_a_new_name_counts_as_removed_and_the_plan_says_so(kept: Kept) -> None:
    renamed = book("price", cost_price={"type": "currency"})
    found = steps(kept, changed(object__book=renamed, report__by_genre=BY_GENRE))
    assert "A new name does not reach them" in found["break_own", "report"][2]


def test_a_new_type_that_can_no_longer_be_added_up_breaks_it_too(kept: Kept) -> None:
    found = steps(kept, changed(object__book=book("price", price={"type": "text"}), report__by_genre=BY_GENRE))
    assert found["break_own", "report"][0] == 1


def test_a_value_that_goes_breaks_what_compares_with_it(kept: Kept) -> None:
    made = own_documents.create(
        kept.caller("fay"), "report", "Novels", {"object": "book", "where": 'genre = "novel"', "values": BODY["values"]}
    )
    less = {"type": "picklist", "values": ["manual"]}
    found = steps(kept, changed(object__book=book("genre", genre=less)))
    assert "“Novels” (Fay)" in found["break_own", "report"][2]
    own_documents.remove(kept.caller("fay"), made.id)
    assert steps(kept, changed(object__book=book("genre", genre=less))) == {}


def test_a_report_that_goes_takes_dashboards_and_subscriptions_along(kept: Kept) -> None:
    found = steps(kept, changed(report__by_genre=None))
    assert found["break_own", "dashboard"][0] == 1
    assert found["break_own", "dashboard"][2].startswith("“My board” (Cat).")
    many, _, note = found["stop_sending", "report"]
    assert many == 1
    assert "“Books by genre” (Dan)" in note
    assert ("break_own", "report") not in found


def test_an_object_that_goes_breaks_everything_about_it(kept: Kept) -> None:
    sets = {one.name: one.json() for one in read_documents(DOCUMENTS) if one.kind == "permission_set"}
    bare = {f"permission_set__{name}": {"label": body["label"], "objects": {}} for name, body in sets.items()}
    found = steps(kept, changed(object__book=None, report__by_genre=None, report__for_keepers=None, **bare))
    assert found["break_own", "report"][0] == 2
    assert found["stop_sending", "report"][0] == 2


def test_a_permission_set_that_goes_ends_what_is_shared_with_it(kept: Kept) -> None:
    found = steps(kept, changed(permission_set__reader=None))
    many, says, note = found["end_sharing", "permission_set"]
    assert (many, note) == (1, "No longer shared: “Worth” (Bob)")
    assert "“Reader”" in says


def test_a_change_that_breaks_nothing_says_nothing(kept: Kept) -> None:
    assert (
        steps(kept, changed(object__book=book("cost"), permission_set__reader={"objects": {"book": {"read": "own"}}}))
        == {}
    )


@pytest.mark.parametrize(
    ("object", "field", "used"),
    [
        ("book", "price", {"Worth"}),
        ("book", "genre", {"Worth"}),
        ("book", "cost", set()),
        ("book", None, {"Worth", "How many"}),
    ],
)
def test_where_used_knows_them(kept: Kept, object: str, field: str | None, used: set[str]) -> None:
    with kept.reading.database.transaction(kept.reading.tenant, read_only=True) as tx:
        found = that_use(kept.caller("ann").model, object, field, all_kept(tx.rows))
    assert {one.label for one in found} == used


@pytest.mark.parametrize(
    ("kind", "name", "field", "kept_by", "shared", "sent"),
    [
        ("object", "book", "price", "“Worth” (Bob)", "", "“Worth” (Bob)"),
        ("object", "book", "cost", "", "", "“Keepers” (Ann)"),  # what is asked of it besides
        ("object", "book", "gone", "", "", ""),
        ("report", "by_genre", None, "“My board” (Cat)", "", "“Books by genre” (Dan)"),
        ("report", "for_keepers", None, "", "", "“Keepers” (Ann)"),
        ("permission_set", "reader", None, "", "“Worth” (Bob)", ""),
        ("permission_set", "keeper", None, "", "", "“Keepers” (Ann)"),
        ("picklist", "reader", None, "", "", ""),
    ],
)
def test_where_used_says_what_people_keep_share_and_have_sent(
    kept: Kept, kind: str, name: str, field: str | None, kept_by: str, shared: str, sent: str
) -> None:
    holders = [{"kind": "permission_set", "id": "keeper"}]
    asked = {"cadence": "daily", "hour": 8, "recipients": holders, "filters": {"where": "cost > 3"}}
    made = subscriptions.create(kept.caller("ann"), "report", "for_keepers", asked)
    try:
        found = used_by_people(kept.caller("ann"), kind, name, field)
    finally:
        subscriptions.remove(kept.caller("ann"), made.id)
    assert found == Uses(kept_by, shared, sent)
    assert "Kingfisher" not in str(found)


def test_afterwards_the_check_names_them(kept: Kept, tmp_path: Any) -> None:
    database, tenant = kept.reading.database, kept.reading.tenant
    with taken(database, tenant, FileStore(tmp_path)) as snapshot:
        assert list(fallen_ones(snapshot)) == []
    publish(database, tenant, model=changed(object__book=book("price"), report__by_genre=None))
    with taken(database, kept.reading.tenant, FileStore(tmp_path)) as snapshot:
        found = {one.subject: (one.count, one.examples) for one in fallen_ones(snapshot)}
    assert found == {"own report": (1, ("“Worth” (Bob)",)), "own dashboard": (1, ("“My board” (Cat)",))}
