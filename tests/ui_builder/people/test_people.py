"""Looking after people without JavaScript: users, their way in, departments, teams."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from dougong_platform.http.engine import Engine
from dougong_platform.people.directory import departments, teams, users
from dougong_tenants import tenancy
from dougong_tenants.people import create_department, create_user, get_user, set_permission_sets
from dougong_ui_builder.builder.people.departments import place
from reading import PASSWORD
from shelving import Person, Shelving

BASE = "/builder/people"


def text(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def errors(answer: TestResponse) -> list[str]:
    return [
        html.unescape(e) for e in re.findall(r'class="dg-error".*?<span>(.*?)</span></span>', answer.text, re.DOTALL)
    ]


@pytest.fixture(scope="module")
def keeper(shelving: Shelving, person: Callable[[str], Person]) -> Person:
    """Kim looks after people and is no administrator."""
    create_user(
        shelving.database,
        shelving.tenant,
        {"name": "Kim", "email": "kim@library.test"},
        password=PASSWORD,
        permission_sets=["keeper"],
    )
    return person("kim")


def test_the_table_is_searched_and_filtered_by_department_and_state(ann: Person, shelving: Shelving) -> None:
    top = create_department(shelving.database, shelving.tenant, {"name": "House"})
    below = create_department(shelving.database, shelving.tenant, {"name": "Cellar", "parent": top})
    ann.post(f"{BASE}/{shelving.cat}", name="Cat", email="cat@library.test", department=below)
    assert "bob@library.test" in ann.get(BASE, q="BOB@").text
    assert "cat@library.test" not in ann.get(BASE, q="BOB@").text
    page = ann.get(BASE, department=top).text  # with all below
    assert "cat@library.test" in page
    assert "bob@library.test" not in page
    assert "Nobody matches" in ann.get(BASE, state="inactive", q="nobody % _").text
    assert ann.get(BASE, q="\0'\"%", department="nonsense", state="?", **{"from": "x"}).status_code == 200


def test_an_invitation_is_shown_once_and_lets_its_owner_choose_a_password(ann: Person, screens: Engine) -> None:
    made = ann.post(
        f"{BASE}/new", name="王丽", email="Wang@Library.test", title="Clerk", permission_sets="reader", way="invitation"
    )
    link = re.search(r'value="http://localhost(/welcome\?invitation=[\w-]+)"', made.text)
    assert link is not None
    guest = screens.test_client()
    assert "Choose the password" in guest.get(link[1], headers={"Accept-Language": "en"}).text
    secret = link[1].partition("=")[2]
    differing = guest.post("/welcome", data={"invitation": secret, "password": PASSWORD, "again": "other"})
    assert differing.status_code == 422
    assert guest.post("/welcome", data={"invitation": secret, "password": "short", "again": "short"}).status_code == 422
    done = guest.post("/welcome", data={"invitation": secret, "password": PASSWORD, "again": PASSWORD})
    assert 'value="wang@library.test"' in done.text
    again = guest.post("/welcome", data={"invitation": secret, "password": PASSWORD, "again": PASSWORD})
    assert again.status_code == 422
    assert "Sign in" in again.text or "登录" in again.text
    entered = guest.post("/sign-in", data={"email": "wang@library.test", "password": PASSWORD})
    assert entered.status_code == 303


def test_a_form_that_cannot_be_saved_comes_back_with_what_was_typed(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(f"{BASE}/new", name="Dora", email="bob@library.test", way="password", password="longenough-1")
    assert answer.status_code == 422
    assert errors(answer) == ["“bob@library.test” already belongs to a user."]
    assert 'value="Dora"' in answer.text
    answer = ann.post(f"{BASE}/new", **{"name": "Dora", "email": "d@library.test", "manager:text": "Nemo"})
    assert errors(answer) == ["Nobody, or more than one, is called “Nemo”."]
    answer = ann.post(f"{BASE}/new", name="Dora", email="d@library.test", way="password", password="short")
    assert answer.status_code == 422
    assert users(shelving.admin, "d@library.test")[1] == 0


def test_a_manager_is_found_by_name_and_nobody_is_above_himself(ann: Person, shelving: Shelving) -> None:
    form = {"name": "Bob", "email": "bob@library.test", "manager": "", "manager:text": "ann"}
    assert ann.post(f"{BASE}/{shelving.bob}", **form).status_code == 303
    assert users(shelving.admin, "bob@")[0][0].manager == shelving.ann
    form = {"name": "Ann", "email": "ann@library.test", "manager": shelving.bob}
    assert ann.post(f"{BASE}/{shelving.ann}", **form).status_code == 422


def test_a_form_over_a_newer_version_is_refused(ann: Person, shelving: Shelving) -> None:
    answer = ann.post(f"{BASE}/{shelving.cat}", name="Cat", email="cat@library.test", version="0")
    assert answer.status_code == 422
    assert "Somebody else changed this first" in answer.text


def test_the_last_administrator_stays(ann: Person, shelving: Shelving) -> None:
    for path in ("deactivate", "permission-sets"):
        answer = ann.post(f"{BASE}/{shelving.ann}/{path}", permission_sets="reader")
        assert answer.status_code == 409
        assert "At least one active administrator must remain." in answer.text


def test_deactivating_ends_sessions_and_says_so_before(
    ann: Person, person: Callable[[str], Person], shelving: Shelving
) -> None:
    made = create_user(
        shelving.database, shelving.tenant, {"name": "Eve", "email": "eve@library.test"}, password=PASSWORD
    )
    eve = person("eve")
    shelving.token(made.id, "read")
    page = text(ann.get(f"{BASE}/{made.id}", ask="deactivate"))
    assert "1 session ends at once." in page
    assert "1 API token stops working for good" in page
    assert '<dialog class="dg-dialog" id="ask-deactivate" aria-labelledby="ask-deactivate-title" open' in page
    assert ann.post(f"{BASE}/{made.id}/deactivate").status_code == 303
    assert eve.get("/settings").status_code == 303  # to the sign-in page
    assert "Deactivated" in ann.get(BASE, state="inactive").text
    assert ann.post(f"{BASE}/{made.id}/activate").status_code == 303
    assert eve.get("/settings").status_code == 303  # what ended stays ended
    assert ann.post(f"{BASE}/{made.id}/password", password="short").status_code == 422
    assert ann.post(f"{BASE}/{made.id}/password", password="a longer password").status_code == 303


def test_no_link_is_shown_for_somebody_of_another_company(ann: Person, shelving: Shelving) -> None:
    other = tenancy.create(shelving.database, tenancy.NewTenant("elsewhere"))
    create_user(shelving.database, other, {"name": "Flo", "email": "flo@library.test"}, password=PASSWORD)
    made = ann.post(f"{BASE}/new", name="Flo", email="flo@library.test", way="invitation")
    assert made.status_code == 303
    assert "welcome?invitation" not in made.text
    user = get_user(shelving.database, shelving.tenant, "flo@library.test")
    page = text(ann.get(f"{BASE}/{user}"))
    assert "belongs to other companies too" in page
    assert "Make an invitation link" not in page
    assert ann.post(f"{BASE}/{user}/invitation").status_code == 403


def test_who_looks_after_people_cannot_touch_administrators_or_give_more_than_he_has(
    keeper: Person, shelving: Shelving
) -> None:
    assert "/builder/objects" not in keeper.get(BASE).text  # no right to the metadata, no link
    assert keeper.get("/builder/tokens").status_code == 403
    assert "Only an administrator changes an administrator." in keeper.get(f"{BASE}/{shelving.ann}").text
    assert keeper.post(f"{BASE}/{shelving.ann}", name="x", email="x@library.test").status_code == 403
    assert keeper.post(f"{BASE}/{shelving.ann}/password", password="a longer password").status_code == 403
    assert keeper.post(f"{BASE}/{shelving.bob}/permission-sets", permission_sets="administrator").status_code == 403
    answer = keeper.post(f"{BASE}/new", name="G", email="g@library.test", permission_sets="administrator")
    assert answer.status_code == 403
    assert keeper.post(f"{BASE}/{shelving.bob}/permission-sets", permission_sets="reader").status_code == 303


def test_others_get_no_page_and_no_link(bob: Person) -> None:
    for path in (BASE, f"{BASE}/new", f"{BASE}/departments", f"{BASE}/teams", "/builder/tokens"):
        assert bob.get(path).status_code == 403
    assert BASE not in bob.get("/more").text


def test_departments_are_made_moved_given_a_head_and_deleted_when_empty(ann: Person, shelving: Shelving) -> None:
    base = f"{BASE}/departments"

    def tree() -> list[tuple[str, int]]:
        return [(one.name, one.depth) for one in departments(shelving.admin) if one.name in "ABC"]

    for name in "ABC":
        assert ann.post(base, **{"name": name, "head:text": "Bob"}).status_code == 303
    ids = {one.name: one.id for one in departments(shelving.admin)}
    assert tree() == [("A", 0), ("B", 0), ("C", 0)]
    ann.post(f"{base}/{ids['C']}/move", step="up")
    assert tree() == [("A", 0), ("C", 0), ("B", 0)]
    ann.post(f"{base}/{ids['C']}/move", step="in")
    ann.post(f"{base}/{ids['B']}/move", parent=ids["A"], index="0")
    assert tree() == [("A", 0), ("B", 1), ("C", 1)]
    assert ann.post(f"{base}/{ids['A']}/move", parent=ids["C"], index="0").status_code == 422  # a circle
    refused = ann.post(f"{base}/{ids['A']}/delete")
    assert refused.status_code == 422
    assert "There are people or departments in it." in refused.text
    ann.post(f"{base}/{ids['B']}", name="B2", parent="", active="true")
    assert ann.post(f"{base}/{ids['C']}/move", step="out").status_code == 303
    assert [one.name for one in departments(shelving.admin) if one.depth == 0 and one.name in ("A", "C")] == ["A", "C"]
    assert ann.post(f"{base}/{ids['A']}/delete").status_code == 303
    assert ann.post(base, name=" ").status_code == 422
    assert ann.post(f"{base}/{ids['A']}", name="A").status_code == 404


def test_a_step_that_leads_nowhere_leaves_the_tree(shelving: Shelving) -> None:
    tree = departments(shelving.admin)
    first = tree[0]
    assert place(tree, first, "up") == place(tree, first, "in") == place(tree, first, "out") == place(tree, first, "")


def test_teams_have_members_with_roles(ann: Person, shelving: Shelving) -> None:
    base = f"{BASE}/teams"
    assert ann.post(base, name="Launch").status_code == 303
    assert "There is already a team of this name." in text(ann.post(base, name="Launch"))
    team = teams(shelving.admin)[0]
    ann.post(f"{base}/{team.id}/members", **{"user:text": "Bob", "role": "Lead"})
    ann.post(f"{base}/{team.id}/members", user=shelving.cat)
    assert ann.post(f"{base}/{team.id}/members", user="").status_code == 422
    roles = {m["name"]: m["role"] for m in teams(shelving.admin)[0].members}
    assert roles == {"Bob": "Lead", "Cat": None}
    ann.post(f"{base}/{team.id}", **{"name": "Launch 2", f"role:{shelving.cat}": "Guest"})
    ann.post(f"{base}/{team.id}/members/{shelving.bob}/remove")
    (team,) = teams(shelving.admin)
    assert (team.name, [(m["name"], m["role"]) for m in team.members]) == ("Launch 2", [("Cat", "Guest")])
    assert ann.post(f"{base}/{team.id}/delete").status_code == 303
    assert teams(shelving.admin) == []


def test_permission_sets_say_what_they_allow(ann: Person, shelving: Shelving) -> None:
    page = text(ann.get(f"{BASE}/{shelving.bob}"))
    assert "Creates and edits own: Books." in page
    assert "Reads all: Shelves." in page
    assert "Besides: Keep people and departments." in page
    set_permission_sets(shelving.database, shelving.tenant, shelving.bob, ["reader", "gone"])
    assert "It no longer exists and allows nothing." in text(ann.get(f"{BASE}/{shelving.bob}"))
