"""What a person meets on a slow connection: parts of a page that come late, and answers in another order than asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from browsing import settled
from dougong_platform.http.engine import Engine
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@contextmanager
def late(page: Page, pattern: str) -> Iterator[list[Route]]:
    """Requests that fit the pattern wait in the list; those that still do go on at the end."""
    waiting: list[Route] = []
    over = False

    def hold(route: Route) -> None:
        if over:
            route.continue_()
        else:
            waiting.append(route)

    page.route(pattern, hold)
    yield waiting
    over = True
    for route in waiting:
        with suppress(Error):  # given up by the page meanwhile
            route.continue_()


def arrived(page: Page, waiting: list[Route], count: int = 1) -> None:
    """Wait until so many requests wait."""
    for _ in range(400):
        if len(waiting) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(waiting)} of {count} requests came")


def test_a_drawer_shows_once_its_form_can_be_sent_in_place(enter: Open) -> None:
    page = enter("/o/book/new")
    page.get_by_label("Shelf", exact=True).fill("Late shelf")
    with late(page, "**/chunk-dg-quick-create-*.js") as waiting:
        page.get_by_role("option", name="New Shelf").click()
        arrived(page, waiting)
        expect(page.get_by_role("dialog", name="New Shelf")).to_be_hidden()
    drawer = page.get_by_role("dialog", name="New Shelf")
    drawer.get_by_label("Name").fill("")
    drawer.get_by_role("button", name="Create").click()
    expect(drawer.get_by_text("Name is required.").first).to_be_visible()
    assert page.url.endswith("/o/book/new")  # the book's form is still there


def test_a_panel_shows_once_its_keys_are_heard(enter: Open) -> None:
    page = enter("/o/book")
    panel = page.locator("#dg-list-panel")
    with late(page, "**/chunk-dg-sortable-*.js") as waiting:
        page.get_by_role("link", name="Columns", exact=True).click()
        arrived(page, waiting)
        expect(panel).to_be_hidden()
    panel.get_by_role("button", name="Move Price").focus()
    for key in ("Space", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    panel.get_by_role("button", name="Done").click()
    expect(page.locator("thead th a").nth(1)).to_have_text("Price")


def test_the_last_choice_in_a_filter_wins_over_an_answer_that_comes_late(enter: Open) -> None:
    page = enter("/o/book")
    page.keyboard.press("f")
    panel = page.locator("#dg-list-panel")
    field = panel.get_by_label("Field", exact=True)
    with late(page, "**/list/filter") as waiting:
        field.select_option("price")
        arrived(page, waiting)
        panel.get_by_label("Operator").select_option(index=1)  # of the old field: its answer is not there yet
        arrived(page, waiting, 2)
        field.select_option("due")
        arrived(page, waiting, 3)
        drawn = [route for route in waiting if "draw" in (route.request.post_data or "")]
        with page.expect_response(lambda answer: "path=due" in (answer.request.post_data or "").replace("0.", "")):
            drawn[-1].continue_()
        expect(panel.get_by_label("How the day is given")).to_be_visible()
        waiting.remove(drawn[-1])
    settled(page)
    expect(field).to_have_value("due")
    expect(panel.get_by_label("How the day is given")).to_be_visible()


def test_of_two_values_pressed_one_after_the_other_the_last_one_is_edited(enter: Open, shelving: Shelving) -> None:
    page = enter(f"/o/book/{shelving.books[9]}")
    with late(page, "**/field/*") as waiting:
        page.locator("[data-fact=price]").click()
        page.locator("[data-fact=pages]").click()
        arrived(page, waiting, 2)
        waiting.pop().continue_()
        expect(page.locator("input[name='c.pages']")).to_be_focused()
    settled(page)
    expect(page.locator("input[name='c.price']")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("[data-fact] form")).to_have_count(0)
