"""Two-step sign-in in a real browser: set up, signed in with a code, a code twice, a recovery code; and the policy."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from dougong_tenants.people import create_user
from dougong_tenants.second_factor import begin_enrolment
from dougong_tenants.security import save_policy
from dougong_tenants.sign_in import own_second_factor
from entering import type_in
from reading import PASSWORD
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LOOKS = ((1280, "en", "light"), (390, "zh", "dark"), (390, "en", "light"), (1280, "zh", "dark"))


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


@pytest.fixture
def cleo(shelving: Shelving) -> Iterator[str]:
    """The e-mail of a user who has no second factor yet; the policy is the usual one again afterwards."""
    email = f"cleo{int(time.time() * 1000)}@library.test"
    values = {"name": "Cleo", "email": email}
    create_user(shelving.database, shelving.tenant, values, password=PASSWORD, permission_sets=["doorkeeper"])
    yield email
    usual = {"second_factor": "optional", "second_factor_sets": [], "password_days": None, "addresses": []}
    save_policy(shelving.database, shelving.tenant, usual, by=shelving.ann, address=None, holds=())


def key_on(page: Page) -> str:
    return page.locator("#step-key").input_value()


def code(key: str, steps: int = 0) -> str:
    return pyotp.TOTP(key).at(int(time.time()) + 30 * steps)


def fine(page: Page, name: str, scripts: bool = True) -> None:
    """No axe violation, nothing wider than the window; a picture if asked for."""
    if scripts:
        settled(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    save_picture(page, name)


def look(page: Page, name: str, scripts: bool = True) -> None:
    """The page as it is, in both languages, widths and themes, chosen as people choose them. GET pages only."""
    here = page.url.partition("#")[0]
    for width, locale, theme in (*LOOKS, (1280, "en", "light")):
        page.set_viewport_size({"width": width, "height": 844 if width == 390 else 800})
        token = page.locator("input[name='csrf_token']").first
        form = {"locale": locale, "theme": theme, "next": "/"}
        if token.count():
            form["csrf_token"] = token.input_value()
        page.request.post(f"{'/'.join(here.split('/')[:3])}/preferences", form=form, headers={"Accept": "text/html"})
        page.goto("about:blank")
        page.goto(here)
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[locale]
        fine(page, f"{name}-{width}-{locale}-{theme}", scripts)


def test_from_setting_it_up_to_a_lost_phone(address: str, open_page: Open, cleo: str) -> None:
    page = open_page(address + "/sign-in")
    type_in(page, address, cleo)
    page.wait_for_url(address + "/")
    page.goto(address + "/settings/security")
    page.get_by_role("link", name="Set up…").click()
    look(page, "two-step-setup")
    page.get_by_text("No camera? Type the key").click()
    key = key_on(page)
    page.get_by_label("Type the code that it shows").fill("000000")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".dg-error")).to_contain_text("not right")
    assert key_on(page) == key  # what the app has scanned stays
    fine(page, "two-step-wrong")
    page.get_by_label("Type the code that it shows").fill(code(key))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".dg-step-codes li")).to_have_count(10)
    codes = page.locator(".dg-step-codes li").all_inner_texts()
    fine(page, "two-step-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#two-step")).to_contain_text("10 recovery codes left")
    look(page, "settings-security-on")
    page.goto(address + "/settings/two-step")
    look(page, "two-step-on")

    page.goto(address + "/settings/security")
    page.locator("#sessions form[action='/sign-out'] button").click()
    type_in(page, address, cleo)
    page.wait_for_url(re.compile("/sign-in/step"))
    page.goto(address + "/settings")  # nothing opens yet
    page.wait_for_url(re.compile(r"/sign-in\?next"))
    page.goto(address + "/sign-in/step?next=/settings")
    look(page, "second-step")
    used = code(key, 1)
    page.get_by_label("Code of six digits").fill(used)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(address + "/settings")

    page.goto(address + "/settings/security")
    page.locator("#sessions form[action='/sign-out'] button").click()
    type_in(page, address, cleo)
    page.get_by_label("Code of six digits").fill(used)  # over the shoulder
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".dg-error")).to_contain_text("was used already")
    fine(page, "second-step-replayed")
    page.get_by_text("The phone is not at hand?").click()
    page.get_by_label("One of your recovery codes").fill(codes[0].upper())
    fine(page, "second-step-recovery")
    page.get_by_role("button", name="Sign in with a recovery code").click()
    page.wait_for_url(address + "/")
    page.goto(address + "/settings/security")
    expect(page.locator("#two-step")).to_contain_text("9 recovery codes left")


def test_who_must_have_it_sets_it_up_at_the_door_without_javascript(
    address: str, open_page: Open, shelving: Shelving, cleo: str
) -> None:
    required = {"second_factor": "required", "second_factor_sets": ["doorkeeper"], "password_days": 30}
    save_policy(shelving.database, shelving.tenant, required, by=shelving.ann, address=None, holds=())
    shelving.database.read_control(
        "update dougong.person set password_changed_at = now() - interval '31 days' where email = %s returning 1",
        (cleo,),
    )
    page = open_page(address + "/sign-in", scripts=False)
    page.route("**/*.js", lambda route: route.abort())
    type_in(page, address, cleo)
    page.wait_for_url(re.compile("/sign-in/step"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up two-step sign-in")
    look(page, "second-step-enrol", scripts=False)
    key = page.locator("#step-key").get_attribute("value") or ""
    page.get_by_label("Type the code that it shows").fill(code(key))
    page.get_by_role("button", name="Turn on and continue").click()
    expect(page.locator(".dg-step-codes li")).to_have_count(10)
    fine(page, "second-step-codes", scripts=False)
    page.get_by_role("link", name="I have kept them: continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a new password")  # the old one is too old
    look(page, "second-step-password", scripts=False)
    page.get_by_label("New password", exact=True).fill("quite another secret")
    page.get_by_label("The new password once more").fill("quite another secret")
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url(address + "/")
    page.goto(address + "/settings/two-step")
    expect(page.locator("#state")).to_contain_text("cannot be turned off")


def test_the_policy_is_saved_and_a_list_that_locks_out_is_refused(
    address: str, open_page: Open, shelving: Shelving, cleo: str
) -> None:
    page = open_page(address + "/sign-in")
    type_in(page, address, "ann@library.test")
    page.wait_for_url(address + "/")
    page.goto(address + "/builder/security")
    look(page, "policy")
    page.get_by_label("Characters at least").fill("12")
    page.get_by_label("Let in only requests from").fill("203.0.113.0/24")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#p-addresses-note")).to_contain_text("127.0.0.1")
    assert page.get_by_label("Characters at least").input_value() == "12"
    fine(page, "policy-refused")
    page.get_by_label("Let in only requests from").fill("203.0.113.0/24\n127.0.0.1")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".dg-toast")).to_contain_text("holds from now on")
    expect(page.get_by_label("Let in only requests from")).to_have_value("203.0.113.0/24\n127.0.0.1/32")
    page.get_by_label("Required to sign in").check()
    page.get_by_label("Everybody", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#factor-note")).to_contain_text("for yourself first")
    fine(page, "policy-two-step-refused")
    page.get_by_label("Who holds one of these permission sets").check()
    fine(page, "policy-sets")


def test_an_administrator_sees_sessions_and_resets_a_lost_second_step(
    address: str, open_page: Open, shelving: Shelving, cleo: str
) -> None:
    (person,) = shelving.database.read_control(
        "select m.person, m.user_id from dougong.membership m join dougong.person p on p.id = m.person"
        " where p.email = %s",
        (cleo,),
    )
    begun = begin_enrolment(shelving.database, person[0], cleo, "Library")
    own_second_factor.enable(
        shelving.database, shelving.tenant, *person, begun.sealed, code(begun.key), identity=PASSWORD
    )
    page = open_page(address + "/sign-in", 390)
    type_in(page, address, cleo)
    page.get_by_label("Code of six digits").fill(code(begun.key, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(address + "/")
    page = open_page(address + "/sign-in")
    type_in(page, address, "ann@library.test")
    page.wait_for_url(address + "/")
    page.goto(f"{address}/builder/people/{person[1]}")
    look(page, "user-sessions")
    page.get_by_role("link", name="Reset the second step…").click()
    fine(page, "user-reset")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator(".dg-toast")).to_contain_text("was reset")
    assert page.locator("[data-session]").count() == 0
