"""An administrator sets up the company's identity provider in a real browser; people sign in through it, a real one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import identity_provider as provider_program
from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants import oidc
from dougong_tenants.people import deactivate_user, find_user, update_user
from entering import type_in
from identity_provider import IdentityProvider
from reading import PASSWORD
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


def prove(page: Page, name: str) -> None:
    """At the provider: user name, password, and consent if it asks."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=login]").press("Enter")
    page.locator("input[name=password]").fill(provider_program.PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("input[name=password]")).to_have_count(0)  # the provider has answered
    consent = page.locator("button[name=answer][value=accept]")
    consent.or_(page.locator("html[data-bs-theme]")).wait_for()  # asked once; else it is our page already
    page.wait_for_load_state()
    if consent.count():
        consent.click()


def fits(page: Page) -> None:
    """No wider than the window, nothing that axe objects to."""
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert violations(page) == []


def test_from_setting_up_to_signing_in(
    address: str, open_page: Open, shelving: Shelving, identity_provider: IdentityProvider
) -> None:
    page = open_page(address + "/sign-in")
    expect(page.get_by_text("Sign in with your company")).to_have_count(0)  # nobody has set one up
    type_in(page, address, "ann@library.test")
    page.goto(address + "/builder/oidc")
    fits(page)
    page.get_by_role("link", name="New provider").first.click()
    page.get_by_label("Label, English").fill("House of identities")
    page.get_by_label("Issuer").fill(identity_provider.issuer + "/nowhere")
    page.get_by_label("Client ID").fill(provider_program.CLIENT)
    page.get_by_label("Client secret").fill(provider_program.SECRET)
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#findings [data-tone=bad]")).to_contain_text("answers 404")
    fits(page)
    save_picture(page, "oidc-tried-badly")
    page.get_by_label("Issuer").fill(identity_provider.issuer)
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#findings [data-tone=good]").first).to_contain_text("its document is complete")
    page.get_by_label("E-mail domains").fill("library.test")  # the secret that was typed is still there
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The provider was saved")).to_be_visible()
    identity_provider.add_client(page.get_by_label("Redirect address").input_value())
    fits(page)
    save_picture(page, "oidc-provider")

    page = open_page(address + "/sign-in?next=/settings", 390)
    fits(page)
    save_picture(page, "oidc-sign-in-390")
    page.get_by_role("link", name="House of identities").click()
    prove(page, "bob")
    page.wait_for_url(address + "/settings")
    assert page.get_by_label("Full name").input_value() == "Bob"
    assert not [c for c in page.context.cookies(address) if c["name"].startswith("dougong_oidc_")]

    page.goto(address + "/settings/security")
    card = page.locator("#identities")
    expect(card).to_contain_text("bob@library.test")
    fits(page)
    save_picture(page, "oidc-identities-390")
    card.get_by_role("button", name="Unlink").click()
    expect(page.get_by_text("The identity was unlinked")).to_be_visible()
    page.locator("#identities").get_by_role("button", name="Link…").click()
    fits(page)
    page.get_by_role("link", name=re.compile("Continue to")).click()
    page.wait_for_url(re.compile("/settings/security"))  # signed in there already, and he has consented
    expect(page.locator("#identities")).to_contain_text("bob@library.test")
    assert [one.email for one in oidc.identities_of(shelving.database, shelving.tenant, shelving.bob)] == [
        "bob@library.test"
    ]


def test_the_screens_of_providers_in_chinese_and_on_a_phone_in_the_dark(
    address: str, open_page: Open, shelving: Shelving
) -> None:
    update_user(shelving.database, shelving.tenant, shelving.ann, {"locale": "zh"})
    page = open_page(address + "/sign-in")
    page.locator("#email").fill("ann@library.test")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(address + "/")
    session = next(c["value"] for c in page.context.cookies(address) if c["name"] == SESSION_COOKIE)
    for path, name in (("", "list"), ("/company", "provider"), ("/new", "new")):
        page = open_page(f"{address}/builder/oidc{path}", 390, "zh", "dark", **{SESSION_COOKIE: session})
        expect(page.locator("h1")).to_be_visible()
        fits(page)
        save_picture(page, f"oidc-{name}-dark-390")
    page = open_page(address + "/builder/oidc", 1280, "zh", **{SESSION_COOKIE: session})
    fits(page)
    save_picture(page, "oidc-list-zh")
    page.get_by_role("link", name="House of identities").click()
    fits(page)
    save_picture(page, "oidc-provider-zh")
    update_user(shelving.database, shelving.tenant, shelving.ann, {"locale": None})


@pytest.mark.parametrize(("locale", "theme", "width"), [("en", "light", 390), ("zh", "dark", 1280)])
def test_who_may_not_come_in_is_told_why(
    address: str, open_page: Open, shelving: Shelving, locale: str, theme: str, width: int
) -> None:
    sentences = {
        "yun": ("has not verified your e-mail", "尚未验证您的邮箱"),
        "xia": ("“elsewhere.test” may not sign in here", "域名「elsewhere.test」的邮箱不能登录此处"),
        "zoe": ("Nobody here is known as zoe@library.test", "此处没有邮箱为 zoe@library.test 的用户"),
    }
    for name, said in sentences.items():
        page = open_page(address + "/sign-in", width, locale, theme)
        page.locator("a.dg-way").click()
        prove(page, name)
        expect(page.get_by_role("alert")).to_contain_text(said[locale == "zh"])
        fits(page)
        save_picture(page, f"oidc-refused-{name}-{locale}-{width}")
    page.locator("a", has_text="其他登录方式" if locale == "zh" else "Other ways to sign in").click()
    fits(page)


def test_the_company_is_found_by_the_domain_of_an_address(address: str, open_page: Open) -> None:
    page = open_page(address + "/sign-in")
    page.get_by_text("Another company").click()
    page.get_by_label(re.compile("at work")).fill("somebody@library.test")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("a.dg-way")).to_have_count(1)
    page.get_by_text("Another company").click()
    page.get_by_label(re.compile("at work")).fill("somebody@nowhere.test")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("No company sign-in is known")
    fits(page)


def test_whoever_was_deactivated_does_not_get_in(address: str, open_page: Open, shelving: Shelving) -> None:
    bob = find_user(shelving.database, shelving.tenant, "bob@library.test")
    assert bob is not None
    deactivate_user(shelving.database, shelving.tenant, bob)
    page = open_page(address + "/sign-in")
    page.locator("a.dg-way").click()
    prove(page, "bob")
    expect(page.get_by_role("alert")).to_contain_text("Your user was deactivated")


def test_members_are_sent_to_the_provider_where_passwords_are_closed(
    address: str, open_page: Open, shelving: Shelving
) -> None:
    found = oidc.get_provider(shelving.database, shelving.tenant, "company")
    values = {name: value for name, value in found.json().items() if name not in ("name", "has_secret")}
    oidc.save_provider(shelving.database, shelving.tenant, "company", {**values, "password_sign_in": False})
    page = open_page(address + "/sign-in", 1280, "zh")
    expect(page.locator("#password")).not_to_be_visible()
    fits(page)
    save_picture(page, "oidc-closed-zh")
    page.locator("summary", has_text="管理员").click()
    page.locator("#email").fill("cat@library.test")
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("不允许成员使用密码登录")
    page.locator("#email").fill("ann@library.test")  # an administrator
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    page.wait_for_url(address + "/")
