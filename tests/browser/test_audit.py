"""The audit log in a real browser: narrowed down while typing, unfolded by keys, followed to older entries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_platform.http.engine import Engine
from dougong_tenants import audit
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine, shelving: Shelving) -> str:
    with shelving.database.transaction(shelving.tenant) as tx:
        for number in range(70):
            who = {"actor": shelving.bob, "target_kind": "object", "target": "book", "ip": "192.0.2.7"}
            audit.note(tx, "export.made", details={"rows": 1000 + number, "filter": "pages > 5"}, **who)  # type: ignore[arg-type]  # texts only
        change = {"changes": {"phone": ["123", "456"]}}
        audit.note(
            tx, "people.user_changed", actor=shelving.ann, target_kind="user", target=shelving.cat, details=change
        )
    return serve(screens)


def test_it_is_narrowed_down_unfolded_and_followed_back(address: str, enter: Open) -> None:
    page = enter("/builder/audit")
    assert violations(page) == []
    lines = page.locator(".dg-audit-line")
    expect(lines).to_have_count(50)

    page.get_by_role("link", name="Older entries").click()
    expect(page.locator(".dg-audit-line")).not_to_have_count(50)
    expect(page.locator("#audit-older")).to_have_count(1)

    page.get_by_label("Person", exact=True).fill("bob")
    page.locator("dg-lookup [role=option]", has_text="Bob").click()
    expect(page.locator("#audit-count")).to_have_text("71")  # that he was created, too
    expect(page.locator(".dg-audit-said").first).to_have_text("Bob exported 1,069 rows of Books")

    page.goto(address + "/builder/audit")
    page.locator("input[type=search][name=q]").fill("phone")
    expect(lines).to_have_count(1)
    page.locator(".dg-audit-line summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("ins.dg-is")).to_have_text("456")
    assert violations(page) == []
    save_picture(page, "audit-unfolded")
    page.wait_for_url("**q=phone**")
    expect(page.locator("#audit-export a")).to_have_attribute("href", re.compile("q=phone"))


@pytest.mark.parametrize(
    ("width", "theme", "locale"), [(390, "light", "zh"), (390, "dark", "en"), (1280, "dark", "zh")]
)
def test_it_fits_every_width_theme_and_language(enter: Open, width: int, theme: str, locale: str) -> None:
    page = enter("/builder/audit?action=export.made", width=width, locale=locale, theme=theme)
    page.locator(".dg-audit-line summary").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    save_picture(page, f"audit-{width}-{theme}-{locale}")


def test_a_shorter_time_is_asked_about_in_a_dialog_that_can_be_left(enter: Open, shelving: Shelving) -> None:
    with shelving.database.owner(shelving.tenant) as connection:
        connection.execute("insert into _audit (at, action) values (now() - interval '100 days', 'sign_out')")
    page = enter("/builder/audit")
    page.get_by_label("Kept for").select_option("90")
    page.locator(".dg-audit-keep button").click()
    expect(page.get_by_role("heading", name="Keep entries for a shorter time?")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Keep entries for a shorter time?")).to_be_hidden()
    page.get_by_label("Kept for").select_option("90")
    page.locator(".dg-audit-keep button").click()
    page.get_by_role("button", name="Shorten").click()
    expect(page.locator(".dg-toast")).to_be_visible()
    expect(page.get_by_label("Kept for")).to_have_value("90")
