"""What somebody keeps and a release has broken: its page says what is gone and leads to where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dougong_metadata.documents import Document, read_documents
from dougong_metadata.model.compile import compile_model
from dougong_platform import dashboards, own_documents
from dougong_platform.app import create_app
from dougong_platform.dashboards.errors import DashboardBroken
from dougong_platform.own_documents.sharing import share
from dougong_platform.releases.publish import publish
from dougong_platform.reports.subscriptions import keeping as subscriptions
from dougong_platform.settings import Settings
from kept_reports import BODY, DOCUMENTS, Kept, make_kept
from shelving import Person


@pytest.fixture(scope="module")
def kept(module_database_url: str) -> Iterator[Kept]:
    made = make_kept(module_database_url)
    yield made
    made.reading.database.close()


@pytest.fixture(scope="module")
def person(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Person]:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=kept.reading.database.dsn, secret="test", rate_limit=0
    )
    app = create_app(settings, kept.reading.database)
    return lambda name: Person(app.test_client(), name)


@pytest.fixture(scope="module")
def broken(kept: Kept) -> dict[str, str]:
    """Ids of bob's report and dashboards, after a release that takes the price and a report away."""
    bob = kept.caller("bob")
    report = own_documents.create(bob, "report", "Worth", BODY)
    shown = {"a": {"type": "chart", "report": "by_genre", "at": [0, 0, 4, 4]}}
    vaults = own_documents.create(bob, "report", "Vaults", {"object": "vault", "values": {"n": "COUNT()"}})
    board = own_documents.create(bob, "dashboard", "Board", {"widgets": shown})
    widgets = {
        "gone": {"type": "table", "report": report.id, "at": [0, 0, 4, 4]},
        "n": {"type": "number", "object": "book", "value": "COUNT()", "at": [4, 0, 4, 4]},
    }
    beside = own_documents.create(bob, "dashboard", "Beside", {"widgets": widgets})
    for one in (report, board, beside):
        share(bob, one.id, [{"kind": "user", "id": kept["cat"]}, {"kind": "user", "id": kept["dan"], "access": "edit"}])
    documents = []
    for one in read_documents(DOCUMENTS):
        body = {key: value for key, value in one.json().items() if key not in ("kind", "name")}
        if one.name == "book":
            body["fields"] = {name: field for name, field in body["fields"].items() if name != "price"}
        if one.name == "keeper":
            body["objects"] = {name: right for name, right in body["objects"].items() if name != "vault"}
        if one.name not in ("by_genre", "vault"):
            documents.append(Document(one.kind, one.name, body))
    publish(kept.reading.database, kept.reading.tenant, model=compile_model(documents))
    return {"report": report.id, "board": board.id, "beside": beside.id, "vaults": vaults.id}


@pytest.mark.parametrize("name", ["bob", "dan"])
def test_a_broken_report_says_what_is_gone_and_leads_to_its_builder(
    broken: dict[str, str], person: Callable[[str], Person], name: str
) -> None:
    one = person(name)
    page = one.get(f"/reports/{broken['report']}")
    assert page.status_code == 422
    assert "It speaks of what is not there any more" in page.text
    assert "price" in page.text
    assert f'href="/reports/{broken["report"]}/edit"' in page.text
    builder = one.get(f"/reports/{broken['report']}/edit")
    assert builder.status_code == 200
    assert "price" in builder.text


def test_a_report_whose_object_is_gone_says_so_and_can_be_put_away(
    broken: dict[str, str], person: Callable[[str], Person]
) -> None:
    bob = person("bob")
    page = bob.get(f"/reports/{broken['vaults']}")
    assert page.status_code == 422
    assert "vault" in page.text
    assert f'action="/reports/{broken["vaults"]}/delete"' in page.text
    assert f"/reports/{broken['vaults']}/edit" not in page.text  # there is nothing of which a builder could show fields
    assert bob.get(f"/reports/{broken['vaults']}/edit").status_code < 500
    assert bob.post(f"/reports/{broken['vaults']}/delete").status_code in (204, 303)
    assert bob.get(f"/reports/{broken['vaults']}").status_code == 404


def test_whoever_may_only_read_it_does_not_meet_it(broken: dict[str, str], person: Callable[[str], Person]) -> None:
    cat = person("cat")
    assert cat.get(f"/reports/{broken['report']}").status_code == 404
    assert broken["report"] not in cat.get("/reports").text


def test_a_broken_dashboard_says_what_is_gone_and_who_mends_it(
    broken: dict[str, str], person: Callable[[str], Person]
) -> None:
    page = person("bob").get(f"/dashboards/{broken['board']}")
    assert page.status_code == 409
    assert "by_genre" in page.text
    assert f'href="/dashboards/{broken["board"]}/edit"' in page.text
    assert person("bob").get(f"/dashboards/{broken['board']}/edit").status_code == 200
    page = person("cat").get(f"/dashboards/{broken['board']}")
    assert page.status_code == 409
    assert "Bob can change it." in page.text
    assert "/edit" not in page.text


