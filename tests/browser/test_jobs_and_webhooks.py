"""Jobs and calls of webhooks in a real browser: what failed is read, run again and deleted; a secret is shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_platform.app import create_app
from dougong_platform.jobs import put
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.settings import Settings
from dougong_platform.webhooks import send
from listening import Listener, listening
from reading import DOCUMENTS, Reading, make_reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
WEBHOOK = """
---
kind: webhook
name: stock
label: {{en: Stock system, zh: 库存系统}}
url: {url}
---
kind: webhook
name: old
label: {{en: Old system, zh: 旧系统}}
url: {url}
active: false
"""


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def shop(listener: Listener, module_database_url: str) -> Iterator[Reading]:
    load_handlers()
    made = make_reading(module_database_url, DOCUMENTS + WEBHOOK.format(url=listener.url))
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(serve: Callable[..., str], shop: Reading, tmp_path_factory: pytest.TempPathFactory) -> str:
    home: Path = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=shop.database.dsn, secret="test", rate_limit=0)
    return serve(create_app(settings, shop.database))


@pytest.fixture
def called(shop: Reading, listener: Listener, private_addresses: None) -> Reading:
    """One call delivered, one that waits for another attempt, one dead; two jobs given up, one failing, two waiting."""
    for table in ("_outbox", "_webhook_delivery", "_webhook"):
        shop.run(f"delete from {table}")
    listener.forget()
    listener.statuses = [200, 500]
    with shop.database.transaction(shop.tenant) as tx:
        send(tx, shop.tenant, "stock", "book.updated", {"object": "book", "records": [{"id": "7", "title": "红楼梦"}]})
        send(tx, shop.tenant, "stock", "book.created", {"object": "book", "records": []})
        send(tx, shop.tenant, "old", "book.created", {})
    relay(shop.database, shop.tenant)
    with shop.database.transaction(shop.tenant) as tx:
        for number in range(2):
            put(tx, "automation", {"automation": "remind", "object": "book", "ids": [f"{number}"], "op": "update"})
        put(tx, "records", {"object": "book", "op": "update", "count": 3, "ids": ["a", "b", "c"]}, delay=7200)
        tx.execute(
            "update _outbox set dead = true, attempts = 8, failed = 'needs_confirmation: The price is below cost.'"
            " where topic = 'automation'"
        )
    return shop


def test_failed_jobs_are_read_run_again_and_deleted(called: Reading, enter: Open) -> None:
    page = enter("/builder/jobs")
    lines = page.locator(".dg-audit-line")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("“remind” · 1 · Books")
    lines.first.locator("summary").click()
    expect(lines.first.locator("pre").first).to_have_text("needs_confirmation: The price is below cost.")
    assert violations(page) == []
    save_picture(page, "jobs-unfolded")

    lines.first.get_by_role("link", name="Delete…").click()
    expect(page.get_by_role("dialog")).to_contain_text("will never be done")
    assert violations(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="Run 1 again").click()
    expect(page.get_by_text("Nothing was given up")).to_be_visible()
    page.get_by_role("link", name="Waiting", exact=True).click()
    expect(lines).to_have_count(2)
    assert violations(page) == []


def test_calls_are_read_and_sent_again(called: Reading, listener: Listener, enter: Open) -> None:
    page = enter("/builder/webhooks")
    page.get_by_role("link", name="Calls").click()
    lines = page.locator(".dg-audit-line")
    expect(lines).to_have_count(3)
    page.get_by_role("link", name="Given up").click()
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("There is no active webhook “old”.")
    page.locator(".dg-audit-side").get_by_role("link", name="Stock system").click()
    expect(lines).to_have_count(2)
    lines.last.locator("summary").click()
    expect(lines.last.locator("pre").first).to_contain_text("红楼梦")
    expect(lines.last.locator("pre").last).to_have_text("answer 1")
    assert violations(page) == []
    save_picture(page, "webhook-calls-unfolded")
    asked = len(listener.asked)
    lines.last.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("The call is sent again now")).to_be_visible()
    listener.statuses = [200]
    relay(called.database, called.tenant)
    assert len(listener.asked) > asked


def test_a_secret_is_renewed_and_shown_once(address: str, called: Reading, enter: Open) -> None:
    page = enter("/builder/webhook-calls?webhook=stock")
    page.get_by_label("The present one signs on for").select_option("72")
    page.get_by_role("button", name="Renew").click()
    assert page.get_by_label("The secret").input_value().startswith("whsec_")
    expect(page.get_by_text("The one before signs beside it until")).to_be_visible()
    assert violations(page) == []
    save_picture(page, "webhook-secret")
    page.goto(address + "/builder/webhook-calls?webhook=stock")
    expect(page.get_by_label("The secret")).to_have_count(0)


def test_a_stopped_webhook_is_started_again(called: Reading, enter: Open) -> None:
    called.run("update _webhook set stopped_at = now() where webhook = 'stock' returning 1")
    page = enter("/builder/webhook-calls?webhook=stock")
    assert violations(page) == []
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_text("The webhook is started again")).to_be_visible()
    assert called.run("select stopped_at from _webhook where webhook = 'stock'") == [(None,)]


@pytest.mark.parametrize(
    ("width", "theme", "locale"), [(390, "light", "zh"), (390, "dark", "en"), (1280, "dark", "zh")]
)
@pytest.mark.parametrize("place", ["jobs", "jobs?state=waiting", "webhook-calls", "webhook-calls?webhook=stock"])
def test_they_fit_every_width_theme_and_language(
    called: Reading, enter: Open, place: str, width: int, theme: str, locale: str
) -> None:
    page = enter(f"/builder/{place}", width=width, locale=locale, theme=theme)
    page.locator(".dg-audit-line summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    save_picture(page, f"{place.replace('?', '-').replace('=', '-')}-{width}-{theme}-{locale}")
