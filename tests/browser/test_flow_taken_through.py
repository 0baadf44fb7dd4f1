"""A flow is built by hand in the designer and published; then somebody submits a record on his phone, and three people
take it through on theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

import approval_pages
from approving import OBJECTS, Approving, make_approving
from browsing import save_picture, settled, violations
from dougong_platform.app import create_app
from dougong_platform.settings import Settings
from flow_by_hand import make_by_hand

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PHONE = 390


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, OBJECTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(company: Approving, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=company.database.dsn, secret="test", rate_limit=0
    )
    return serve(create_app(settings, company.database))


def approve_on_the_phone(page: Page, comment: str = "") -> None:
    """One tap opens the dialog, the second decides."""
    settled(page)
    page.locator("#act-approve").click()
    dialog = page.locator("dialog.dg-asking")
    if comment:
        dialog.get_by_role("textbox").first.fill(comment)
    assert violations(page) == []
    dialog.get_by_role("button", name="Approve").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Approved")


def test_three_people_take_it_through_on_their_phones(company: Approving, address: str, open_page: Open) -> None:
    desk = approval_pages.enter(open_page, address, "/builder/approvals", "ann")
    make_by_hand(desk, company)
    desk.get_by_role("link", name="Check and publish…").click()
    desk.locator("#publish-form button[type=submit]").click()
    expect(desk.get_by_text("is in force").first).to_be_visible(timeout=60_000)
    assert "paper" in company.admin.model.approvals

    record = company.purchase("dan", "Paper for a year", total="1200")
    phone = approval_pages.enter(open_page, address, f"/o/purchase/{record}/submit", "dan", PHONE)
    expect(phone.locator("main")).to_contain_text("Eve")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(phone) == []
    save_picture(phone, "taken-submit-phone")
    phone.get_by_role("button", name="Submit for approval").last.click()
    expect(phone).not_to_have_url(re.compile("/submit$"))
    ((approval, state),) = company.rows("select id, state from _approval where record = %s::uuid", [record])
    assert state == "running"

    for who, comment in (("bea", ""), ("eve", "The terms are ours."), ("fay", "")):
        phone = approval_pages.enter(open_page, address, "/approvals", who, PHONE)
        expect(phone.locator("#tab-approvals em")).to_have_text("1")
        phone.get_by_role("link", name="Paper for a year").click()
        expect(phone.locator("#approval-title")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE
        save_picture(phone, f"taken-{who}-phone")
        approve_on_the_phone(phone, comment)

    steps = company.rows("select node, state from _approval_step where approval = %s::uuid order by number", [approval])
    assert steps == [
        ("manager", "approved"),
        ("parallel", "passed"),
        ("approval", "approved"),
        ("approval_2", "approved"),
        ("branch", "passed"),
        ("copy", "passed"),
    ]
    assert company.rows("select state from _approval where id = %s::uuid", [approval]) == [("approved",)]
    phone = approval_pages.enter(open_page, address, f"/o/purchase/{record}", "dan", PHONE)
    expect(phone.get_by_role("link", name="Paper now approved")).to_be_visible()
