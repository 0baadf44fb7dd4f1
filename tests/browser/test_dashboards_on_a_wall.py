"""Dashboards that stay open in a real browser: on a wall, after the sign-out, while their cards arrive; and two who
design the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import cockpit
from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from shelving import Shelving, make_shelving

pytestmark = pytest.mark.browser
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
GOOD = 0.1  # the bound of a page that stands still


@pytest.fixture(scope="module")
def shelving(module_database_url: str) -> Iterator[Shelving]:
    made = make_shelving(module_database_url, cockpit.DOCUMENTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_wall_says_what_it_shows_and_when_it_is_renewed(enter: Callable[..., Page], locale: str) -> None:
    page = enter("/dashboards/overview", width=1280, locale=locale)
    wall = page.locator(".dg-dash-wall")
    expect(wall).not_to_be_visible()
    page.locator("[data-dash=full]").click()
    expect(wall).to_be_visible()
    expect(wall).to_contain_text("3 minutes" if locale == "en" else "3 分钟")
    save_picture(page, f"wall-1280-{locale}")
    assert violations(page) == []
    wall.locator("button").click()
    expect(wall).not_to_be_visible()


def test_what_did_not_change_is_not_drawn_anew(enter: Callable[..., Page]) -> None:
    page = enter("/dashboards/overview")
    table = page.locator("#w-table tbody")
    expect(table).to_be_visible()
    table.evaluate("rows => { rows.marked = true; }")
    with page.expect_response("**/widgets/table*"):
        page.locator("[data-dash=refresh]").first.click()
    settled(page)
    assert table.evaluate("rows => rows.marked === true")


def test_after_the_sign_out_the_numbers_stay_and_a_way_back_is_shown(enter: Callable[..., Page]) -> None:
    page = enter("/dashboards/overview")
    number = page.locator("#w-open .dg-figure-value")
    shown = number.text_content()
    page.context.clear_cookies()
    page.locator("[data-dash=refresh]").first.click()
    expect(page.locator("[data-ended]")).to_be_visible()
    expect(page.locator("[data-ended]")).to_have_count(1)
    assert number.text_content() == shown
    assert page.locator(".dg-widget-fault").count() == 0
    save_picture(page, "dashboard-signed-out-1280-en")
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_stands_still_while_its_cards_arrive(enter: Callable[..., Page], address: str, width: int) -> None:
    page = enter("/dashboards/overview", width=width)
    page.add_init_script(WATCH)
    page.goto(address + "/dashboards/overview")
    expect(page.locator("dg-chart:not([data-drawn])")).to_have_count(0)
    settled(page)
    assert page.evaluate("window.shifted") < GOOD


def test_two_who_design_one_dashboard_are_asked_whose_state_counts(enter: Callable[..., Page], address: str) -> None:
    page = enter("/dashboards/new?from=overview")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/edit")
    page.locator("dg-dashboard-designer[data-ready]").wait_for()
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("dg-dashboard-designer[data-ready]").wait_for()
    other.locator("#d-words").focus()
    other.keyboard.press("ArrowDown")
    expect(other.locator("[data-design-said]")).to_have_text("Saved")
    other.close()
    page.locator("#d-wait").focus()
    page.keyboard.press("ArrowDown")
    note = page.locator("[data-overtaken]")
    expect(note).to_be_visible()
    save_picture(page, "designer-overtaken-1280-en")
    assert violations(page) == []
    note.locator("button").last.click()
    expect(page.locator("[data-design-said]")).to_have_text("Saved")
    expect(note).to_have_count(0)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_the_designer_shows_the_phone(enter: Callable[..., Page], locale: str) -> None:
    page = enter("/dashboards/new?from=overview", width=1280, locale=locale)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/edit")
    settled(page)
    page.locator("#phone").click()
    drawer = page.locator("dialog.dg-drawer[open]")
    cards = drawer.locator(".dg-widget")
    expect(cards.first.locator(".dg-figure-value")).to_be_visible()
    settled(page)
    save_picture(page, f"designer-phone-1280-{locale}")
    assert violations(page) == []
    chart = drawer.locator(".dg-widget-chart").first.bounding_box()
    room = drawer.locator(".dg-design-phone").bounding_box()
    assert chart is not None
    assert room is not None
    assert chart["width"] > 0.8 * room["width"], "a chart is as wide as the phone"
