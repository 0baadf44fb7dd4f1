"""Signing in with a browser: one company, several, wrong passwords, throttling, out again."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from flask.testing import FlaskClient

from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_tenants import tenancy
from dougong_tenants.people import create_user
from dougong_tenants.second_factor import begin_enrolment
from dougong_tenants.security import open_to_all_addresses, save_policy
from dougong_tenants.sign_in import own_second_factor
from dougong_ui_builder.screens.sign_in import CHALLENGE_COOKIE
from reading import PASSWORD, Reading

EMAIL = "ann@library.test"
HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture
def browser(app: Engine) -> FlaskClient:
    return app.test_client()


def test_a_page_sends_a_stranger_to_sign_in_and_back(browser: FlaskClient, reading: Reading) -> None:
    answer = browser.get("/more", headers=HTML)
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/more"
    answer = browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": "/more"})
    assert answer.status_code == 303
    assert answer.location == "/more"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    page = browser.get("/more", headers=HTML)
    assert page.status_code == 200
    assert "/o/book" in page.text
    assert browser.get("/sign-in?next=/more").location == "/more"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(browser: FlaskClient, reading: Reading) -> None:
    wrong = browser.post("/sign-in", data={"email": EMAIL, "password": "nonsense"}, headers=HTML)
    unknown = browser.post("/sign-in", data={"email": "nobody@library.test", "password": "nonsense"}, headers=HTML)
    assert wrong.status_code == unknown.status_code == 401
    assert message(wrong.text) == message(unknown.text) == "The e-mail or the password is not right."
    assert EMAIL in wrong.text  # what was typed is kept, but for the password
    assert "nonsense" not in wrong.text


def test_too_many_attempts_are_told_to_wait(browser: FlaskClient, reading: Reading) -> None:
    for _ in range(30):
        answer = browser.post(
            "/sign-in",
            data={"email": "tired@library.test", "password": "nonsense"},
            headers=HTML,
            environ_base={"REMOTE_ADDR": "192.0.2.1"},
        )
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too many attempts" in answer.text


def test_signing_out_ends_the_session_everywhere(browser: FlaskClient, reading: Reading) -> None:
    browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    secret = browser.get_cookie(SESSION_COOKIE).value  # type: ignore[union-attr]  # it was just set
    token = re.search(r'name="dg-csrf" content="(\w+)"', browser.get("/more", headers=HTML).text)
    assert token is not None
    assert browser.post("/sign-out", headers=HTML).status_code == 403  # without the page's token
    assert browser.post("/sign-out", data={"csrf_token": token[1]}).location == "/sign-in"
    browser.set_cookie(SESSION_COOKIE, secret)
    assert browser.get("/more", headers=HTML).status_code == 303


def test_an_address_of_several_companies_gets_a_choice_after_the_password(
    browser: FlaskClient, reading: Reading
) -> None:
    other = tenancy.create(reading.database, tenancy.NewTenant("second_library"))
    create_user(reading.database, other, {"name": "Admin", "email": EMAIL}, password=PASSWORD)
    answer = browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "next": "/more"}, headers=HTML)
    assert "Choose a company" in answer.text
    ticket = re.search(r'name="ticket" value="([^"]+)"', answer.text)
    assert ticket is not None
    chosen = browser.post("/sign-in", data={"ticket": ticket[1], "tenant": "library", "next": "/more"})
    assert chosen.location == "/more"
    forged = browser.post("/sign-in", data={"ticket": "x" + ticket[1], "tenant": "library"}, headers=HTML)
    assert forged.status_code == 401


def test_another_sites_form_cannot_sign_anybody_in(browser: FlaskClient, reading: Reading) -> None:
    answer = browser.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD}, headers=HTML | {"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_the_chosen_language_becomes_the_persons(browser: FlaskClient, reading: Reading) -> None:
    browser.post("/sign-in", data={"email": "bob@library.test", "password": PASSWORD})
    page = browser.get("/more", headers=HTML).text
    token = re.search(r'name="dg-csrf" content="(\w+)"', page)
    assert token is not None
    for locale, lang in (("en", "en"), ("zh", "zh-CN")):
        browser.post("/preferences", data={"locale": locale, "csrf_token": token[1]})
        assert f'lang="{lang}"' in browser.get("/more", headers=HTML).text


def message(page: str) -> str:
    found = re.search(r'role="alert".*?<div class="dg-grow">(.*?)</div>', page, re.DOTALL)
    return found[1].strip() if found else ""


def test_from_another_network_nobody_comes_in_and_no_page_is_drawn(browser: FlaskClient, reading: Reading) -> None:
    office, home = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "198.51.100.9"}
    browser.post("/sign-in", data={"email": "bob@library.test", "password": PASSWORD}, environ_base=office)
    assert browser.get("/o/book", headers=HTML, environ_base=home).status_code == 200
    save_policy(
        reading.database, reading.tenant, {"addresses": ["192.0.2.0/24"]}, by=reading.ann, address="192.0.2.7", holds=()
    )
    try:
        page = browser.get("/o/book", headers=HTML, environ_base=home)
        assert page.status_code == 403
        assert "does not allow access from this network (198.51.100.9)" in page.text
        assert "dg-side" not in page.text
        assert browser.get("/o/book", headers=HTML, environ_base=office).status_code == 200
        refused = browser.post(
            "/sign-in", data={"email": "bob@library.test", "password": PASSWORD}, headers=HTML, environ_base=home
        )
        assert refused.status_code == 403
        assert message(refused.text).startswith("Your company does not allow")
        assert browser.post("/sign-out", environ_base=home).status_code == 303  # out one may always go
    finally:
        open_to_all_addresses(reading.database, reading.tenant)


def test_a_second_step_without_its_challenge_begins_anew(browser: FlaskClient, reading: Reading) -> None:
    answer = browser.get("/sign-in/step?next=/more", headers=HTML)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fmore")
    browser.set_cookie(CHALLENGE_COOKIE, "made up")
    page = browser.post("/sign-in/step", data={"code": "123456"}, headers=HTML)
    assert page.status_code == 401
    assert "sign in again" in message(page.text)
    elsewhere = {**HTML, "Origin": "https://evil.example"}
    assert browser.post("/sign-in/step", data={"code": "123456"}, headers=elsewhere).status_code == 403


def test_wrong_codes_are_told_to_wait(browser: FlaskClient, reading: Reading) -> None:
    create_user(reading.database, reading.tenant, {"name": "Zoe", "email": "zoe@library.test"}, password=PASSWORD)
    ((person, user),) = reading.database.read_control(
        "select m.person, m.user_id from dougong.membership m join dougong.person p on p.id = m.person"
        " where p.email = 'zoe@library.test'"
    )
    begun = begin_enrolment(reading.database, person, "zoe@library.test", "Library")
    code = pyotp.TOTP(begun.key).at(int(time.time()))
    own_second_factor.enable(reading.database, reading.tenant, person, user, begun.sealed, code, identity=PASSWORD)
    asked = browser.post("/sign-in", data={"email": "zoe@library.test", "password": PASSWORD, "next": "/more"})
    assert asked.location == "/sign-in/step?next=%2Fmore"
    for _ in range(8):
        page = browser.post("/sign-in/step", data={"code": code, "next": "/more"}, headers=HTML)
        if page.status_code == 429:
            break
        assert page.status_code == 422
        assert "was used already" in page.text
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
