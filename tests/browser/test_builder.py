"""The builder in a real browser: an object with ten fields, its layout by keyboard and by dragging, a validation, the
plan, publishing, restoring; accessible, in both languages and widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FIELDS = (
    ("picklist", "State"),
    ("lookup", "Shelf"),
    ("currency", "Price"),
    ("date", "Bought on"),
    ("boolean", "In use"),
    ("long_text", "Notes"),
    ("user", "Keeper"),
    ("percent", "Wear"),
    ("auto_number", "Number"),
)
PAGES = (
    "/builder",
    "/builder/objects",
    "/builder/objects/book?field=genre",
    "/builder/objects/book?add=",
    "/builder/objects/book?add=currency",
    "/builder/objects/book/types",
    "/builder/objects/book/access",
    "/builder/objects/new",
    "/builder/permission_sets/reader",
    "/builder/validations/new?object=book",
    "/builder/permission_sets/reader/yaml",
    "/builder/changes",
)


@pytest.fixture(scope="module")
def address(reading: Reading, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app: Engine = create_app(settings, reading.database)
    return serve(app)


def test_an_administrator_builds_an_object_and_publishes_it(address: str, enter: Open, reading: Reading) -> None:
    page = enter("/builder")
    make_object(page, address)
    arrange(page, address)
    add_validation(page, address)
    publish(page, address, "Machines")
    page.goto(address + "/o/machine")
    expect(page.locator("h1")).to_contain_text("Machine")
    first = reading.tenant.release
    page.goto(address + "/builder/objects/machine?field=wear")
    page.locator("#inspector").get_by_role("button", name="More").click()
    page.get_by_role("button", name="Retire…").click()
    page.get_by_role("dialog").get_by_role("button", name="Retire").click()
    page.wait_for_url("**/builder/objects/machine")
    publish(page, address, "Less wear")
    restore(page, address, first)
    page.goto(address + "/builder/objects/machine")
    expect(page.locator("tr[data-id=wear]")).to_be_visible()


def make_object(page: Page, address: str) -> None:
    page.goto(address + "/builder/objects/new")
    page.fill("[name='label/en']", "Machine")
    page.fill("[name='label/zh']", "设备")
    while (before := page.locator("[name$='/type']").count()) < len(FIELDS):
        page.get_by_role("button", name="More rows").click()
        expect(page.locator("[name$='/type']")).not_to_have_count(before)
    for at, (kind, label) in enumerate(FIELDS):
        page.select_option(f"[name='field/{at}/type']", kind)
        page.fill(f"[name='field/{at}/en']", label)
        if kind == "lookup":
            page.select_option(f"[name='field/{at}/to']", "shelf")
    page.get_by_role("button", name="Create in the draft").click()
    page.wait_for_url("**/builder/objects/machine")
    expect(page.locator("tr[data-row]")).to_have_count(10)
    save_picture(page, "builder-machine")


def arrange(page: Page, address: str) -> None:
    """The layout: a field by keyboard, one by the mouse, a section with a condition."""
    page.goto(address + "/builder/layouts/machine_standard")
    price = page.locator("[data-grid='0'] [data-name=price]")
    price.focus()
    for key in ("Space", "ArrowLeft", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert order(page, 0)[:2] == ["name", "price"]
    page.keyboard.press("Control+z")
    assert order(page, 0)[3] == "price"
    page.keyboard.press("Control+Shift+z")
    page.get_by_role("button", name="Section", exact=True).click()
    expect(page.locator("[data-grid='1']")).to_be_visible()
    drag(page, "[data-grid='0'] [data-name=notes]", "[data-grid='1']")
    expect(page.locator("[data-grid='1'] [data-name=notes]")).to_be_visible()
    page.locator("[data-key='section:1']").click()
    page.get_by_role("button", name="Condition", exact=True).click()
    page.locator(".dg-builder-condition select").first.select_option("in_use")
    expect(page.locator(".dg-builder-code")).to_contain_text("in_use")
    expect(page.locator(".dg-layout-section .dg-pill")).to_contain_text("In use")
    expect(page.locator("[data-layout-saved]")).to_have_text("Saved in the draft")
    expect(page.locator(".dg-builder-condition select").nth(2)).to_have_value("true")
    assert violations(page) == []
    save_picture(page, "builder-layout")


def order(page: Page, section: int) -> list[str]:
    found = page.locator(f"[data-grid='{section}'] [data-name]")
    names: list[str] = found.evaluate_all("all => all.map(one => one.dataset.name)")
    return names


def drag(page: Page, what: str, to: str) -> None:
    page.locator(what).scroll_into_view_if_needed()
    start = page.locator(what).bounding_box()
    assert start is not None
    page.mouse.move(start["x"] + 20, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 24, start["y"] + 28, steps=3)
    page.locator(to).scroll_into_view_if_needed()
    end = page.locator(to).bounding_box()
    assert end is not None
    page.mouse.move(end["x"] + 30, end["y"] + end["height"] / 2, steps=12)
    settled(page)  # an animation makes room
    page.mouse.up()


def add_validation(page: Page, address: str) -> None:
    page.goto(address + "/builder/validations/new?object=machine")
    page.locator("[name='b/must']").fill("prize >= 0")
    expect(page.locator("dg-builder-expression .dg-error").first).to_contain_text("price")
    page.locator("[name='b/must']").fill("price >= 0")
    expect(page.locator("dg-builder-expression [data-said]").first).to_contain_text("Right")
    page.locator("[name='b/message/en']").fill("Not below zero")
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/validations/not_below_zero")


def publish(page: Page, address: str, note: str) -> None:
    page.goto(address + "/builder/changes")
    expect(page.locator("#plan").get_by_text("Can be published")).to_be_visible()
    assert violations(page) == []
    save_picture(page, f"builder-changes-{note.lower().replace(' ', '-')}")
    page.locator("#plan [name=note]").fill(note)
    page.locator("#plan button[type=submit]").click()
    expect(page.get_by_text("is in force", exact=False).first).to_be_visible(timeout=20_000)
    expect(page.locator(".dg-release").first).to_contain_text(note)


def restore(page: Page, address: str, number: int) -> None:
    page.get_by_role("link", name=f"Restore #{number}").click()
    button = page.get_by_role("button", name="Restore as")
    expect(button).to_be_enabled()
    assert violations(page) == []
    button.click()
    expect(page.get_by_text(f"Release #{number} is back")).to_be_visible(timeout=20_000)


def test_fields_are_ordered_by_keyboard_and_found_by_typing(address: str, enter: Open, reading: Reading) -> None:
    page = enter("/builder/objects/book")
    page.locator("tr[data-id=genre] .dg-handle").focus()
    settled(page)
    with page.expect_response("**/order"):
        for key in ("Space", "ArrowUp", "Enter"):
            page.keyboard.press(key)
    page.reload()
    ids = page.locator("tr[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    assert ids[2] == "genre"
    page.get_by_placeholder("Find a field").fill("pri")
    expect(page.locator("tr[data-row]:visible")).to_have_count(2)
    drafts.discard(reading.database, reading.tenant)


@pytest.mark.parametrize(("width", "locale"), [(1280, "zh"), (390, "en")])
def test_every_page_is_accessible_and_fits(
    address: str, enter: Open, reading: Reading, width: int, locale: str
) -> None:
    body = drafts.get(reading.database, reading.tenant, "permission_set", "reader")[0]
    drafts.put(reading.database, reading.tenant, [type(body)(body.kind, body.name, {**body.body, "label": "Guest"})])
    page = enter("/builder", width=width, locale=locale)
    for path in PAGES:
        page.goto(address + path)
        name = path.strip("/").replace("/", "-").replace("?", "-")
        save_picture(page, f"{name}-{width}-{locale}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    drafts.discard(reading.database, reading.tenant)


def test_a_reader_meets_a_closed_door(address: str, enter: Open) -> None:
    page = enter("/", "bob")
    assert page.locator("a[href='/builder']").count() == 0
    answer = page.goto(address + "/builder/objects/book")
    assert answer is not None
    assert answer.status == 403
