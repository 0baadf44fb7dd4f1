"""How browser tests come in. Most begin behind the door: `enter` gets its session without a page. Tests of signing in
type as people do: `type_in`. `without_scripts` opens a page in a browser that runs none.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import BrowserContext, Page

from dougong_platform.http.csrf import csrf_token
from dougong_platform.http.gate import SESSION_COOKIE
from reading import PASSWORD

Open = Callable[..., Page]


def enter(
    open_page: Open,
    address: str,
    path: str = "/",
    who: str = "bob",
    width: int = 1280,
    locale: str = "en",
    theme: str = "light",
    password: str = PASSWORD,
) -> Page:
    """Somebody's page at `path`, all of it there. `who` is an e-mail, or a name of the library's people; the language
    is kept as the person's.
    """
    cookie = {SESSION_COOKIE: session_of(address, who, locale, password)}
    return open_page(address + path, width, locale, theme, **cookie)


def session_of(address: str, who: str = "bob", locale: str = "en", password: str = PASSWORD) -> str:
    """The cookie of a new session, from the form that the page would send; the language is the person's from now on."""
    email = who if "@" in who else f"{who}@library.test"
    session = _post(address, "/sign-in", {"email": email, "password": password})[SESSION_COOKIE].value
    form = {"csrf_token": csrf_token(session), "locale": locale, "next": "/"}
    _post(address, "/preferences", form, {"Cookie": f"{SESSION_COOKIE}={session}"})
    return session


def _post(address: str, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> SimpleCookie:
    """The cookies of an answer that leads on, as forms' answers do."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", path, urlencode(form), kind | (headers or {}))
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    assert answer.status == 303, (path, answer.status, said[-2000:])
    return SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))


def type_in(page: Page, address: str, email: str, password: str = PASSWORD) -> None:
    """Sign in as people do, up to the page that the form leads to: home, a second step, the form with its problem."""
    page.goto(address + "/sign-in")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    with page.expect_navigation():
        page.locator("form[action='/sign-in'] button[type=submit]").first.click()


@contextmanager
def without_scripts(browser: BrowserContext, url: str, who: str | None = "ann") -> Iterator[Page]:
    """A page that runs no scripts, at `url`; somebody of the library's, or of nobody who has signed in.

    It comes by its session without passing the home page, which sends such browsers on by itself: whoever opens
    another page meanwhile finds himself interrupted.
    """
    address = "/".join(url.split("/")[:3])
    wanted = {"dg_locale": "en"} | ({SESSION_COOKIE: session_of(address, who)} if who else {})
    browser.clear_cookies()
    browser.add_cookies([{"name": name, "value": value, "url": address} for name, value in wanted.items()])
    page = browser.new_page()
    session = browser.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    page.goto(url)
    yield page
    page.close()
