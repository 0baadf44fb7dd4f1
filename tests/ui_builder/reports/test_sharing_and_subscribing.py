"""Sharing one's own report and having it sent, at the level of requests: with and without JavaScript, and refusals."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue_room import app_over, csrf, signed_in
from dougong_platform import own_documents
from dougong_platform.http.engine import Engine
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.own_documents.sharing import share, shared_with
from dougong_platform.reports.subscriptions import keeping, links
from dougong_tenants import people
from kept_reports import BODY, Kept

FRAGMENT = {"HX-Request": "true"}
DAILY = {"cadence": "daily", "hour": 7}
WEEKLY = {"cadence": "weekly", "weekday": "1", "day": "1", "hour": "8", "only": "always"}
load_handlers()


@pytest.fixture(scope="module")
def app(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return app_over(kept.reading, tmp_path_factory.mktemp("home"))


@pytest.fixture
def bob(app: Engine) -> FlaskClient:
    return signed_in(app, "bob")


@pytest.fixture(autouse=True)
def _empty(kept: Kept) -> Iterator[None]:
    yield
    kept.reading.run("delete from _own_document returning 1")
    kept.reading.run("delete from _report_subscription returning 1")


def send(client: FlaskClient, path: str, headers: dict[str, str] | None = None, **values: Any) -> TestResponse:
    sent = {name.replace("__", ":"): value for name, value in values.items()}
    return client.post(path, data={"csrf_token": csrf(client), **sent}, headers=headers or {})


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def mine(kept: Kept, who: str = "bob") -> str:
    return own_documents.create(kept.caller(who), "report", "Mine", BODY).id


def with_whom(kept: Kept, key: str) -> list[tuple[str, str | None, str]]:
    bob = kept.caller("bob")
    return [(one.kind, one.name, one.access) for one in shared_with(bob, own_documents.find(bob, key))]


def test_a_report_is_shared_changed_taken_out_and_taken_back(kept: Kept, bob: FlaskClient) -> None:
    key = mine(kept)
    path = f"/reports/{key}/share"
    assert "Shared with nobody yet" in bob.get(path, headers=FRAGMENT).text
    done = send(bob, path, FRAGMENT, do="add", subject=f"user:{kept['dan']}", subject__text="Dan", access="read")
    assert done.status_code == 200
    assert "Shared with Dan" in done.text
    send(bob, path, FRAGMENT, do="add", subject__text="reader", access="edit")
    assert with_whom(kept, key) == [("permission_set", "Reader", "edit"), ("user", "Dan", "read")]
    send(bob, path, FRAGMENT, do="change", subject=f"user:{kept['dan']}", subject__text="Dan", access="edit")
    out = send(bob, path, FRAGMENT, do="remove", subject=f"user:{kept['dan']}", subject__text="Dan")
    assert with_whom(kept, key) == [("permission_set", "Reader", "edit")]
    before = html.unescape(re.search(r'name="before" value="([^"]*)"', out.text)[1])  # type: ignore[index]  # it is there
    assert "Taken back" in send(bob, path, FRAGMENT, do="undo", before=before).text
    assert with_whom(kept, key) == [("permission_set", "Reader", "edit"), ("user", "Dan", "edit")]


def test_without_javascript_a_name_is_enough_and_the_page_says_what_was_done(kept: Kept, bob: FlaskClient) -> None:
    key = mine(kept)
    path = f"/reports/{key}/share"
    answer = send(bob, path, do="add", subject="", subject__text="North-east", access="read")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert with_whom(kept, key) == [("department", "North-east", "read")]
    assert "<!doctype html>" in bob.get(path).text.lower()
    unknown = send(bob, path, do="add", subject="", subject__text="Nobody", access="read")
    assert unknown.status_code == 422
    assert "Nobody and nothing is called exactly “Nobody”" in text(unknown)
    assert 'value="Nobody"' in unknown.text
    assert send(bob, path, do="add", subject="", subject__text="").status_code == 422


def test_wrong_forms_are_refused_and_nothing_is_stored(kept: Kept, bob: FlaskClient) -> None:
    key = mine(kept)
    path = f"/reports/{key}/share"
    for values in (
        {"do": "add", "subject": "user:x", "access": "read"},
        {"do": "add", "subject": "nonsense", "access": "read"},
        {"do": "add", "subject": f"user:{kept['dan']}", "access": "own"},
        {"do": "undo", "before": "nonsense"},
        {"do": "undo", "before": "[1]"},
        {"do": "undo", "before": '{"kind": 1}'},
    ):
        assert send(bob, path, **values).status_code == 422, values
    assert with_whom(kept, key) == []


def test_only_the_owner_shares_and_whoever_may_not_see_it_finds_nothing(
    kept: Kept, app: Engine, bob: FlaskClient
) -> None:
    key = mine(kept)
    share(kept.caller("bob"), key, [{"kind": "user", "id": kept["cat"], "access": "edit"}])
    cat, dan = signed_in(app, "cat"), signed_in(app, "dan")
    assert "Only its owner decides" in cat.get(f"/reports/{key}/share").text
    assert send(cat, f"/reports/{key}/share", do="undo", before="[]").status_code == 403
    for path in ("share", "subscriptions", "subscribe"):
        assert dan.get(f"/reports/{key}/{path}").status_code == 404
    assert bob.get(f"/dashboards/{key}/share").status_code == 404
    assert bob.get("/reports/by_genre/share").status_code == 404


def test_suggestions_hold_people_departments_teams_sets_and_everybody(kept: Kept, bob: FlaskClient) -> None:
    found = bob.get("/ui/report-subjects?q=").text
    assert 'data-id="everybody:"' in found
    assert 'data-id="permission_set:reader"' in found
    assert f'data-id="user:{kept["dan"]}"' in bob.get("/ui/report-subjects?q=dan").text
    assert "Nothing matches" in bob.get("/ui/report-subjects?q=zzz").text


def test_a_report_is_subscribed_to_changed_paused_sent_and_ended(kept: Kept, bob: FlaskClient) -> None:
    path = "/reports/by_genre/subscriptions"
    page = bob.get("/reports/by_genre/subscribe", headers=FRAGMENT).text
    assert "New subscription" in page
    done = send(bob, path, FRAGMENT, **WEEKLY, person=[kept["bob"]], further=kept["dan"], further__text="Dan")
    assert done.status_code == 200
    assert "Subscribed. Next: Monday" in done.text
    (one,) = keeping.list_for(kept.caller("bob"))
    assert {recipient.id for recipient in one.recipients} == {kept["bob"], kept["dan"]}
    assert "Every Monday at 8:00" in bob.get(path).text
    assert "next: Monday" in bob.get(path).text
    form = bob.get(f"{path}/{one.id}").text
    assert "Change the subscription" in form
    values = {"cadence": "monthly", "weekday": "1", "day": "31", "hour": "18", "only": "above"}
    changed = send(bob, f"{path}/{one.id}", **values, value="total", than="100", person=[kept["bob"]])
    assert changed.status_code == 303
    now = keeping.find(kept.caller("bob"), one.id)
    assert (now.schedule.cadence, now.schedule.day, now.schedule.hour) == ("monthly", 31, 18)
    assert now.only_if == {"value": "total", "is": "above", "than": "100"}
    assert "On day 31 of every month at 18:00" in bob.get(path).text
    for act, active in (("pause", False), ("send", False), ("resume", True)):
        assert send(bob, f"{path}/{one.id}/{act}", FRAGMENT).status_code == 200
        assert keeping.find(kept.caller("bob"), one.id).active is active
    assert send(bob, f"{path}/{one.id}/remove").status_code == 303
    assert keeping.list_for(kept.caller("bob")) == []


def test_what_is_wrong_comes_back_with_what_was_typed(kept: Kept, bob: FlaskClient) -> None:
    path = "/reports/by_genre/subscriptions"
    nobody = send(bob, path, **WEEKLY)
    assert nobody.status_code == 422
    assert "1 to 50 people or permission sets" in nobody.text
    unknown = send(bob, path, **WEEKLY, person=[kept["bob"]], further__text="Nobody")
    assert (unknown.status_code, 'value="Nobody"' in unknown.text) == (422, True)
    for name, value in (("hour", "24"), ("hour", "x"), ("cadence", "hourly"), ("weekday", "9")):
        assert send(bob, path, **{**WEEKLY, name: value}, person=[kept["bob"]]).status_code == 422
    for more in (
        {"only": "above", "value": "nothing", "than": "1"},
        {"only": "above", "value": "total", "than": "x"},
    ):
        assert send(bob, path, **{**WEEKLY, **more}, person=[kept["bob"]]).status_code == 422
    assert send(bob, path, **WEEKLY, person=[kept["bob"]], where="nonsense =").status_code == 422
    assert send(bob, path, **WEEKLY, person=["x"]).status_code == 422
    assert keeping.list_for(kept.caller("bob")) == []
    further = send(bob, path, **WEEKLY, person=[kept["bob"]], further__text="Dan", do="further")
    assert (further.status_code, further.text.count('name="person"')) == (200, 2)
    assert keeping.list_for(kept.caller("bob")) == []


def test_what_is_set_on_the_report_is_asked_for_by_its_subscription(kept: Kept, bob: FlaskClient) -> None:
    page = bob.get('/reports/by_genre/subscribe?where=genre = "novel"')
    assert 'name="where"' in page.text
    send(bob, "/reports/by_genre/subscriptions", **WEEKLY, person=[kept["bob"]], where='genre = "novel"')
    (one,) = keeping.list_for(kept.caller("bob"))
    assert one.filters == {"where": 'genre = "novel"'}


def test_what_is_set_is_said_changed_and_left_out(kept: Kept, bob: FlaskClient) -> None:
    """All that the address says stands in the form: what the bar offers as a choice, the rest to be left out."""
    body = {
        **BODY,
        "period": {"field": "bought", "range": "this_year"},
        "values": {"n": "COUNT()", "total": {"value": "SUM(price)", "label": {"en": "Worth", "zh": "金额"}}},
    }
    key = own_documents.create(kept.caller("bob"), "report", "Bought", body).id
    query = f'period=last_month&compare=year_ago&owner={kept["dan"]}&sort=-total&where=genre = "novel"'
    page = text(bob.get(f"/reports/{key}/subscribe?{query}"))
    for option in ("last_month", "year_ago", kept["dan"]):
        assert f'<option value="{option}" selected>' in page, option
    assert 'name="where" value="genre = "novel"" checked' in page
    assert "Only those where: Genre is Novel" in page
    assert "Sorted by: Worth, descending" in page
    filters = {
        "period": "last_month",
        "compare": "year_ago",
        "owner": kept["dan"],
        "sort": "-total",
        "where": 'genre = "novel"',
    }
    path = f"/reports/{key}/subscriptions"
    assert send(bob, path, **WEEKLY, **filters, person=[kept["bob"]]).status_code == 303
    (one,) = keeping.list_for(kept.caller("bob"))
    assert one.filters == filters
    listed = text(bob.get(path))
    assert "Period: Last month · Compared with: a year ago · Owner: Dan · Only those where: Genre is Novel" in listed
    less = {"period": "2026-01-01..2026-03-31", "compare": "", "owner": "", "sort": "-total"}
    assert send(bob, f"{path}/{one.id}", **WEEKLY, **less, person=[kept["bob"]]).status_code == 303
    now = keeping.find(kept.caller("bob"), one.id)
    assert now.filters == {"period": "2026-01-01..2026-03-31", "sort": "-total"}
    assert '<option value="2026-01-01..2026-03-31" selected>' in bob.get(f"{path}/{one.id}").text
    assert f'href="/reports/{key}/subscribe?period=last_month"' in bob.get(f"/reports/{key}?period=last_month").text


def test_what_a_report_cannot_be_asked_is_left_out(kept: Kept, bob: FlaskClient) -> None:
    """It has no period: one that the address names is not kept."""
    page = bob.get("/reports/by_genre/subscribe?period=this_month&compare=year_ago")
    assert page.status_code == 200
    assert 'name="period"' not in page.text
    assert 'name="compare"' not in page.text


def test_a_dashboard_hands_its_settings_on(kept: Kept, bob: FlaskClient) -> None:
    body = {
        "filters": {"period": "this_year", "owner": True},
        "widgets": {"n": {"type": "number", "report": "by_genre", "value": "n", "at": [0, 0, 3, 3]}},
    }
    key = own_documents.create(kept.caller("bob"), "dashboard", "Board", body).id
    assert (
        f'href="/dashboards/{key}/subscribe?period=last_month"' in bob.get(f"/dashboards/{key}?period=last_month").text
    )
    page = bob.get(f"/dashboards/{key}/subscribe?period=last_month&where=x").text
    assert '<option value="last_month" selected>' in page
    assert 'name="where"' not in page
    send(bob, f"/dashboards/{key}/subscriptions", **WEEKLY, person=[kept["bob"]], period="last_month")
    (one,) = keeping.list_for(kept.caller("bob"))
    assert one.filters == {"period": "last_month"}
    assert "Period: Last month" in bob.get("/settings/subscriptions").text


def test_every_action_offers_its_undo_and_takes_back(kept: Kept, app: Engine, bob: FlaskClient) -> None:
    path = "/reports/by_genre/subscriptions"
    recipients = [{"kind": "user", "id": kept["bob"]}, {"kind": "user", "id": kept["dan"]}]
    one = keeping.create(kept.caller("bob"), "report", "by_genre", {**DAILY, "recipients": recipients})
    undo = f"{path}/{one.id}/undo"
    gone = send(bob, f"{path}/{one.id}/remove", FRAGMENT)
    assert f'hx-post="{undo}"' in gone.text
    assert keeping.list_for(kept.caller("bob")) == []
    assert "Taken back" in send(bob, undo, FRAGMENT).text
    assert len(keeping.list_for(kept.caller("bob"))) == 1
    assert send(bob, undo, FRAGMENT).status_code == 400
    send(bob, f"{path}/{one.id}", **WEEKLY, person=[kept["bob"]])
    assert f'data-undo="{undo}"' in bob.get(path).text, "on the page that follows"
    assert send(bob, undo).status_code == 303
    assert len(keeping.find(kept.caller("bob"), one.id).recipients) == 2
    dan = signed_in(app, "dan")
    left = send(dan, f"{path}/{one.id}/leave", FRAGMENT)
    assert f'hx-post="{path}/{one.id}/return"' in left.text
    removed = send(bob, f"{path}/{one.id}/remove", **{"from": "settings"})
    assert removed.headers["Location"] == "/settings/subscriptions"
    assert f'data-undo="{undo}"' in bob.get("/settings/subscriptions").text


def test_what_belongs_to_a_removed_report_is_brought_back_all_the_same(kept: Kept, bob: FlaskClient) -> None:
    key = mine(kept)
    one = keeping.create(kept.caller("bob"), "report", key, DAILY)
    own_documents.remove(kept.caller("bob"), key)
    at = f"/reports/{key}/subscriptions/{one.id}"
    assert send(bob, f"{at}/remove").headers["Location"] == "/settings/subscriptions"
    assert send(bob, f"{at}/undo").headers["Location"] == "/settings/subscriptions"
    assert "(no longer there)" in bob.get("/settings/subscriptions").text


def test_who_manages_people_stops_what_others_have_sent(kept: Kept, app: Engine, bob: FlaskClient) -> None:
    one = keeping.create(kept.caller("bob"), "report", mine(kept), DAILY)
    base = "/builder/people/subscriptions"
    ann = signed_in(app, "ann")
    page = ann.get(base).text
    assert "Mine" in page, "whoever may see it"
    assert "Every day at 7:00" in page
    assert bob.get(base).status_code == 403
    assert send(bob, f"{base}/{one.id}/pause").status_code == 403
    assert send(ann, f"{base}/{one.id}/pause").headers["Location"] == base
    assert not keeping.find(kept.caller("bob"), one.id).active
    assert f'data-undo="{base}/{one.id}/undo"' in ann.get(base).text
    assert send(ann, f"{base}/{one.id}/undo", owner=kept["bob"]).headers["Location"] == f"{base}?owner={kept['bob']}"
    assert keeping.find(kept.caller("bob"), one.id).active
    assert "1 subscription" in ann.get(f"/builder/people/{kept['bob']}").text
    assert "1 subscription that they have set up stops" in ann.get(f"/builder/people/{kept['bob']}").text
    assert send(ann, f"{base}/{one.id}/remove").status_code == 303
    assert "Nothing is sent regularly" in ann.get(base).text
    assert send(ann, f"{base}/{one.id}/nonsense").status_code == 404


def test_whoever_gets_what_another_has_sent_sees_it_and_leaves_it(kept: Kept, app: Engine, bob: FlaskClient) -> None:
    one = keeping.create(
        kept.caller("bob"),
        "report",
        "by_genre",
        {"cadence": "daily", "hour": 7, "recipients": [{"kind": "permission_set", "id": "reader"}]},
    )
    dan = signed_in(app, "dan")
    page = dan.get("/settings/subscriptions").text
    assert "Every day at 7:00" in page
    assert "Unsubscribe" in page
    at = f"/reports/by_genre/subscriptions/{one.id}"
    for act in ("pause", "remove", "send", "nonsense"):
        assert send(dan, f"{at}/{act}").status_code == 404
    assert dan.get(at).status_code == 404
    left = send(dan, f"{at}/leave", **{"from": "settings"})
    assert left.headers["Location"] == "/settings/subscriptions"
    assert "Get it again" in dan.get("/settings/subscriptions").text
    assert keeping.find(kept.caller("bob"), one.id).gone == (kept["dan"],)
    send(dan, f"{at}/return")
    assert keeping.find(kept.caller("bob"), one.id).gone == ()
    assert "Nothing is sent regularly" in signed_in(app, "cat").get("/settings/subscriptions").text
    assert "Every day at 7:00" in bob.get("/settings/subscriptions").text


def test_receivers_see_that_an_owner_has_left_and_administrators_can_hand_it_over(
    kept: Kept, app: Engine, bob: FlaskClient
) -> None:
    recipients = [{"kind": "user", "id": kept["bob"]}]
    keeping.create(kept.caller("fay"), "report", "by_genre", {**DAILY, "recipients": recipients})
    said = "Fay, who has set it up, has left: nothing is sent until somebody takes it over."
    assert said not in text(bob.get("/settings/subscriptions"))
    people.deactivate_user(kept.reading.database, kept.reading.tenant, kept["fay"])
    try:
        page = text(bob.get("/settings/subscriptions"))
        assert said in page
        assert "next:" not in page
        page = text(signed_in(app, "ann").get("/builder/people/subscriptions"))
        assert "Owner has left" in page
        assert f"/builder/people/{kept['fay']}/hand-over" in page
    finally:
        people.activate_user(kept.reading.database, kept.reading.tenant, kept["fay"])


def test_the_link_of_a_mail_asks_and_unsubscribes_without_signing_in(kept: Kept, app: Engine) -> None:
    one = keeping.create(kept.caller("bob"), "report", "by_genre", {"cadence": "daily", "hour": 7})
    path = links.path(kept.reading.database, kept.reading.tenant, one.id, kept["bob"])
    anybody = app.test_client()
    asked = anybody.get(path, headers={"Accept-Language": "en"})
    assert (asked.status_code, "Books by genre" in asked.text) == (200, True)
    assert keeping.find(kept.caller("bob"), one.id).gone == ()
    done = anybody.post(path, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert keeping.find(kept.caller("bob"), one.id).gone == (kept["bob"],)
    assert "不再发送" in anybody.get(path, headers={"Accept-Language": "zh"}).text
    anybody.post(path, data={"do": "return"})
    assert keeping.find(kept.caller("bob"), one.id).gone == ()
    for wrong in (path[:-3] + "AAA", "/reports/unsubscribe/x", "/reports/unsubscribe/" + "x" * 3_000):
        assert anybody.get(wrong).status_code == 404
        assert anybody.post(wrong).status_code == 404
    keeping.remove(kept.caller("bob"), one.id)
    assert anybody.get(path).status_code == 404


def test_dashboards_are_shared_and_sent_on_pages_of_their_own(kept: Kept, bob: FlaskClient) -> None:
    body = {"widgets": {"n": {"type": "number", "report": "by_genre", "value": "n", "at": [0, 0, 3, 3]}}}
    key = own_documents.create(kept.caller("bob"), "dashboard", "Board", body).id
    assert "Shared with nobody yet" in bob.get(f"/dashboards/{key}/share").text
    send(bob, f"/dashboards/{key}/share", do="add", subject__text="Dan", access="read")
    assert with_whom(kept, key) == [("user", "Dan", "read")]
    path = f"/dashboards/{key}/subscriptions"
    page = bob.get(f"/dashboards/{key}/subscribe").text
    assert "a value is above" not in page
    assert send(bob, path, **{**WEEKLY, "only": "rows"}, person=[kept["bob"]]).headers["Location"] == path
    (one,) = keeping.list_for(kept.caller("bob"), "dashboard", key)
    assert one.only_if == {"rows": True}
    assert bob.get(f"{path}/{one.id}").status_code == 200
    assert bob.get(f"/reports/{key}/subscriptions").status_code == 404
    assert "Board" in bob.get("/settings/subscriptions").text
