"""Dashboards in the engine: who sees which, home, each widget under the right access, one fault among many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

import cockpit
from dougong_metadata.errors import Fault
from dougong_metadata.label import Label
from dougong_metadata.model.dashboard_types import DashboardModel, Place, WidgetModel
from dougong_platform import dashboards, own_documents, query, records
from dougong_platform.app import create_app
from dougong_platform.dashboards.errors import DashboardBroken, SeenAsGone, WidgetAway, WidgetFailed, WidgetUnknown
from dougong_platform.dashboards.narrowing import departments_in
from dougong_platform.dashboards.widget_data import CalendarData, NumberData, RecordsData, ReportData, WordsData
from dougong_platform.errors import BadFilter, NotAllowed, NotFound, ReleaseChanged
from dougong_platform.http.caller import Caller
from dougong_platform.people.acting import acting_as
from dougong_platform.reports.asked import AS_IT_SAYS, Asked
from dougong_platform.settings import Settings
from dougong_tenants.people import create_department, update_user
from one_day import within_one_day
from reading import Client
from shelving import BOOKS, Shelving, make_shelving


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    made = make_shelving(module_database_url, cockpit.DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture
def ann(shelving: Shelving) -> Caller:
    return acting_as(shelving.database, shelving.tenant, shelving.ann, cause="test")


@pytest.fixture
def bob(shelving: Shelving) -> Caller:
    return acting_as(shelving.database, shelving.tenant, shelving.bob, cause="test")


def board(*widgets: WidgetModel) -> DashboardModel:
    return DashboardModel("board", Label("Board", "看板"), widgets)


def widget(type: str, **settings: object) -> WidgetModel:
    return WidgetModel("w", type, Place(0, 0, 4, 4), None, settings)


def number(caller: Caller, key: str, name: str, asked: Asked = AS_IT_SAYS) -> NumberData:
    data = dashboards.widget(caller, dashboards.find(caller, key), name, asked)
    assert isinstance(data, NumberData)
    return data


def test_everybody_sees_what_is_open_to_him_in_its_order(ann: Caller, bob: Caller) -> None:
    assert [one.key for one in dashboards.documents(ann)] == ["overview", "keepers", "watched"]
    assert [one.key for one in dashboards.documents(bob)] == ["overview", "watched"]
    with pytest.raises(NotFound):
        dashboards.find(bob, "keepers")


def test_home_is_that_of_ones_sets_or_the_one_chosen(ann: Caller, bob: Caller) -> None:
    home = dashboards.home_of(bob)
    assert home is not None
    assert home.key == "overview"
    assert dashboards.home_of(ann) is None
    own = own_documents.create(bob, "dashboard", "Mine", {"widgets": {}})
    dashboards.choose(bob, own.id)
    assert (chosen := dashboards.home_of(bob)) is not None
    assert chosen.key == own.id
    own_documents.remove(bob, own.id)
    assert (back := dashboards.home_of(bob)) is not None  # what is chosen is gone
    assert back.key == "overview"
    dashboards.choose(bob, None)
    with pytest.raises(NotFound):
        dashboards.choose(bob, "keepers")


def test_numbers_are_the_viewers_own(ann: Caller, bob: Caller) -> None:
    records.create(bob, "book", [{"title": "Bob's", "price": "7", "state": "open"}])
    assert number(ann, "overview", "open").value == 53
    assert number(bob, "overview", "open").value == 1
    assert number(bob, "overview", "worth").value == "7.00"
    assert number(bob, "overview", "worth").target == "10000"


def test_a_dashboard_seen_as_somebody_else_shows_his_numbers_and_ones_own_records(ann: Caller, bob: Caller) -> None:
    assert number(bob, "watched", "worth").value == number(ann, "watched", "worth").value == BOOKS + 1
    found = dashboards.find(bob, "watched")
    mine = dashboards.widget(bob, found, "mine")
    assert isinstance(mine, RecordsData)
    assert mine.count == 1
    assert (person := dashboards.seen_as(bob, found.dashboard)) is not None
    assert person.name == "Ann"


def test_nobody_is_looked_through_who_has_left(bob: Caller) -> None:
    gone = replace(board(widget("number", object="book", value="COUNT()")), view_as="nobody@library.test")
    with pytest.raises(SeenAsGone):
        dashboards.data_of(bob, gone, gone.widgets[0])
    answered = dashboards.answered(bob, gone, gone.widgets[0])
    assert isinstance(answered.fault, SeenAsGone)
    assert "nobody@library.test" in answered.fault.message("en")


@within_one_day("Asia/Shanghai")
def test_a_short_list_says_how_many_of_all_are_late(ann: Caller) -> None:
    late = query.list_records(ann, "book", filter='due < TODAY() and state = "open"', limit=1, count=True).count
    short = board(widget("list", object="book", where='state = "open"', when="due", limit=2))
    data = dashboards.data_of(ann, short, short.widgets[0])
    assert isinstance(data, RecordsData)
    assert len(data.records) == 2
    assert data.late == late
    assert data.late > 2


def test_nobody_lends_himself_anothers_eyes(bob: Caller) -> None:
    with pytest.raises(Fault):
        own_documents.create(bob, "dashboard", "Sly", {"view_as": "ann@library.test", "widgets": {}})


def test_a_widget_answers_its_own_fault(ann: Caller, bob: Caller) -> None:
    overview = dashboards.find(bob, "overview").dashboard
    faults = {one.name: dashboards.answered(bob, overview, one).fault for one in overview.widgets}
    assert [name for name, fault in faults.items() if fault is not None] == ["cost"]
    assert not any(dashboards.answered(ann, overview, one).fault for one in overview.widgets)


def test_what_nobody_foresaw_stays_in_its_widget(ann: Caller) -> None:
    odd = board(widget("list", list_view="book_all", limit="many"))
    assert isinstance(dashboards.answered(ann, odd, odd.widgets[0]).fault, WidgetFailed)


def test_what_was_remembered_of_the_caller_is_no_fault_of_a_widget(ann: Caller) -> None:
    old = replace(ann, release=replace(ann.release, number=ann.release.number + 1))
    one = board(widget("list", list_view="book_all"))
    with pytest.raises(ReleaseChanged):
        dashboards.answered(old, one, one.widgets[0])


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"type": "list", "list_view": "gone"}, WidgetUnknown),
        ({"type": "calendar", "object": "book", "field": "title"}, WidgetUnknown),
        ({"type": "calendar", "object": "gone", "field": "due"}, WidgetUnknown),
        ({"type": "table", "report": "gone"}, NotFound),
        ({"type": "number", "report": "dear_books"}, WidgetUnknown),
        ({"type": "number", "report": "books_by_state", "value": "gone"}, WidgetUnknown),
        ({"type": "list", "object": "book", "where": "cost > 1"}, BadFilter),
        ({"type": "wonder"}, WidgetUnknown),
    ],
)
def test_a_fault_says_what_to_change(bob: Caller, settings: dict[str, str], fault: type[Fault]) -> None:
    one = board(widget(**settings))
    with pytest.raises(fault):
        dashboards.data_of(bob, one, one.widgets[0])


def test_no_widget_shows_what_its_viewer_may_not_read(shelving: Shelving) -> None:
    nobody = shelving.caller(shelving.bob, "keeper")
    one = board(widget("list", list_view="book_all"))
    with pytest.raises(NotAllowed):
        dashboards.data_of(nobody, one, one.widgets[0])


def test_owner_and_department_narrow_numbers_lists_and_calendars(ann: Caller, bob: Caller, shelving: Shelving) -> None:
    above = create_department(shelving.database, shelving.tenant, {"name": "Above"}, by=shelving.ann)
    inside = create_department(shelving.database, shelving.tenant, {"name": "Inside", "parent": above}, by=shelving.ann)
    update_user(shelving.database, shelving.tenant, shelving.bob, {"department": inside}, by=shelving.ann)
    assert departments_in(ann, str(above)) == [str(above), str(inside)]
    here = acting_as(shelving.database, shelving.tenant, shelving.ann, cause="test")
    for asked in (Asked(owner=shelving.bob), Asked(department=str(above)), Asked(department=str(inside))):
        assert number(here, "overview", "open", asked).value == 1
        assert number(here, "overview", "worth", asked).value == "7.00"
        one = board(widget("list", list_view="book_all"))
        listed = dashboards.data_of(here, one, one.widgets[0], asked)
        assert isinstance(listed, RecordsData)
        assert [record["title"] for record in listed.records] == ["Bob's"]
    own = board(widget("list", list_view="book_mine"))  # one's own stay one's own
    mine = dashboards.data_of(here, own, own.widgets[0], Asked(owner=shelving.bob))
    assert isinstance(mine, RecordsData)
    assert mine.count == 78


def test_a_calendar_holds_whole_weeks(ann: Caller) -> None:
    found = dashboards.find(ann, "overview")
    month = dashboards.widget(ann, found, "days", day="2026-01-20")
    assert isinstance(month, CalendarData)
    assert (month.first, month.weeks, month.month) == ("2025-12-29", 5, "2026-01")
    assert (month.previous, month.next) == ("2025-12-01", "2026-02-01")
    assert sum(map(len, month.days.values())) == BOOKS
    assert all(date.fromisoformat(day).month == 1 for day in month.days)
    odd = dashboards.widget(ann, found, "days", day="no day")
    assert isinstance(odd, CalendarData)


def test_announcements_end(ann: Caller) -> None:
    for until, over in (("2020-01-01", True), ("2999-01-01", False), (None, False)):
        one = board(widget("announcement", text={"en": "Hear", "zh": "听"}, tone="warn", until=until))
        said = dashboards.data_of(ann, one, one.widgets[0])
        assert said == WordsData("Hear", "warn", over)


def test_a_leaderboard_comes_in_its_order(ann: Caller) -> None:
    data = dashboards.widget(ann, dashboards.find(ann, "overview"), "owners")
    assert isinstance(data, ReportData)
    assert data.answer is not None
    assert [row.labels for row in data.answer.rows] == [("Ann",), ("Bob",)]


def test_own_dashboards_that_mean_nothing_any_more_say_why(ann: Caller, shelving: Shelving) -> None:
    own = own_documents.create(
        ann, "dashboard", "Soon odd", {"widgets": {"a": {"type": "table", "report": "dear_books", "at": [0, 0, 4, 4]}}}
    )
    assert dashboards.find(ann, own.id).own
    with shelving.database.owner(shelving.tenant) as connection:
        connection.execute("update _own_document set body = replace(body::text, 'dear_books', 'gone')::json")
    with pytest.raises(DashboardBroken) as fault:
        dashboards.find(ann, own.id)
    assert "Soon odd" in fault.value.message("en")
    listed = {one.key: one for one in dashboards.all_of(ann)}[own.id]
    assert (listed.dashboard.label.en, bool(listed.problems)) == ("Soon odd", True)
    with pytest.raises(WidgetAway):
        dashboards.find(ann, "overview").widget("gone")


@pytest.fixture(scope="module")
def client(shelving: Shelving, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Bob's."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=shelving.database.dsn, secret="test", rate_limit=0)
    app = create_app(settings, shelving.database, faces=False)
    return Client(app.test_client(), shelving.token(shelving.bob))


def test_the_api_lists_describes_and_answers(client: Client) -> None:
    _, listed = client.get("/api/v1/dashboards")
    documents = [one for one in listed["dashboards"] if not one["own"]]
    assert [(one["key"], one["home"]) for one in documents] == [("overview", True), ("watched", False)]
    _, shown = client.get("/api/v1/dashboards/overview")
    assert shown["widgets"][0] == {"name": "worth", "type": "number", "label": None, "at": [0, 0, 3, 3]}
    assert shown["filters"] == {"period": "all", "compare": "previous", "owner": True, "department": True}
    for one in shown["widgets"]:
        status, answer = client.get(f"/api/v1/dashboards/overview/widgets/{one['name']}")
        assert status == (400 if one["name"] == "cost" else 200), answer
    _, value = client.get("/api/v1/dashboards/overview/widgets/open")
    assert value["data"]["value"] == 1
    assert client.get("/api/v1/dashboards/overview/widgets/open", odd="1")[0] == 400
    assert client.get("/api/v1/dashboards/keepers")[0] == 404


def test_home_is_chosen_over_the_api(client: Client) -> None:
    def choose(body: object) -> int:
        return client.post("/api/v1/me/home", body, method="PUT")[0]

    assert choose({"dashboard": "watched"}) == 204
    assert client.get("/api/v1/dashboards/watched")[1]["home"] is True
    assert choose({"dashboard": "keepers"}) == 404
    assert choose({"dashboard": None}) == 204
    assert choose({}) == 422
