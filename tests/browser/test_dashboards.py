"""Dashboards in a real browser: cards that load by themselves, filters for all, full screen, phone, axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import cockpit
from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from entering import type_in, without_scripts
from shelving import Shelving, make_shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    made = make_shelving(module_database_url, cockpit.DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/dashboards/overview", "/dashboards"])
def test_pages_of_dashboards_are_open_to_everybody(enter: Open, path: str, width: int, locale: str) -> None:
    page = enter(path, width=width, locale=locale)
    page.evaluate("document.querySelector('.dg-body').scrollTo(0, 4000)")
    settled(page)
    page.evaluate("document.querySelector('.dg-body').scrollTo(0, 0)")
    save_picture(page, f"dashboards{path.replace('/', '-')}-{width}-{locale}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def own(enter: Open, address: str) -> Callable[..., Page]:
    """`own(width, locale)`: the designer of a new copy of the overview."""

    def at(width: int = 1280, locale: str = "en") -> Page:
        page = enter("/dashboards/new?from=overview", width=width, locale=locale)
        page.locator("main button[type=submit]").click()
        page.wait_for_url("**/edit")
        settled(page)
        return page

    return at


def place(page: Page, name: str) -> list[int]:
    """Where a widget stands, as the server has it."""
    key = page.url.split("/dashboards/")[1].split("/")[0]
    shown = page.request.get(page.url.split("/dashboards/")[0] + f"/dashboards/{key}").text()
    style = shown.split(f'id="w-{name}" style="')[1].split('"')[0]
    x, y, w, h = (int(part.split(":")[1]) for part in style.split(";"))
    return [x - 1, y - 1, w, h]


def comes_to_stand(page: Page, name: str, fits: Callable[[list[int]], bool]) -> None:
    """Wait until the server has the widget where it should be."""
    for _ in range(200):
        if fits(place(page, name)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{name} stands at {place(page, name)}")


def test_widgets_are_dragged_and_resized_with_the_mouse_and_undone(own: Callable[..., Page]) -> None:
    page = own()
    save_picture(page, "designer-1280-en")
    said = page.locator("[data-design-said]")
    card = page.locator("#d-words")
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60 + 5 * 44, steps=12)
    page.mouse.up()
    expect(said).to_have_text("Saved")
    assert place(page, "words") == [9, 23, 3, 5]
    page.locator(".dg-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
    card.hover()
    box = page.locator("[gs-id=words] > .ui-resizable-se").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 44, steps=8)
    page.mouse.up()
    comes_to_stand(page, "words", lambda at: at[:3] == [9, 23, 3] and at[3] < 5)
    expect(said).to_have_text("Saved")
    page.locator("[data-design=undo]").click()
    page.locator("[data-design=undo]").click()
    comes_to_stand(page, "words", lambda at: at == [9, 18, 3, 5])
    expect(said).to_have_text("Saved")
    page.locator("[data-design=redo]").click()
    comes_to_stand(page, "words", lambda at: at == [9, 23, 3, 5])
    expect(said).to_have_text("Saved")


def test_keys_move_and_resize_and_open_the_settings(own: Callable[..., Page]) -> None:
    page = own()
    said = page.locator("[data-design-said]")
    page.locator("#d-wait").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(said).to_have_text("Saved")
    assert place(page, "wait") == [6, 19, 3, 6]
    page.locator("#d-wait").focus()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog.dg-drawer[open]")
    expect(drawer.get_by_label("Rows")).to_be_visible()
    save_picture(page, "designer-settings-1280-en")
    assert violations(page) == []
    drawer.get_by_label("Rows").fill("3")
    drawer.get_by_label("Wide").fill("4")
    drawer.locator("button[type=submit]").last.click()
    page.wait_for_url("**#d-wait")
    page.locator("dg-dashboard-designer[data-ready]").wait_for()
    assert place(page, "wait")[2] == 4
    page.locator("[data-design=undo]").click()  # also what a form did
    comes_to_stand(page, "wait", lambda at: at == [6, 19, 3, 6])


def test_a_widget_is_added_and_removed(own: Callable[..., Page]) -> None:
    page = own()
    page.locator("#add").click()
    drawer = page.locator("dialog.dg-drawer[open]")
    offer = drawer.locator("li", has_text="One value, its change and its target.")
    offer.locator("select").select_option("cost_of_books")
    save_picture(page, "designer-add-1280-en")
    assert violations(page) == []
    offer.locator("button").click()
    page.wait_for_url("**#d-cost_of_books")
    page.locator("dg-dashboard-designer[data-ready]").wait_for()
    card = page.locator("#d-cost_of_books")
    expect(card).to_contain_text("Cost")
    card.focus()
    page.keyboard.press("Delete")
    expect(page.locator("#d-cost_of_books")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_on_a_phone_the_designer_is_an_outline(own: Callable[..., Page], locale: str) -> None:
    page = own(390, locale)
    expect(page.locator(".dg-design-grid")).not_to_be_visible()
    save_picture(page, f"designer-390-{locale}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#o-open button").nth(1).click()
    page.wait_for_url("**#d-open")
    order = page.locator(".dg-design-outline > li").evaluate_all("rows => rows.map(row => row.id)")
    assert order.index("o-open") == 2


def test_filters_reach_all_cards_and_the_page_goes_full_screen(enter: Open, shelving: Shelving) -> None:
    page = enter("/dashboards/overview")
    expect(page.locator("#w-open .dg-figure-value")).to_have_text("52")
    page.locator("select[name=owner]").select_option(shelving.bob)
    page.wait_for_url(f"**owner={shelving.bob}*")
    expect(page.locator("#w-open .dg-figure-value")).to_have_text("0")
    expect(page.locator("#w-owners")).to_contain_text("No matching records")
    settled(page)
    page.locator("[data-dash=full]").click()
    expect(page.locator("dg-dashboard:fullscreen")).to_have_count(1)
    page.evaluate("document.exitFullscreen()")


def test_a_card_that_cannot_be_loaded_says_so_and_tries_again(enter: Open) -> None:
    page = enter("/dashboards/overview")
    expect(page.locator("#w-open .dg-figure-value")).to_have_text("52")
    page.route("**/dashboards/overview/widgets/open*", lambda route: route.abort())
    page.locator("[data-dash=refresh]").first.click()
    card = page.locator("#w-open")
    expect(card).to_contain_text("This could not be loaded")
    expect(page.locator("#w-worth .dg-figure-value")).to_contain_text("¥8,385")
    page.unroute("**/dashboards/overview/widgets/open*")
    card.get_by_role("button", name="Try again").click()
    expect(page.locator("#w-open .dg-figure-value")).to_have_text("52")


def test_without_javascript_one_signs_in_and_the_page_comes_whole(address: str, browser: BrowserContext) -> None:
    with without_scripts(browser, address + "/sign-in", who=None) as page:
        type_in(page, address, "ann@library.test")
        page.wait_for_url(address + "/?all=1")  # the home page leads there by itself
        expect(page.get_by_role("link", name="Book 128")).to_be_visible()