def test_a_dashboard_stands_where_only_a_report_within_it_is_broken(
    broken: dict[str, str], person: Callable[[str], Person]
) -> None:
    page = person("bob").get(f"/dashboards/{broken['beside']}?all=1")
    assert page.status_code == 200
    assert "not there any more" in page.text


def test_every_other_address_of_it_is_refused_in_words(broken: dict[str, str], person: Callable[[str], Person]) -> None:
    bob = person("bob")
    for rest in ("/explain", "/records?value=n", "/export.csv", "/export.xlsx", "?print=1", "/share", "/subscriptions"):
        answer = bob.get(f"/reports/{broken['report']}{rest}")
        assert answer.status_code < 500, rest
        assert "Internal error" not in answer.text
    for rest in ("/widgets/a", "/edit", "/share", "/subscriptions"):
        assert bob.get(f"/dashboards/{broken['board']}{rest}").status_code < 500, rest
    for list_ in ("/reports", "/dashboards", "/"):
        assert bob.get(list_).status_code == 200


def test_the_owners_own_list_marks_it(broken: dict[str, str], person: Callable[[str], Person]) -> None:
    assert broken["report"] in person("bob").get("/reports").text


@pytest.mark.parametrize(
    ("name", "said", "edits"),
    [
        ("bob", "change it, or put it away.", True),
        ("dan", "change it, or put it away.", True),
        ("cat", "Bob can change it.", False),
    ],
)
def test_the_list_of_dashboards_marks_a_broken_one_and_says_what_to_do(
    broken: dict[str, str], person: Callable[[str], Person], name: str, said: str, edits: bool
) -> None:
    page = person(name).get("/dashboards").text
    (line,) = (part for part in page.split('<li class="dg-dash-line"') if f'/dashboards/{broken["board"]}"' in part)
    assert "Needs repair" in line
    assert said in line
    assert (f"/dashboards/{broken['board']}/edit" in line) is edits
    assert "/dashboards/home" not in line
    (whole,) = (part for part in page.split('<li class="dg-dash-line"') if f'/dashboards/{broken["beside"]}"' in part)
    assert "Needs repair" not in whole  # one widget of it says so itself


def test_the_api_marks_them_too(broken: dict[str, str], kept: Kept) -> None:
    bob = kept.caller("bob")
    found = {one.key: bool(one.problems) for one in dashboards.all_of(bob)}
    assert (found[broken["board"]], found[broken["beside"]]) == (True, False)
    with pytest.raises(DashboardBroken):
        dashboards.choose(bob, broken["board"])


def test_where_used_names_what_people_keep_and_whose_it_is_and_no_more(
    broken: dict[str, str], kept: Kept, person: Callable[[str], Person]
) -> None:
    secret = {"object": "book", "where": 'title = "Operation Kingfisher" and cost > 1', "values": {"n": "COUNT()"}}
    own_documents.create(kept.caller("bob"), "report", "Dear ones", secret)
    ann = person("ann")
    for address in ("/builder/objects/book/uses", "/builder/objects/book?field=cost"):
        page = ann.get(address)
        assert page.status_code == 200
        assert "“Dear ones” (Bob)" in page.text
        assert "Kingfisher" not in page.text
    assert "Dear ones" not in ann.get("/builder/objects/book?field=bought").text


def test_where_used_of_a_report_and_a_permission_set_names_them_too(
    broken: dict[str, str], kept: Kept, person: Callable[[str], Person]
) -> None:
    widgets = {"a": {"type": "table", "report": "for_keepers", "at": [0, 0, 4, 4]}}
    board = own_documents.create(kept.caller("bob"), "dashboard", "Morning", {"widgets": widgets})
    share(kept.caller("bob"), board.id, [{"kind": "permission_set", "id": "reader"}])
    subscriptions.create(kept.caller("ann"), "report", "for_keepers", {"cadence": "daily", "hour": 8})
    ann = person("ann")
    report = ann.get("/builder/reports/for_keepers/uses").text
    assert "Also in reports and dashboards that people keep: “Morning” (Bob)" in report
    assert "Also in subscriptions: “Keepers” (Ann)" in report
    shared = ann.get("/builder/permission_sets/reader/uses").text
    assert "People share reports and dashboards with it: “Morning” (Bob)" in shared


def test_the_plan_page_names_what_publishing_breaks(
    broken: dict[str, str], kept: Kept, person: Callable[[str], Person]
) -> None:
    own_documents.create(
        kept.caller("cat"), "report", "By day", {"object": "book", "rows": ["bought"], "values": {"n": "COUNT()"}}
    )
    ann = person("ann")
    assert ann.post("/builder/objects/book/fields/bought/retire").status_code in (200, 204, 303)
    page = ann.get("/builder/changes/plan")
    assert page.status_code == 200
    assert "Breaks 1 report that somebody keeps" in page.text
    assert "“By day” (Cat)" in page.text
