"""Sharing in a real browser: by keyboard in the drawer, on a phone, in the dark, without JavaScript, many at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import entering
from browsing import save_picture, violations
from catalogue_room import app_over
from dougong_platform import shares
from entering import without_scripts
from sharing import Sharing

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(sharing: Sharing, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(app_over(sharing.reading, tmp_path_factory.mktemp("home")))


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """`enter(path, who, width, locale, theme)`: a page after the sign-in."""
    return partial(entering.enter, open_page, address)


def told(sharing: Sharing, book: str) -> list[tuple[str, str, str | None]]:
    """(with whom, access, role) of a book's shares."""
    found = shares.list_shares(sharing.reading.admin, "book", book)
    return [(one["subject.name"], one["access"], one["role"]) for one in found]


def test_a_colleague_joins_the_team_by_keyboard_and_leaves_by_undo(sharing: Sharing, enter: Open) -> None:
    book = sharing.make()
    page = enter(f"/o/book/{book}")
    page.locator("#record-team-add").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#share-role")).to_be_visible()
    page.locator("#share-subject").focus()
    page.keyboard.type("ev")
    expect(page.get_by_role("option", name="Eve")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # read → read and edit
    page.locator("#share-role").focus()
    page.keyboard.type("Editor")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Shared with Eve")).to_be_focused()
    assert told(sharing, book) == [("Eve", "edit", "Editor")]
    assert violations(page) == []
    expect(page.locator("#record-team")).to_contain_text("Editor")  # the page behind has heard of it
    expect(page.locator("#timeline")).to_contain_text("took Eve into the team as Editor: read and edit")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Taken back")).to_be_visible()
    assert told(sharing, book) == []
    page.keyboard.press("Escape")
    expect(page.locator("#record-team-add")).to_be_focused()
    expect(page.locator("#record-team")).to_contain_text("Nobody yet")


def test_a_share_is_changed_and_withdrawn_in_its_row(sharing: Sharing, enter: Open) -> None:
    book = sharing.make()
    shares.share(sharing.caller("bob"), "book", [book], {"subject": sharing["north"]})
    page = enter(f"/o/book/{book}", locale="zh")
    page.locator("#record-share-button").click()
    row = page.locator(".dg-shared", has_text="North")
    row.locator("summary").click()
    row.get_by_label("截止日期").fill("2990-06-30")
    row.get_by_label("借阅").check()
    row.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("至 2990-06-30")
    expect(row).to_contain_text("连同其借阅")
    save_picture(page, "share-1280")
    row.get_by_role("button", name="取消与 North 的共享").click()
    expect(row).to_have_count(0)
    assert told(sharing, book) == []
    page.get_by_role("button", name="撤销").click()
    expect(row).to_have_count(1)
    page.locator("#share-subject").fill("没有此人")
    page.get_by_role("button", name="共享", exact=True).click()
    expect(page.locator("#share-subject")).to_be_focused()
    expect(page.locator("#share-subject-note")).to_contain_text("没有名称恰为")
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_drawer_is_a_sheet(sharing: Sharing, enter: Open, theme: str) -> None:
    book = sharing.make()
    given = {"subject": sharing["eve"], "role": "项目经理", "relations": ["loan.book"]}
    shares.share(sharing.caller("bob"), "book", [book], given)
    page = enter(f"/o/book/{book}", width=390, locale="zh", theme=theme)
    page.locator("#record-team").scroll_into_view_if_needed()
    assert violations(page) == []
    page.locator("#record-team-add").click()
    expect(page.locator("#record-shares")).to_be_visible()
    save_picture(page, f"share-390-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('dialog.dg-drawer .dg-inside').scrollWidth") <= 390
    remove = page.get_by_role("button", name="取消与 Eve 的共享").bounding_box()
    assert remove is not None
    assert min(remove["width"], remove["height"]) >= 40
    assert violations(page) == []


def test_selected_records_are_shared_from_the_list_and_taken_back_by_the_toast(sharing: Sharing, enter: Open) -> None:
    books = [sharing.make(owner="cat", title=f"Volume {n}") for n in range(2)]
    page = enter("/o/book", who="cat")
    page.locator("input[data-all]").check()
    page.get_by_role("button", name="Share…").click()
    page.locator("#bulk-subject").fill("Dan")
    page.get_by_role("option", name="Dan").click()
    assert violations(page) == []
    page.get_by_role("button", name="Share 2 records").click()
    expect(page.get_by_text("2 records shared with Dan")).to_be_visible()
    assert [told(sharing, book) for book in books] == [[("Dan", "read", None)]] * 2
    page.locator("[data-undo]").click()
    expect(page.get_by_text("Taken back: 2 records")).to_be_visible()
    assert [told(sharing, book) for book in books] == [[], []]


def test_everything_works_without_javascript(sharing: Sharing, address: str, browser: BrowserContext) -> None:
    book = sharing.make()
    with without_scripts(browser, f"{address}/o/book/{book}", "bob") as page:
        page.locator("#record-share-button").click()
        page.locator("#share-subject").fill("Fay")
        page.get_by_role("button", name="Share", exact=True).click()
        expect(page.locator("#record-shares")).to_contain_text("Fay")
        assert told(sharing, book) == [("Fay", "read", None)]
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("#record-shares")).to_contain_text("Shared with nobody yet")
        assert told(sharing, book) == []
