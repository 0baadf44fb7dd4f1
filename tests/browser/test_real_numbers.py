"""Real data written by others, imported, and asked in reports that are built in the builder by mouse: every figure is
the one that is known to be right."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import building_reports as build
from browsing import save_picture
from dougong_metadata.folders import read_folder
from dougong_platform.app import create_app
from dougong_platform.imports.command import import_now
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.settings import Settings
from dougong_tenants import Database

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
ACCEPTANCE = Path(__file__).parents[1] / "acceptance"
DATA = Path(os.environ.get("DOUGONG_TEST_DATA", ACCEPTANCE.parents[1].parent / "shared" / "data"))
PASSWORD = "a long password 1"
LOCALES = {"maven_crm": "en", "cn_superstore": "zh"}
SALES = (
    ("agent", "agents", "sales_teams"),
    ("product", "products", "products"),
    ("company", "companies", "accounts"),
    ("company", "subsidiaries", "accounts"),
    ("deal", "deals", "sales_pipeline"),
)


@pytest.fixture(scope="module")
def address(
    database: Database,
    module_database_url: str,
    serve: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Two companies with their data, served; skipped where the data is not."""
    if not DATA.is_dir():
        pytest.skip(f"the real data is not at {DATA}: its licences keep it outside the project")
    home = tmp_path_factory.mktemp("home")
    for name, locale in LOCALES.items():
        who = FirstAdministrator(f"admin@{name.replace('_', '')}.test", PASSWORD, "Admin")
        provision(
            database, name, documents=read_folder(ACCEPTANCE / name / "metadata"), administrator=who, locale=locale
        )
    settings = Settings(home=home, database_url=module_database_url, secret="test", rate_limit=0)
    bring = partial(_bring, database, home)
    for object, mapping, file in SALES:
        mapped = ACCEPTANCE / "maven_crm" / "mappings" / f"{mapping}.yaml"
        bring("maven_crm", object, DATA / "maven_crm" / f"{file}.csv", mapping=mapped)
    sheet = DATA / "cn_superstore" / "superstore_cn.xls"
    bring("cn_superstore", "order_line", sheet, key="row_id")
    bring("cn_superstore", "order_return", sheet, options={"sheet": "退货"})
    return serve(create_app(settings, database))


def _bring(database: Database, home: Path, company: str, object: str, file: Path, **more: Any) -> None:
    """Import a file as the command line does."""
    job, problems = import_now(database, home, company, object, file, **more)
    assert (job.state, job.failed) == ("done", 0), problems


@pytest.fixture
def new(enter: Open) -> Callable[[str, str], Page]:
    """`new(company, object)`: a new report of one company's object."""

    def come(company: str, object: str) -> Page:
        who = f"admin@{company.replace('_', '')}.test"
        page = enter(build.NEW, who, locale=LOCALES[company], password=PASSWORD)
        build.choose_object(page, object)
        return page

    return come


def number(text: str) -> Decimal:
    """What a cell says, without its currency, its thousands and its percent."""
    found = re.sub(r"[^0-9.−-]", "", text).replace("−", "-")
    return Decimal(found)


def numbers(page: Page, head: str) -> list[Decimal]:
    """Of the row whose first cell says `head`."""
    row = next(row for row in build.table(page) if row[0] == head)
    return [number(cell) for cell in row[1:]]


