"""Dashboards in a real browser: cards that load by themselves, filters for all, full screen, phone, axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import cockpit
from browsing import save_picture, violations
from dougong_platform.http.engine import Engine
from dougong_tenants.people import update_user
from reading import PASSWORD
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


@pytest.fixture
def sign_in(address: str, open_page: Open, shelving: Shelving) -> Callable[..., Page]:
    """`sign_in(path, width, locale, theme)`: Ann's page at a path, everything on it loaded."""

    def at(path: str, width: int = 1280, locale: str = "en", theme: str = "light") -> Page:
        update_user(shelving.database, shelving.tenant, shelving.ann, {"locale": locale}, by=shelving.ann)
        page = open_page(address + "/sign-in", width, locale, theme)
        page.locator("[name=email]").fill("ann@library.test")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("button[type=submit]").first.click()
        page.wait_for_url(address + "/")
        page.goto(address + path)
        page.wait_for_load_state("networkidle", timeout=30_000)
        return page

    return at


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/dashboards/overview", "/dashboards"])
def test_pages_of_dashboards_are_open_to_everybody(
    sign_in: Callable[..., Page], path: str, width: int, locale: str
) -> None:
    page = sign_in(path, width, locale)
    page.evaluate("document.querySelector('.dg-body').scrollTo(0, 4000)")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelector('.dg-body').scrollTo(0, 0)")
    save_picture(page, f"dashboards{path.replace('/', '-')}-{width}-{locale}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
