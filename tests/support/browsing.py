"""A real browser for tests: `browser` (one Chromium per run), `serve(app)` (an address for a WSGI application) and
`open_page(url, width, locale, theme)`; `settled(page)` waits until a page is all there, `until(page,
holds)` for a condition; `violations(page)` asks axe,
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
from playwright.sync_api import BrowserContext, Error, Page, Request, expect, sync_playwright
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
# What a page that is not all there yet consists of, looked at three times, 20 ms apart: islands whose script is on its
# way, parts that are being fetched, what moves for a moment.
LOOK = """async () => {
  const moves = one => one.playState === 'running' && one.effect.getComputedTiming().endTime < 2e3;
  const found = () => [
    ...(document.readyState === 'complete' ? [] : ['the document']),
    ...[...document.querySelectorAll(':not(:defined), .htmx-request')].map(one => one.localName),
    ...document.getAnimations().filter(moves).map(one => one.animationName ?? one.transitionProperty ?? 'movement'),
  ];
  for (let look = 0; look < 3; look++) {
    if (look) await new Promise(resolve => setTimeout(resolve, 20));
    const under_way = found();
    if (under_way.length) return under_way;
  }
  return [];
}"""
# What axe objects to, once nothing fades in or out any more. Not by `finished`: what leaves the page while it moves may
# never be; and nothing is waited for without end.
OBJECTIONS = """async () => {
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
  const moves = one => one.playState === 'running' && one.effect.getComputedTiming().endTime < 2e3;
  for (let look = 0; look < 150 && document.getAnimations().some(moves); look++) await pause(20);
  const found = await Promise.race([axe.run(document, {resultTypes: ['violations']}), pause(60e3)]);
  return found?.violations;
}"""


class _Asked:
    """What a page has asked for."""

    def __init__(self) -> None:
        self.begun = 0
        self.under_way: set[Request] = set()

    def begin(self, request: Request) -> None:
        self.begun += 1
        self.under_way.add(request)

    def end(self, request: Request) -> None:
        self.under_way.discard(request)


_asked: WeakKeyDictionary[Page, _Asked] = WeakKeyDictionary()


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
    """`open_page(url, width=1280, locale="en", theme="light", scripts=True, cookies={})`: a page whose scripts may not
    fail. It is all there, also after its `goto` and `reload`, unless its scripts do not come (`scripts=False`).
    """
    pages: list[Page] = []
    failures: list[str] = []

    def open_(
        url: str, width: int = 1280, locale: str = "en", theme: str = "light", scripts: bool = True, **cookies: str
    ) -> Page:
        address = "/".join(url.split("/")[:3])
        browser.clear_cookies()
        wanted = {"dg_locale": locale, "dg_theme": theme, **cookies}
        browser.add_cookies([{"name": name, "value": value, "url": address} for name, value in wanted.items()])
        page = browser.new_page()
        pages.append(page)
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.set_viewport_size({"width": width, "height": HEIGHTS.get(width, 800)})
        _forget(page, address)
        if scripts:
            page.goto = _whole(page, page.goto)  # type: ignore[method-assign]  # this page alone waits
            page.reload = _whole(page, page.reload)  # type: ignore[method-assign]  # as above
        page.goto(url)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not failures, failures


def _whole(page: Page, come: Callable[..., Any]) -> Callable[..., Any]:
    """`come`, and what it comes to is all there."""

    def then(*given: Any, **more: Any) -> Any:
        answer = come(*given, **more)
        settled(page)
        return answer

    return then


def _listen(page: Page) -> None:
    asked = _asked[page] = _Asked()
    page.on("request", asked.begin)
    page.on("requestfinished", asked.end)
    page.on("requestfailed", asked.end)


def settled(page: Page) -> None:
    """Wait until the page is all there: it is loaded, its islands run, it waits for no answer and stands still."""
    asked = _asked[page]
    given_up = time.monotonic() + PATIENCE
    while True:
        begun = asked.begun
        try:
            waits = page.evaluate(LOOK)
        except Error as error:  # another document has come in the meantime
            if page.is_closed():
                raise
            waits = [str(error)]
        if not waits and not asked.under_way and asked.begun == begun:
            return
        if time.monotonic() > given_up:
            raise AssertionError(f"{page.url} waits for {[one.url for one in asked.under_way]} {waits}")
        page.wait_for_timeout(20)


def until(page: Page, holds: str) -> None:
    """Wait until a condition in JavaScript holds; another document may come meanwhile."""
    look = f"""async () => {{
      for (let turn = 0; turn < 50; turn++) {{
        if ({holds}) return true;
        await new Promise(resolve => setTimeout(resolve, 20));
      }}
      return false;
    }}"""
    given_up = time.monotonic() + PATIENCE
    while True:
        try:
            if page.evaluate(look):
                return
        except Error:  # another document has come in the meantime
            if page.is_closed():
                raise
        if time.monotonic() > given_up:
            raise AssertionError(f"{page.url} does not come to {holds}")
        page.wait_for_timeout(20)


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

    def run(script: str) -> Any:
        asked = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True}
        return session.send("Runtime.evaluate", asked)["result"].get("value")

    if not run("'axe' in globalThis"):  # once for each document
        run(AXE.read_text("utf-8") + ";0")
    found = run(f"({OBJECTIONS})()")
    session.detach()
    if found is None:
        raise AssertionError(f"axe did not run, or not to its end, on {page.url}")
    return [f"{v['id']} ({v['impact']}): {node['html'][:200]}" for v in found for node in v["nodes"]]


def save_picture(page: Page, name: str) -> None:
    """Keep a screenshot as DOUGONG_PICTURES/<name>.png."""
    folder = os.environ.get("DOUGONG_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