def test_the_funnel_of_the_stages(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.choose_type(page, "funnel")
    build.set_select(page, "rd-funnel-field", "stage")
    found = {row[0]: number(row[1]) for row in build.table(page)}
    assert {k: found[k] for k in ("Prospecting", "Engaging", "Won", "Lost")} == {
        "Prospecting": 500,
        "Engaging": 1589,
        "Won": 4238,
        "Lost": 2473,
    }
    build.name_it(page, "Funnel")
    build.save(page)
    save_picture(page, "real-funnel")
    assert {row[0]: number(row[1]) for row in build.table(page)} == found


def test_the_win_rate_and_what_a_deal_brings(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.set_filter(page, "stage", "in", ["Won", "Lost"])
    build.add_formula(page, 'COUNT(stage = "Won") / COUNT() * 100', "Win rate")
    build.add_formula(page, 'SUM(value, stage = "Won")', "Won")
    build.add_formula(page, 'AVG(value, stage = "Won")', "Mean")
    build.add_formula(page, 'MEDIAN(value, stage = "Won")', "Median")
    build.add_formula(page, 'AVG(closed_on - engaged_on, stage = "Won")', "Days", decimals="2")
    build.add_formula(page, 'MEDIAN(closed_on - engaged_on, stage = "Won")', "Median of days")
    assert build.problems(page) == []
    build.name_it(page, "Win rate")
    build.save(page)
    save_picture(page, "real-win-rate")
    count, rate, won, mean, median, days, middle = numbers(page, "All records")
    assert (count, won, median, middle) == (6711, 10005534, 1117, 57)
    assert (round(rate, 2), round(mean, 2), round(days, 2)) == (
        Decimal("63.15"),
        Decimal("2360.91"),
        Decimal("51.78"),
    )


def test_open_deals_at_list_price(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.set_filter(page, "stage", "in", ["Prospecting", "Engaging"])
    build.add_value(page, "product.list_price")
    assert numbers(page, "All records") == [2089, 4966215]


def test_the_quarters_of_2017(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.drag_to_rows(page, "closed_on")
    build.set_item(page, "rows.0", every="quarter")
    build.add_value(page, "value")
    build.set_filter(page, "stage", "in", ["Won"])
    build.name_it(page, "Won by quarter")
    build.save(page)
    save_picture(page, "real-quarters")
    found = {row[0]: number(row[2]) for row in build.table(page)}
    quarters = {"2017 Q1": 1134672, "2017 Q2": 3086111, "2017 Q3": 2982255, "2017 Q4": 2802496}
    assert {name: found[name] for name in quarters} == quarters
    assert found["Total"] == 10005534


def test_who_sold_most(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.drag_to_rows(page, "agent.name")
    build.add_value(page, "value")
    build.set_filter(page, "stage", "in", ["Won"])
    build.sort_by(page, "-value")
    build.name_it(page, "Top agents")
    address = build.save(page)
    save_picture(page, "real-agents")
    first = build.table(page)[0]
    assert (first[0], number(first[1]), number(first[2])) == ("Darcel Schlecht", 349, 1153214)
    for path, name, won in (
        ("agent.manager", "Melvin Marxen", 2251930),
        ("company.sector", "Retail", 1867528),
        ("company.name", "Kan-code", 341455),
    ):
        build.edit(page, address)
        build.remove(page, "rows.0")
        build.drag_to_rows(page, path)
        first = build.table(page)[0]
        assert (first[0], number(first[2])) == (name, won)


def test_regions_by_quarter(new: Callable[[str, str], Page]) -> None:
    page = new("maven_crm", "Deal")
    build.drag_to_rows(page, "agent.region")
    build.choose_type(page, "matrix")
    build.drag_to_columns(page, "closed_on")
    build.set_item(page, "columns.0", every="quarter")
    build.add_value(page, "value")
    build.remove(page, "values.n")
    build.set_filter(page, "stage", "in", ["Won"])
    build.name_it(page, "Regions by quarter")
    build.save(page)
    save_picture(page, "real-regions")
    totals = {row[0]: number(row[-1]) for row in build.table(page)}
    assert totals == {"West": 3568647, "Central": 3346293, "East": 3090594, "Total": 10005534}
    quarters = [number(cell) for cell in build.table(page)[-1][1:-1]]
    assert quarters == [1134672, 3086111, 2982255, 2802496]
    cell = page.locator(".dg-report-card tbody tr").first.locator("a").first
    wanted = number(cell.inner_text())
    cell.click()
    drawer = page.locator("dialog.dg-drawer[open]")
    drawer.locator("table").first.wait_for()
    assert f"{wanted:,}" in drawer.inner_text()


def test_the_chinese_shop(new: Callable[[str, str], Page]) -> None:
    page = new("cn_superstore", "订单行")
    build.drag_to_rows(page, "region")
    build.add_value(page, "sales", decimals="3")
    build.add_value(page, "profit", decimals="3")
    build.add_value(page, "order_id", function="COUNT_DISTINCT")
    build.add_value(page, "customer_id", function="COUNT_DISTINCT")
    build.name_it(page, "各地区销售")
    address = build.save(page)
    save_picture(page, "real-shop")
    assert numbers(page, "合计") == [10000, Decimal("16117548.237"), Decimal("2156559.517"), 2773, 790]
    assert numbers(page, "华东")[1] == Decimal("4692464.994")
    build.edit(page, address)
    build.remove(page, "rows.0")
    build.drag_to_rows(page, "customer")
    build.set_item(page, "rows.0", top="1", sort="-sales")
    first = build.table(page)[0]
    assert (first[0], round(number(first[2]), 2)) == ("徐婵", Decimal("82895.26"))


def test_returns_of_the_shop(new: Callable[[str, str], Page]) -> None:
    page = new("cn_superstore", "退货")
    assert numbers(page, "全部记录") == [296]
