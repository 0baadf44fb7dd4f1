"""The stage path of a record with a pipeline: days and limits, the gate as ticks, checklists, the dialog of a move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bindery import a_book, a_shelf, stands
from browsing import save_picture, violations
from dougong_platform.http.engine import Engine
from dougong_platform.query import get
from entering import without_scripts
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], bindery_app: Engine) -> str:
    return serve(bindery_app)


def path(page: Page) -> Any:
    return page.locator(".dg-path")


def test_the_path_says_how_long_and_what_is_missing(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "华东仁和医院影像平台二期", price="128000")
    stands(bindery, book, 3)
    page = enter(f"/o/book/{book}")
    expect(path(page).locator("[aria-current=step]")).to_contain_text("Idea")
    expect(path(page).locator("[aria-current=step]")).to_contain_text("day 4, limit 5")
    expect(page.locator(".dg-needs")).to_contain_text("2 things missing for “Draft”")
    expect(page.locator(".dg-needs .dg-met")).to_have_text(["Price"])
    expect(page.locator(".dg-guidance")).to_have_text("Talk to the writer.")
    expect(path(page).get_by_role("button", name="Proof")).to_have_count(0)  # no stage is passed over
    page.locator(".dg-needs").get_by_role("link", name="Shelf").click()
    expect(page.locator("[data-fact=shelf] input[type=text]")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Read once").click()
    expect(page.get_by_role("checkbox", name="Read once")).to_be_checked()
    expect(page.locator(".dg-needs")).to_contain_text("1 thing missing")
    expect(page.locator("#timeline")).to_contain_text("ticked “Read once”")
    page.get_by_role("checkbox", name="Read once").click()
    expect(page.get_by_role("checkbox", name="Read once")).not_to_be_checked()


def test_a_move_asks_for_what_is_missing_in_a_dialog(bindery: Reading, enter: Open) -> None:
    a_shelf(bindery, "North")
    book = a_book(bindery)
    page = enter(f"/o/book/{book}")
    path(page).get_by_role("button", name="Draft").click()
    dialog = page.get_by_role("dialog", name="Move to “Draft”")
    expect(dialog.get_by_label("Shelf")).to_be_focused()
    save_picture(page, "move-dialog")
    assert violations(page) == []
    dialog.get_by_label("Price").fill("12.5")
    dialog.get_by_role("button", name="Move to “Draft”").click()
    expect(dialog.get_by_text("Shelf is needed for “Draft”.")).to_be_visible()
    expect(dialog.get_by_label("Price")).to_have_value("12.5")
    dialog.get_by_label("Shelf").fill("nor")
    dialog.get_by_role("option", name="North").click()
    dialog.get_by_label("Read once").check()
    dialog.get_by_role("button", name="Move to “Draft”").click()
    expect(path(page).locator("[aria-current=step]")).to_contain_text("Draft")
    saved = get(bindery.admin, "book", book, ["stage", "price", "shelf.name"])
    assert (saved["stage"], saved["price"], saved["shelf.name"]) == ("draft", "12.50", "North")
    page.get_by_role("button", name="Undo").click()
    expect(path(page).locator("[aria-current=step]")).to_contain_text("Idea")


def test_losing_asks_for_the_reason_and_is_closed(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery)
    page = enter(f"/o/book/{book}")
    page.keyboard.press("s")
    page.locator(".dg-gate").get_by_role("button", name="Pulped").click()
    dialog = page.get_by_role("dialog", name="Move to “Pulped”")
    dialog.get_by_label("Why pulped").fill("Torn")
    page.keyboard.press("Enter")
    expect(path(page).locator(".dg-lost")).to_contain_text("Pulped")
    assert get(bindery.admin, "book", book, ["why"])["why"] == "Torn"
    expect(path(page).get_by_role("button")).to_have_count(0)


def test_a_condition_says_why_and_offers_what_it_looks_at(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, stage="draft", price="5")
    page = enter(f"/o/book/{book}")
    path(page).get_by_role("button", name="Proof").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The price must be above 10.")
    dialog.get_by_label("Price").fill("11")
    dialog.get_by_label("Cost").fill("3")
    dialog.get_by_role("button", name="Move to").click()
    expect(path(page).locator("[aria-current=step]")).to_contain_text("Proof")


def test_whoever_may_not_fill_it_in_is_told_and_nothing_moves(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, stage="draft", price="50", owner=bindery.bob)
    page = enter(f"/o/book/{book}", who="bob")
    expect(page.locator(".dg-needs")).to_contain_text("A value that you may not see")
    path(page).get_by_role("button", name="Proof").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("you may not fill it in")
    assert "Cost" not in dialog.inner_text()
    dialog.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert get(bindery.admin, "book", book, ["stage"])["stage"] == "draft"


def test_without_javascript_items_are_ticked_and_the_move_asks_on_a_page(
    bindery: Reading, address: str, browser: BrowserContext
) -> None:
    book = a_book(bindery, shelf=a_shelf(bindery))
    with without_scripts(browser, f"{address}/o/book/{book}") as page:
        page.locator(".dg-needs button[value='draft/read_once']").click()
        page.locator(".dg-path button[value=draft]").click()
        page.locator(".dg-move [name='m.price']").fill("7")
        page.locator(".dg-move button.dg-btn-primary").click()
        expect(page.locator(".dg-path [aria-current=step]")).to_contain_text("Draft")
    assert get(bindery.admin, "book", book, ["price"])["price"] == "7.00"


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "zh", "light"), (1280, "en", "dark"), (390, "zh", "dark"), (390, "en", "light"), (360, "en", "dark")],
)
def test_it_is_accessible_and_fits(bindery: Reading, enter: Open, width: int, locale: str, theme: str) -> None:
    shelf = a_shelf(bindery, "华东仁和医院")
    book = a_book(bindery, "华东仁和医院影像平台二期", stage="draft", price="1280000", shelf=shelf, due="2026-12-18")
    stands(bindery, book, 12)
    closed = a_book(bindery, "Alpina Mobility", stage="pulped", price="5", why="Torn")
    page = enter(f"/o/book/{book}", width=width, locale=locale, theme=theme)
    for name, id in (("open", book), ("closed", closed)):
        page.goto(page.url.partition("/o/")[0] + f"/o/book/{id}")
        save_picture(page, f"path-{name}-{width}-{locale}-{theme}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
