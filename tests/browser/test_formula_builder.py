"""Formulas, roll-ups and validations written in a real browser: completion, what is wrong and where, results on real
records; published, they work on the next read and the next save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.query import list_records
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from dougong_tenants.people import update_user
from order_lines import make_ordering
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGES = (
    "/builder/objects/book?add=formula",
    "/builder/objects/book?add=rollup",
    "/builder/validations/new?object=book",
)


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    made = make_ordering(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(reading: Reading, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app: Engine = create_app(settings, reading.database)
    return serve(app)


def publish(page: Page, address: str) -> None:
    page.goto(address + "/builder/changes")
    expect(page.locator("#plan").get_by_text("Can be published")).to_be_visible()
    page.locator("#plan button[type=submit]").click()
    expect(page.get_by_text("is in force", exact=False).first).to_be_visible(timeout=20_000)


def test_a_formula_is_completed_checked_tried_and_works_once_published(
    address: str, enter: Open, reading: Reading
) -> None:
    page = enter("/builder/objects/book?add=formula")
    page.fill("[name='b/label/en']", "Twice")
    page.select_option("[name='b/returns']", "currency")
    formula = page.locator("[name='b/formula']")
    formula.click()
    page.keyboard.type("pri")
    options = page.locator(".dg-completion:visible [role=option]")
    expect(options.first).to_contain_text("price")
    assert violations(page) == []
    save_picture(page, "formula-completion")
    page.keyboard.press("Enter")
    expect(formula).to_have_value("price")
    page.keyboard.type(" * pagse")
    expect(page.locator("dg-builder-expression .dg-error")).to_contain_text("pagse")
    expect(page.locator("dg-builder-expression mark")).to_have_text("pagse")
    page.keyboard.press("Escape")
    formula.fill("price * 2 + SUM(lines.amount)")
    expect(page.locator("dg-builder-expression [data-said]").first).to_contain_text("Right")
    rows = page.locator(".dg-formula-preview tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("红楼梦")
    expect(rows.first).to_contain_text("116")  # 45 × 2 and the lines of 10 and 16
    save_picture(page, "formula-preview")
    page.get_by_role("button", name="Add the field").click()
    page.wait_for_url("**/builder/objects/book?field=twice")
    publish(page, address)
    page.goto(address + "/o/book?columns=title,twice&sort=-twice")
    expect(page.locator("main tbody tr").first).to_contain_text("116")


def test_a_rollup_offers_what_points_here_and_says_what_it_computes(
    address: str, enter: Open, reading: Reading
) -> None:
    page = enter("/builder/objects/book?add=rollup")
    page.fill("[name='b/label/en']", "Sold")
    offered = page.locator("#rollup-of option").evaluate_all("all => all.map(one => one.value)")
    assert offered == ["", "chapter.book", "order_line.book"]
    page.select_option("#rollup-of", "order_line.book")
    page.select_option("#rollup-kind", "sum")
    fields = page.locator("#rollup-field option")
    expect(fields).to_have_count(3)
    assert fields.evaluate_all("all => all.map(one => one.value)") == ["", "amount", "qty"]
    page.select_option("#rollup-field", "amount")
    page.get_by_role("button", name="Condition", exact=True).click()
    row = page.locator(".dg-builder-condition select")
    row.first.select_option("state")
    row.nth(1).select_option("!=")
    row.nth(2).select_option("void")
    said = page.locator(".dg-sharing-sentence")
    expect(said).to_have_text("Sum of Amount over Order lines where State ≠ void")
    assert violations(page) == []
    save_picture(page, "rollup")
    page.get_by_role("button", name="Add the field").click()
    page.wait_for_url("**/builder/objects/book?field=sold")
    body = drafts.get(reading.database, reading.tenant, "object", "book")[0].json()["fields"]["sold"]
    assert body["of"] == "order_line.book"
    assert body["sum"] == "amount"
    assert body["where"] == 'state != "void"'
    publish(page, address)
    found = list_records(reading.admin, "book", fields=["title", "sold"], sort=("title",)).records
    assert {one["title"]: one["sold"] for one in found}["Rivers"] == "18.00"  # lines 1 (6, paid) and 7 (12, paid)


def test_a_validation_says_how_many_would_not_pass_and_lists_them(address: str, enter: Open, reading: Reading) -> None:
    page = enter("/builder/validations/new?object=book")
    page.locator("[name='b/must']").fill('price >= 20 or genre = "manual"')
    aside = page.locator(".dg-sharing-aside")
    expect(aside).to_contain_text("1 of 6 records would not pass")
    page.locator("[name='b/when']").fill("changed(price)")
    expect(aside).to_contain_text("only the next saves can tell")
    page.locator("[name='b/when']").fill("")
    expect(aside).to_contain_text("1 of 6")
    page.locator("[name='b/message/en']").fill("A novel costs more")
    page.locator("[name='b/message/zh']").fill("小说应更贵")
    page.locator("[name='b/severity'][value=warn]").check()
    page.locator("[name='b/from']").fill("2026-01-01")
    assert violations(page) == []
    save_picture(page, "validation")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="See them in a list").click()
    expect(opened.value.locator("main tbody tr").first).to_contain_text("Rivers")
    opened.value.close()
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/validations/a_novel_costs_more")
    publish(page, address)
    page.goto(address + "/o/book/new")
    page.fill("[name=title]", "Cheap")
    page.fill("[name=price]", "5")
    page.select_option("[name=genre]", "novel")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#errors")).to_contain_text("A novel costs more")
    assert violations(page) == []
    save_picture(page, "save-anyway")
    page.get_by_role("button", name="Save anyway").click()
    expect(page.locator("h1")).to_contain_text("Cheap")


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "zh", "light"), (390, "en", "light"), (1280, "en", "dark"), (390, "zh", "dark")],
)
def test_the_pages_are_accessible_and_fit(
    address: str, enter: Open, reading: Reading, width: int, locale: str, theme: str
) -> None:
    update_user(reading.database, reading.tenant, reading.ann, {"locale": locale})
    page = enter("/builder", width=width, locale=locale, theme=theme)
    for path in PAGES:
        page.goto(address + path)
        name = path.strip("/").replace("/", "-").replace("?", "-")
        save_picture(page, f"{name}-{width}-{locale}-{theme}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    update_user(reading.database, reading.tenant, reading.ann, {"locale": "en"})
