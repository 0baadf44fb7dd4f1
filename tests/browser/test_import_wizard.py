"""Real data comes in through the wizard as a person leads it there: file, fields, values, trial, import."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_metadata.folders import read_folder
from dougong_platform.app import create_app
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.reports.grouped.plain import aggregate
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant
from dougong_tenants.people import get_user
from entering import enter

ACCEPTANCE = Path(__file__).parents[1] / "acceptance"
DATA = Path(os.environ.get("DOUGONG_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
PASSWORD = "a long password 1"
SECONDS = 60_000  # milliseconds for a step of the worker on a busy machine


@dataclass
class Company:
    """A tenant that a browser can sign in to, with a worker behind it."""

    database: Database
    tenant: Tenant
    address: str

    @property
    def email(self) -> str:
        return f"admin@{self.tenant.name.replace('_', '')}.test"

    def ask(self, object: str, where: str | None = None, **aggregates: str) -> dict[str, Any]:
        caller = acting_as(self.database, self.tenant, get_user(self.database, self.tenant, self.email), cause="test")
        return aggregate(caller, {"from": object, **({"where": where} if where else {}), "aggregates": aggregates})[0]


@pytest.fixture(scope="module")
def company_of(
    database: Database, serve: Callable[[Any], str], module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Company]]:
    """`company_of(folder, locale)`: documents from tests/acceptance, served, with a worker that takes the outbox."""
    if not DATA.is_dir():
        pytest.skip(f"the real data is not at {DATA}: its licences keep it outside the project")
    load_handlers()
    ended = threading.Event()
    threads: list[threading.Thread] = []
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=module_database_url, rate_limit=100_000)
    address = serve(create_app(settings, database))

    def make(folder: str, locale: str) -> Company:
        who = FirstAdministrator(f"admin@{folder.replace('_', '')}.test", PASSWORD, "陈志远")
        documents = read_folder(ACCEPTANCE / folder / "metadata")
        tenant = provision(database, folder, documents=documents, administrator=who, locale=locale)

        def work() -> None:
            while not ended.wait(0.1):
                relay(database, tenant)

        threads.append(threading.Thread(target=work, daemon=True))
        threads[-1].start()
        return Company(database, tenant, address)

    yield make
    ended.set()
    for thread in threads:
        thread.join(30)


def bring_in(page: Page, company: Company, object: str, file: Path, fields: dict[str, str], key: str = "") -> None:
    """Lead one file through the wizard; `fields` by column header where the suggestion is not what we want."""
    page.goto(f"{company.address}/import/{object}")
    page.set_input_files("[name=file]", file)
    page.click("main form[enctype] button[type=submit]")
    page.wait_for_url("**/imports/**")
    for header, field in fields.items():
        row = page.locator("tr", has=page.locator(f'td[title="{header}"]')).first
        row.locator("select[name^=field-]").select_option(field)
    if fields:
        stay(page)
    if key:
        page.select_option("#key", key)


def stay(page: Page) -> None:
    """Send what was chosen and come back to it."""
    with page.expect_navigation():
        page.click("button[value=stay]")


def run_through(page: Page, created: str) -> None:
    """Check, then import what can be."""
    page.click("button[value=check]")
    start = page.locator("form[action$='/start'] button")
    expect(start).to_be_visible(timeout=SECONDS)
    start.click()
    expect(page.locator(".dg-number").first).to_have_text(created, timeout=SECONDS)
    expect(page.locator("[data-opens=undo-import]")).to_be_visible(timeout=SECONDS)


def test_a_sales_team_moves_in_and_maps_the_spelling_that_differs(
    company_of: Callable[[str, str], Company], open_page: Callable[..., Page]
) -> None:
    crm = company_of("maven_crm", "en")
    files = DATA / "maven_crm"
    page = enter(open_page, crm.address, "/", crm.email, password=PASSWORD)
    bring_in(
        page,
        crm,
        "agent",
        files / "sales_teams.csv",
        {"sales_agent": "name", "manager": "manager", "regional_office": "region"},
    )
    run_through(page, "35")
    bring_in(page, crm, "product", files / "products.csv", {"product": "name", "sales_price": "list_price"})
    run_through(page, "7")
    bring_in(
        page,
        crm,
        "company",
        files / "accounts.csv",
        {"account": "name", "year_established": "founded", "office_location": "country", "subsidiary_of": ""},
    )
    technology = page.locator(".dg-value-row", has_text="technolgy").locator("select")
    assert technology.input_value() == "technology"
    run_through(page, "85")
    columns = {
        "opportunity_id": "code",
        "sales_agent": "agent",
        "account": "company",
        "deal_stage": "stage",
        "engage_date": "engaged_on",
        "close_date": "closed_on",
        "close_value": "value",
    }
    bring_in(page, crm, "deal", files / "sales_pipeline.csv", columns, key="code")
    for header in ("sales_agent", "product", "account"):
        page.locator("tr", has=page.locator(f'td[title="{header}"]')).first.locator("select[name^=by-]").select_option(
            "name"
        )
    stay(page)
    spelling = page.locator(".dg-value-row", has_text="GTXPro").locator("select")
    assert spelling.input_value() == "GTX Pro"
    assert not violations(page)
    save_picture(page, "import-fields-en")
    run_through(page, "8,800")
    save_picture(page, "import-done-en")
    assert Decimal(crm.ask("deal", 'stage = "Won"', total="SUM(value)")["total"]) == 10_005_534
    assert crm.ask("deal", 'product.name = "GTX Pro"', n="COUNT()")["n"] == 1480
    assert (
        Decimal(crm.ask("deal", 'stage in ("Prospecting", "Engaging")', v="SUM(product.list_price)")["v"]) == 4_966_215
    )


def test_an_old_chinese_spreadsheet_finds_its_fields_by_itself(
    company_of: Callable[[str, str], Company], open_page: Callable[..., Page]
) -> None:
    shop = company_of("cn_superstore", "zh")
    page = enter(open_page, shop.address, "/", shop.email, locale="zh", password=PASSWORD)
    bring_in(page, shop, "order_line", DATA / "cn_superstore" / "superstore_cn.xls", {}, key="row_id")
    expect(page.get_by_text("20 列，20 列已对应")).to_be_visible()
    assert not violations(page)
    save_picture(page, "import-fields-zh")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    save_picture(page, "import-fields-zh-390")
    page.set_viewport_size({"width": 1280, "height": 800})
    run_through(page, "10,000")
    row = shop.ask("order_line", sales="SUM(sales)", profit="SUM(profit)", customers="COUNT_DISTINCT(customer_id)")
    assert (Decimal(row["sales"]), Decimal(row["profit"]), row["customers"]) == (
        Decimal("16117548.237"),
        Decimal("2156559.517"),
        790,
    )
    page.click("[data-opens=undo-import]")
    page.click("#undo-import footer button[type=submit]")
    expect(page.get_by_text("10000")).to_be_visible(timeout=SECONDS)
    assert shop.ask("order_line", n="COUNT()")["n"] == 0
