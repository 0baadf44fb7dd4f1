"""An administrator grants in a real browser, and who is granted sees the effect with his next click; the designers of
permission sets and sharing rules work by keyboard, on a phone, in both languages and in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_metadata.documents import read_documents
from dougong_platform import records
from dougong_platform.http.engine import Engine
from dougong_platform.people.directory import teams
from dougong_platform.releases import draft as drafts
from dougong_tenants import people
from reading import PASSWORD
from shelving import Person, Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
RULE = """
kind: sharing
name: late_ones
label: {en: Late ones, zh: 逾期}
object: book
when: state = "late"
with: {departments_below: [Gone]}
access: read
"""


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@pytest.fixture(scope="module")
def dan(shelving: Shelving) -> str:
    """Dan holds nothing; he is one of the team Desk."""
    values = {"name": "Dan Doe", "email": "dan@library.test", "title": "Clerk"}
    made = people.create_user(shelving.database, shelving.tenant, values, password=PASSWORD).id
    team = people.create_team(shelving.database, shelving.tenant, "Desk")
    people.set_members(shelving.database, shelving.tenant, team, {made: None})
    return made


def test_a_set_granted_and_taken_back_shows_with_the_next_click(
    address: str, enter: Open, screens: Engine, shelving: Shelving, dan: str, person: Callable[[str], Person]
) -> None:
    his = person("dan")  # another browser, signed in all the while
    assert his.get("/o/book").status_code in (403, 404)
    page = enter(f"/builder/people/{dan}")
    page.get_by_text("Grant for a time or for chosen departments").click()
    page.locator("#g-set").select_option("reader")
    page.locator("#g-until").fill("2099-12-31")
    assert violations(page) == []
    page.locator("#grant-form").get_by_role("button", name="Grant").click()
    expect(page.locator(".dg-toast")).to_contain_text("“Reader” was granted")
    expect(page.locator("#grants")).to_contain_text("until 2099-12-31")
    assert his.get("/o/book").status_code == 200

    page.locator("#grants").get_by_role("button", name="Take back Reader").click()
    expect(page.locator(".dg-toast").last).to_contain_text("“Reader” was taken back")
    assert his.get("/o/book").status_code in (403, 404)

    page.goto(f"{address}/builder/permission_sets/reader/holders")
    page.get_by_role("radiogroup", name="To whom").get_by_text("Position").click()
    page.get_by_label("Position", exact=True).last.fill("Clerk")
    page.get_by_role("button", name="Grant").click()
    expect(page.locator('[data-way="position"]')).to_contain_text("Clerk")
    assert his.get("/o/book").status_code == 200
    page.goto(f"{address}/builder/people/{dan}")
    expect(page.locator("#grants")).to_contain_text("through the position")
    save_picture(page, "person-granted")


def test_a_queue_is_made_and_its_team_finds_its_records(
    address: str, enter: Open, shelving: Shelving, dan: str, person: Callable[[str], Person]
) -> None:
    people.grant(shelving.database, shelving.tenant, "reader", user=dan)
    page = enter("/builder/people/queues?new=1", width=390)
    page.locator("#q-name").fill("Returned books")
    page.locator("#q-team").select_option(teams(shelving.admin)[0].id)
    assert violations(page) == []
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".dg-toast")).to_contain_text("Returned books was created")
    queue = page.url.rpartition("=")[2]
    (book,) = records.create(shelving.admin, "book", [{"title": "Back", "owner": queue}]).records
    assert person("dan").get(f"/o/book/{book.id}").status_code == 200


def test_a_right_is_found_ticked_by_keyboard_and_saved(address: str, enter: Open, shelving: Shelving) -> None:
    page = enter("/builder/permission_sets/reader")
    search = page.locator("dg-row-filter input")
    search.fill("shelf")
    expect(page.locator("tr[data-row-text]:visible")).to_have_count(1)
    page.get_by_label("Shelf Update").select_option("department_below")
    page.get_by_label("Shelf Share").focus()
    page.keyboard.press("Space")
    search.fill("")
    assert violations(page) == []
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".dg-toast")).to_contain_text("Saved in the draft")
    expect(page.get_by_label("Shelf Update")).to_have_value("department_below")
    expect(page.get_by_label("Shelf Share")).to_be_checked()
    page.goto(address + "/builder/permission_sets/reader/fields?object=book")
    page.get_by_role("radiogroup", name="Title").get_by_text("Masked").click()
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("radiogroup", name="Title").get_by_label("Masked")).to_be_checked()
    page.goto(address + "/builder/permission_sets/compare?a=reader&b=administrator")
    expect(page.locator("#body")).to_contain_text("Department and below")
    drafts.discard(shelving.database, shelving.tenant)


def test_a_rule_says_what_it_opens_while_it_is_edited(address: str, enter: Open, shelving: Shelving) -> None:
    drafts.put(shelving.database, shelving.tenant, read_documents(RULE), by=shelving.ann, expected={})
    page = enter("/builder/sharing/late_ones")
    said = page.locator("#said")
    expect(said).to_contain_text("Books whose State = Late → department Gone and below may read")
    expect(said).to_contain_text("No department is called “Gone”")
    before = re.search(r"fit now\s*(\d+)", said.inner_text())
    page.get_by_label("Value").select_option("open")
    expect(said).to_contain_text("State = Open")
    after = re.search(r"fit now\s*(\d+)", said.inner_text())
    assert before is not None
    assert after is not None
    assert before[1] != after[1]
    page.get_by_label("Everybody").check()
    expect(said).to_contain_text("everybody may read")
    page.get_by_label("Read and edit").check()
    expect(said).to_contain_text("may edit")
    assert violations(page) == []
    save_picture(page, "sharing-rule")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".dg-toast")).to_contain_text("Saved in the draft")
    found = drafts.get(shelving.database, shelving.tenant, "sharing", "late_ones")[0].json()
    assert (found["when"], found["access"]) == ('state = "open"', "edit")
    drafts.discard(shelving.database, shelving.tenant)


@pytest.mark.parametrize(
    ("width", "locale", "theme"), [(1280, "zh", "light"), (390, "en", "dark"), (360, "zh", "light")]
)
def test_the_pages_are_accessible_and_fit(
    address: str, enter: Open, shelving: Shelving, dan: str, width: int, locale: str, theme: str
) -> None:
    many = "\n---\n".join(
        f"kind: object\nname: thing_{n}\nlabel: Thing number {n}\nname_field: name\nfields: {{name: {{type: text}}}}"
        for n in range(30)
    )
    documents = [*read_documents(many), *read_documents(RULE)]
    drafts.put(shelving.database, shelving.tenant, documents, by=shelving.ann, expected={})
    sets = "/builder/permission_sets"
    page = enter(sets, width=width, locale=locale, theme=theme)
    for path in (
        *(f"{sets}/reader", f"{sets}/reader/fields?object=book", f"{sets}/reader/settings", f"{sets}/reader/holders"),
        *(f"{sets}/compare?a=reader&b=administrator", f"{sets}/new", "/builder/sharing/late_ones"),
        *("/builder/sharing/new", f"/builder/people/{dan}", "/builder/people/queues?new=1"),
    ):
        page.goto(address + path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        save_picture(page, f"granting-{width}-{locale}{path.replace('/', '-').partition('?')[0]}")
    if width < 720:
        page.goto(f"{address}{sets}/reader")
        card = page.locator("tr[data-row-text]").nth(20)
        card.scroll_into_view_if_needed()
        box = card.bounding_box()
        assert box is not None
        assert box["width"] <= width  # one object per card
        assert box["height"] < 500
    drafts.discard(shelving.database, shelving.tenant)
