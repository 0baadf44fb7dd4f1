"""Signing in through the page, for browser tests: `sign_in(open_page, address, who)`, and `enter` for a page in a
language that the person has chosen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from reading import PASSWORD

Open = Callable[..., Page]


def sign_in(open_page: Open, address: str, who: str = "ann", width: int = 1280, **more: str) -> Page:
    """The page after the sign-in of somebody of the library."""
    page = open_page(address + "/sign-in", width, **more)
    page.fill("[name=email]", f"{who}@library.test")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(address + "/")
    return page


def enter(
    open_page: Open,
    address: str,
    path: str,
    who: str = "bob",
    width: int = 1280,
    locale: str = "en",
    theme: str = "light",
) -> Page:
    """The page at `path` after the sign-in, once its islands are there; the language is kept as a preference."""
    page = open_page(address + "/sign-in", width, locale, theme)
    page.get_by_role("textbox").first.fill(f"{who}@library.test")
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(address + "/")
    token = page.locator("meta[name=dg-csrf]").get_attribute("content") or ""
    page.request.post(address + "/preferences", form={"csrf_token": token, "locale": locale, "next": "/"})
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    return page
