"""A real browser for tests: `browser` (one Chromium per run), `serve(app)` (an address for a WSGI application) and
`open_page(url, width, locale, theme)`; `settled(page)` waits until a page is all there; `violations(page)` asks axe,
`save_picture` keeps a screenshot when asked to.

DOUGONG_PICTURES names a folder for screenshots; without it none are kept.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

import house

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = house.ROOT / "ui_builder" / "node_modules" / "axe-core" / "axe.min.js"
HEIGHTS = {390: 844}  # pixels; any other width is a desk's
expect.set_options(timeout=20_000)  # ms; a loaded build machine is slower, not wrong
PATIENCE = 30.0  # seconds that a page may take until it is all there
QUIET = 3  # looks in a row, 20 ms apart, that find nothing under way
UNDER_WAY = ":not(:defined), .htmx-request"  # islands whose script is not there yet, parts that are being fetched
MOVING = (
    "document.getAnimations().some(one => one.playState === 'running' && one.effect.getComputedTiming().endTime < 2e3)"
)
_asked: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()  # what each page waits for


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[BrowserContext]:
    """One Chromium with an empty profile. Its cookies and storage are shared: `open_page` clears them."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium_path, args=list(ARGUMENTS), headless=True
        )
        context.set_default_timeout(30_000)
        context.on("page", _listen)
        yield context
        context.close()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Any], str]]:
    """`serve(app)`: its address, "http://127.0.0.1:port", until the module's tests are done."""
    servers = []

    def start(app: Any) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture
def open_page(browser: BrowserContext) -> Iterator[Callable[..., Page]]:
    """`open_page(url, width=1280, locale="en", theme="light", cookies={})`: a page whose scripts may not fail."""
    pages: list[Page] = []
    failures: list[str] = []

    def open_(url: str, width: int = 1280, locale: str = "en", theme: str = "light", **cookies: str) -> Page:
        address = "/".join(url.split("/")[:3])
        browser.clear_cookies()
        wanted = {"dg_locale": locale, "dg_theme": theme, **cookies}
        browser.add_cookies([{"name": name, "value": value, "url": address} for name, value in wanted.items()])
        page = browser.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        _forget(page, address)
        page.goto(url)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not failures, failures


def _listen(page: Page) -> None:
    asked = _asked[page] = set()
    page.on("request", lambda request: asked.add(request))
    page.on("requestfinished", lambda request: asked.discard(request))
    page.on("requestfailed", lambda request: asked.discard(request))


def settled(page: Page) -> None:
    """Wait until the page is all there: it is loaded, its islands run, it waits for no answer and stands still."""
    page.wait_for_load_state()
    given_up = time.monotonic() + PATIENCE
    quiet = 0
    while quiet < QUIET:
        page.wait_for_timeout(20)
        busy = bool(_asked[page]) or page.locator(UNDER_WAY).count() > 0 or page.evaluate(MOVING)
        quiet = 0 if busy else quiet + 1
        if time.monotonic() > given_up:
            undefined = page.locator(UNDER_WAY).evaluate_all("all => all.map(one => one.tagName)")
            raise AssertionError(f"{page.url} waits for {[one.url for one in _asked[page]]} {undefined}")


def _forget(page: Page, address: str) -> None:
    """Another test's drafts: a form keeps what was typed for longer than 2 s and brings it back."""
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "local_storage"})
    session.detach()


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page, one line per element; run from a world of its own, past the page's policy."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    script = AXE.read_text("utf-8") + ";axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)"
    given = session.send(
        "Runtime.evaluate",
        {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True},
    )
    session.detach()
    found = given["result"].get("value")
    if found is None:
        raise AssertionError(f"axe did not run: {given}")
    return [f"{v['id']} ({v['impact']}): {node['html'][:200]}" for v in found for node in v["nodes"]]


def save_picture(page: Page, name: str) -> None:
    """Keep a screenshot as DOUGONG_PICTURES/<name>.png."""
    folder = os.environ.get("DOUGONG_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
