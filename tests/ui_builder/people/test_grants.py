"""Granting without JavaScript: for a time, to departments and positions; further departments, assistants, queues."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from dougong_platform import records
from dougong_platform.people.held_sets import held_sets
from dougong_tenants import people
from reading import PASSWORD
from shelving import Person, Shelving

BASE = "/builder/people"
NEXT_WEEK = str((datetime.now(UTC) + timedelta(days=7)).date())
YESTERDAY = str((datetime.now(UTC) - timedelta(days=2)).date())


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


@pytest.fixture(scope="module")
def dan(shelving: Shelving) -> str:
    """Dan holds nothing himself."""
    values = {"name": "Dan", "email": "dan@library.test", "title": "Clerk"}
    return people.create_user(shelving.database, shelving.tenant, values, password=PASSWORD).id


@pytest.fixture(scope="module")
def keeper(shelving: Shelving, person: Callable[[str], Person]) -> Person:
    """Kim looks after people and is no administrator."""
    values = {"name": "Kim", "email": "kim@library.test"}
    people.create_user(shelving.database, shelving.tenant, values, password=PASSWORD, permission_sets=["keeper"])
    return person("kim")


def test_a_set_granted_until_a_day_is_listed_with_it_and_taken_back(ann: Person, shelving: Shelving, dan: str) -> None:
    answer = ann.post(f"{BASE}/{dan}/grants", permission_set="reader", until=NEXT_WEEK)
    assert answer.status_code == 303
    assert held_sets(shelving.admin, dan) == ("reader",)
    page = text(ann.get(f"{BASE}/{dan}"))
    assert re.search(r"until [-\d]+</span>", page)
    assert not re.search(r'value="reader" checked', page)  # the boxes hold what has no end
    (given,) = people.list_grants(shelving.database, shelving.tenant, user=dan)
    ann.post(f"{BASE}/{dan}/permission-sets", permission_sets="keeper")
    assert held_sets(shelving.admin, dan) == ("keeper", "reader")
    ann.post(f"{BASE}/{dan}/permission-sets")
    assert ann.post(f"{BASE}/grants/{given.id}/revoke").status_code == 303
    assert held_sets(shelving.admin, dan) == ()


def test_a_period_that_cannot_be_comes_back_with_what_was_typed(ann: Person, dan: str) -> None:
    answer = ann.post(f"{BASE}/{dan}/grants", permission_set="reader", until=YESTERDAY)
    assert answer.status_code == 422
    assert "The end must lie ahead, after the beginning." in text(answer)
    assert f'value="{YESTERDAY}"' in answer.text
    assert ann.post(f"{BASE}/{dan}/grants", permission_set="reader", until="soon").status_code == 422
    assert ann.post(f"{BASE}/{dan}/grants", permission_set="nope").status_code == 422
    assert ann.post(f"{BASE}/{dan}/grants").status_code == 422


def test_what_reaches_somebody_through_department_and_position_is_shown_with_a_link(
    ann: Person, shelving: Shelving, dan: str
) -> None:
    house = people.create_department(shelving.database, shelving.tenant, {"name": "House"})
    cellar = people.create_department(shelving.database, shelving.tenant, {"name": "Cellar", "parent": house})
    assert ann.post(f"{BASE}/departments/{house}/grants", permission_set="reader", below="true").status_code == 303
    people.grant(shelving.database, shelving.tenant, "keeper", title="Clerk")
    assert ann.post(f"{BASE}/{dan}/departments", further_departments=cellar).status_code == 303
    assert held_sets(shelving.admin, dan) == ("keeper", "reader")
    page = text(ann.get(f"{BASE}/{dan}"))
    assert f'through the department <a class="dg-link" href="{BASE}/departments?id={house}">House' in page
    assert 'through the position <a class="dg-link" href="/builder/permission_sets/keeper/holders">Clerk' in page
    below = text(ann.get(f"{BASE}/departments", id=cellar))
    assert "Reader" in below
    assert f'<a class="dg-link" href="{BASE}/departments?id={house}">House' in below
    assert ann.post(f"{BASE}/{dan}/departments").status_code == 303  # none any more
    assert held_sets(shelving.admin, dan) == ("keeper",)
    for one in people.list_grants(shelving.database, shelving.tenant, title="Clerk"):
        people.revoke(shelving.database, shelving.tenant, one.id)


def test_who_is_no_administrator_grants_no_more_than_he_may(keeper: Person, shelving: Shelving, dan: str) -> None:
    assert keeper.post(f"{BASE}/{dan}/grants", permission_set="administrator").status_code == 403
    assert keeper.post(f"{BASE}/{shelving.ann}/grants", permission_set="reader").status_code == 403
    office = people.create_department(shelving.database, shelving.tenant, {"name": "Office"})
    people.grant(shelving.database, shelving.tenant, "administrator", department=office)
    assert keeper.post(f"{BASE}/{dan}/departments", further_departments=office).status_code == 403
    form = {"name": "Dan", "email": "dan@library.test", "department": office}
    assert keeper.post(f"{BASE}/{dan}", **form).status_code == 403
    other = people.create_department(shelving.database, shelving.tenant, {"name": "Elsewhere"})
    moved = keeper.post(f"{BASE}/departments/{other}", name="Elsewhere", parent=office, active="true")
    assert moved.status_code == 403
    assert keeper.post(f"{BASE}/departments/{other}/move", parent=office, index="0").status_code == 403
    page = text(keeper.get(f"{BASE}/departments", id=office))
    assert "Only an administrator may hand this out" in page
    given = people.list_grants(shelving.database, shelving.tenant, department=office)[0]
    assert keeper.post(f"{BASE}/grants/{given.id}/revoke").status_code == 403
    people.revoke(shelving.database, shelving.tenant, given.id)


def test_an_assistant_is_named_gets_dates_and_ends(ann: Person, shelving: Shelving, dan: str) -> None:
    given = {"assistant": "", "assistant:text": "Dan"}
    assert ann.post(f"{BASE}/{shelving.cat}/assistants", **given).status_code == 303
    (one,) = people.list_assistants(shelving.database, shelving.tenant, user=dan)
    assert one.user == shelving.cat
    assert "acts for" in text(ann.get(f"{BASE}/{dan}"))
    path = f"{BASE}/{shelving.cat}/assistants/{one.id}"
    assert ann.post(path, acts_from="", acts_until=YESTERDAY).status_code == 422
    assert ann.post(path, acts_from=NEXT_WEEK, acts_until="").status_code == 303
    assert "from" in text(ann.get(f"{BASE}/{shelving.cat}"))
    again = ann.post(f"{BASE}/{shelving.cat}/assistants", assistant=dan)
    assert again.status_code == 422
    assert "He acts for this person already." in text(again)
    assert ann.post(f"{BASE}/{shelving.cat}/assistants", **{"assistant:text": "Nemo"}).status_code == 422
    assert ann.post(f"{path}/remove").status_code == 303
    assert people.list_assistants(shelving.database, shelving.tenant, user=dan) == []


def test_a_queue_is_made_given_a_team_and_taken_out_of_use(ann: Person, shelving: Shelving) -> None:
    team = people.create_team(shelving.database, shelving.tenant, "Desk")
    made = ann.post(f"{BASE}/queues", name="Returned", team=team)
    assert made.status_code == 303
    queue = made.headers["Location"].rpartition("=")[2]
    records.create(shelving.admin, "book", [{"title": "Back", "owner": queue}])
    page = text(ann.get(f"{BASE}/queues", id=queue))
    assert "Books" in page.partition("Owns")[2]
    assert ann.post(f"{BASE}/queues", name="Returned").status_code == 422
    assert ann.post(f"{BASE}/queues/{queue}", name="Back again", team="", version="1").status_code == 303
    page = text(ann.get(f"{BASE}/queues"))
    assert "Not in use" in page
    assert "Nobody works it" in page
    assert ann.get(f"{BASE}/{queue}").status_code == 404  # it is no person
    assert "Back again" not in text(ann.get(BASE))
