"""An administrator creates a user in a real browser; the user signs in, makes a token, and is signed out from afar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from dougong_platform.people.directory import departments
from dougong_tenants.people import create_department
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


def test_from_invitation_to_token_to_the_end_of_the_session(
    address: str, open_page: Open, enter: Open, screens: Engine, shelving: Shelving
) -> None:
    create_department(shelving.database, shelving.tenant, {"name": "Reading room"})
    page = enter("/builder/people/new")
    page.get_by_label("Full name").fill("Wendy Wu")
    page.get_by_label("E-mail").fill("wendy@library.test")
    page.get_by_label("Department", exact=True).select_option(label="Reading room")
    page.get_by_label("Manager").fill("ann")
    page.locator("dg-lookup [role=option]", has_text="Ann").click()
    page.get_by_label("Administrator").check()
    assert violations(page) == []
    page.get_by_role("button", name="Create user").click()
    link = page.get_by_label("Invitation link").input_value()
    assert violations(page) == []
    save_picture(page, "people-invited")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".dg-toast")).to_be_visible()

    page = open_page(link, 390)  # a browser without cookies: Wendy's phone
    page.get_by_label("New password", exact=True).fill("all her own words")
    page.get_by_label("The new password once more").fill("all her own words")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Set the password").click()
    page.get_by_label("Password").fill("all her own words")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address + "/")

    page.goto(address + "/settings/tokens")
    page.locator("#k-name").fill("Phone script")
    page.get_by_role("button", name="Issue the token").click()
    token = page.get_by_label("The token").input_value()
    assert violations(page) == []
    save_picture(page, "token-390")
    answer = screens.test_client().get("/api/v1/records/book", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200

    session = screens.test_client()  # another device of hers
    session.post("/sign-in", data={"email": "wendy@library.test", "password": "all her own words"})
    assert session.get("/settings").status_code == 200
    page.goto(address + "/settings/security")
    assert violations(page) == []
    page.get_by_role("button", name="End", exact=False).filter(has_not_text="all").first.click()
    expect(page.locator(".dg-toast")).to_contain_text("The session ended")
    assert session.get("/settings", headers={"Accept": "text/html"}).status_code == 303


def test_departments_move_by_keyboard_and_by_dragging(enter: Open, shelving: Shelving) -> None:
    for name in ("One", "Two", "Three"):
        create_department(shelving.database, shelving.tenant, {"name": name, "position": 10})
    page = enter("/builder/people/departments")
    assert violations(page) == []

    def parent(name: str) -> str | None:
        tree = {one.id: one for one in departments(shelving.admin)}
        one = next(one for one in tree.values() if one.name == name)
        return tree[one.parent].name if one.parent else None

    order = [one.name for one in departments(shelving.admin) if one.name in ("One", "Two", "Three")]
    moved, above = order[1], order[0]
    handle = page.get_by_role("button", name=f"Move {moved}")
    handle.focus()
    for key in ("Space", "ArrowRight"):
        page.keyboard.press(key)
    with page.expect_response("**/move"):
        page.keyboard.press("Enter")
    expect(page.locator(".dg-toast").last).to_contain_text("was moved")
    assert parent(moved) == above
    expect(page.get_by_role("button", name=f"Move {moved}")).to_be_focused()

    source = page.get_by_role("button", name=f"Move {order[2]}").bounding_box()
    target = page.get_by_role("button", name=f"Move {moved}").bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + 8, source["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 20, steps=8)
    page.mouse.move(target["x"] + 20, target["y"] + 4, steps=8)
    with page.expect_response("**/move"):
        page.mouse.up()
    settled(page)
    assert parent(order[2]) in (above, moved)


@pytest.mark.parametrize(
    ("width", "locale", "theme"), [(1280, "zh", "light"), (390, "en", "dark"), (360, "zh", "light")]
)
def test_the_pages_are_accessible_and_fit(
    address: str, enter: Open, shelving: Shelving, width: int, locale: str, theme: str
) -> None:
    page = enter("/settings", width=width, theme=theme)
    page.locator("#f-locale").select_option(locale)
    with page.expect_navigation():
        page.locator("form[action='/settings'] button[type=submit]").click()
    room = departments(shelving.admin)[0].id if departments(shelving.admin) else ""
    for path in (
        *("/settings", "/settings/security", "/settings/tokens", "/builder/tokens", "/builder/people"),
        *(f"/builder/people/{shelving.bob}", f"/builder/people/{shelving.bob}?ask=deactivate", "/builder/people/new"),
        *(f"/builder/people/departments?id={room}", "/builder/people/teams?new=1"),
    ):
        page.goto(address + path)
        name = path.split("?")[0].strip("/").replace("/", "-").replace(shelving.bob, "user")
        save_picture(page, f"{name}-{width}-{locale}-{theme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
