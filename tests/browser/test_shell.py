"""The shell and its components in a real browser: accessible, without a horizontal scroll bar, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.mark.parametrize("width", [1280, 390, 360])
@pytest.mark.parametrize(("locale", "theme"), [("zh", "light"), ("en", "dark")])
def test_every_component_is_accessible_and_fits(
    gallery: str, open_page: Open, width: int, locale: str, theme: str
) -> None:
    page = open_page(gallery + "?errors=1", width, locale, theme)
    page.wait_for_selector("dg-select .ts-control")
    save_picture(page, f"gallery-{width}-{locale}-{theme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_ctrl_k_opens_the_palette_filters_it_and_gives_the_focus_back(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    page.get_by_role("link", name="Reports").focus()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search or jump")
    expect(palette).to_be_visible()
    page.keyboard.type("auth")
    expect(palette.get_by_role("option", name="Authors", exact=True)).to_have_attribute("aria-selected", "true")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(page.get_by_role("link", name="Reports")).to_be_focused()


def test_a_confirmation_puts_the_focus_on_cancel(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    page.locator("button[data-opens=gallery-confirm]:visible").first.click()
    dialog = page.get_by_role("dialog", name="Delete 3 books?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert violations(page) == []


def test_the_menus_work_by_keyboard(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    page.get_by_role("button", name="Xiaowen Lin").press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    save_picture(page, "user-menu")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_the_navigation_narrows_and_stays_narrow(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    side = page.locator(".dg-side")
    page.keyboard.press("Control+b")
    expect(side).to_have_css("width", "56px")
    page.reload()
    expect(side).to_have_css("width", "56px")
    save_picture(page, "narrow")
    assert violations(page) == []


def test_the_appearance_is_chosen_and_kept(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    page.get_by_role("button", name="Xiaowen Lin").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 23, 27)")


def test_the_system_decides_until_a_theme_is_chosen(gallery: str, open_page: Open) -> None:
    page = open_page(gallery, theme="auto")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 23, 27)")
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).to_have_css("background-color", "rgb(250, 250, 248)")


def test_several_choices_are_made_by_typing(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    control = page.locator("dg-select .ts-control input")
    control.click()
    control.press_sequentially("dra")
    expect(page.locator("dg-select .ts-dropdown .option.active")).to_contain_text("dra", ignore_case=True)
    page.keyboard.press("Enter")
    expect(page.locator("select[name=multi_picklist]")).to_have_values(["b", "e", "d"])


def test_a_signature_drawn_by_hand_is_sent_as_a_picture(gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    canvas = page.locator("dg-signature canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 30, steps=5)
    page.mouse.up()
    expect(page.locator("dg-signature input")).to_have_value("C:\\fakepath\\signature.png")


def test_signing_in_looks_right_in_both_languages(serve: Callable[..., str], app: object, open_page: Open) -> None:
    address = serve(app)
    for width, locale, theme in ((1280, "zh", "light"), (390, "en", "dark")):
        page = open_page(address + "/sign-in", width, locale, theme)
        save_picture(page, f"sign-in-{width}-{locale}-{theme}")
        assert violations(page) == []
    page.get_by_label("E-mail").fill("bob@library.test")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    assert violations(page) == []
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(address + "/")
    page.goto(address + "/more")
    expect(page.get_by_role("link", name="Books").first).to_be_visible()
    save_picture(page, "more-390")
    assert violations(page) == []
    page.goto(address + "/nothing-here")
    save_picture(page, "fault-390")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "locale", "theme"), [(1280, "zh", "light"), (390, "en", "dark")])
def test_the_builders_shell_is_accessible_and_fits(
    gallery: str, open_page: Open, width: int, locale: str, theme: str
) -> None:
    page = open_page(gallery + "/builder", width, locale, theme)
    save_picture(page, f"builder-{width}-{locale}-{theme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_row_is_moved_by_keyboard(gallery: str, open_page: Open) -> None:
    page = open_page(gallery + "/builder")
    handle = page.locator("tr[data-id=text] .dg-handle")
    handle.focus()
    for key in ("Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("tbody tr").nth(0)).to_have_attribute("data-id", "long_text")
    expect(page.locator("tbody tr").nth(1)).to_have_attribute("data-id", "text")
