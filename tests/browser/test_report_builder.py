"""The report builder in a real browser: reports built from nothing by mouse, saved, opened and changed; by keyboard
alone; on a phone; in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import building_reports as build
from browsing import save_picture, violations
from entering import enter
from order_desk import desk, desk_app  # noqa: F401  # fixtures

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(desk_app: Any, serve: Callable[..., str]) -> str:  # noqa: F811
    return serve(desk_app)


@pytest.fixture
def come(address: str, open_page: Open) -> Callable[..., Page]:
    """`come(path, who, width, locale, theme)`: a page of somebody who is signed in."""

    def go(path: str, who: str = "ann", width: int = 1280, locale: str = "en", theme: str = "light") -> Page:
        return enter(open_page, address, path, who, width, locale, theme)

    return go


@pytest.fixture
def orders(come: Callable[..., Page]) -> Page:
    """A new report on orders."""
    page = come("/reports")
    page.goto(page.url.split("/reports")[0] + build.NEW)
    build.choose_object(page, "Orders")
    return page


def test_a_summary_is_built_by_mouse_saved_and_changed(orders: Page) -> None:
    page = orders
    build.drag_to_rows(page, "signed_on")
    build.set_item(page, "rows.0", every="quarter")
    build.add_value(page, "total")
    build.set_filter(page, "stage", "in", ["won"])
    assert build.items(page, "rows") == ["Signed on, by quarter"]
    assert build.items(page, "values") == ["Number of records", "Total, sum"]
    save_picture(page, "report-builder-summary")
    rows = build.table(page)
    assert [row[1] for row in rows] == ["3", "0", "3", "6"]  # Q2 to Q4: the gap is shown
    assert rows[-1][2].replace(",", "").endswith("672")  # 102 + 106 + … + 122
    build.name_it(page, "Won by quarter")
    expect(page.locator("#rd-state")).to_contain_text("Unsaved changes")
    address = build.save(page)
    assert build.table(page) == rows
    build.edit(page, address)
    expect(page.locator("#rd-label")).to_have_value("Won by quarter")
    expect(page.locator("#rd-state")).not_to_contain_text("Unsaved")
    build.drag_to_rows(page, "shop.region")
    assert build.items(page, "rows") == ["Signed on, by quarter", "Shop › Region"]
    build.undo(page)
    assert build.items(page, "rows") == ["Signed on, by quarter"]
    build.redo(page)
    build.save(page)
    assert any("East" in cell for row in build.table(page) for cell in row)


def test_a_matrix_is_built_by_mouse(orders: Page) -> None:
    page = orders
    build.drag_to_rows(page, "shop.region")
    build.choose_type(page, "matrix")
    build.drag_to_columns(page, "signed_on")
    build.set_item(page, "columns.0", every="quarter")
    build.add_value(page, "total")
    build.remove(page, "values.n")
    rows = build.table(page)
    assert [row[0] for row in rows] == ["East", "South", "Total"]
    assert len(rows[0]) == 6
    expect(page.locator("#rd-chart-column, #rd-chart-line").first).to_be_visible()
    save_picture(page, "report-builder-matrix")
    build.drag_between(page, build.item(page, "rows.0"), page.locator('[data-zone="columns"]'))
    build.settle(page)
    assert build.items(page, "columns") == ["Signed on, by quarter", "Shop › Region"]


def test_a_funnel_is_built_by_mouse(orders: Page) -> None:
    page = orders
    build.choose_type(page, "funnel")
    expect(page.locator("#rd-funnel-field")).to_have_value("stage")
    rows = build.table(page)
    assert [row[0] for row in rows][:3] == ["Asked", "Offered", "Won"]
    save_picture(page, "report-builder-funnel")
    build.set_select(page, "rd-funnel-kind", "steps")
    build.set_item(page, "steps.step_1", label="All", where="total > 0")
    build.add_step(page, "Signed late", 'signed_on > "2026-06-30"')
    rows = build.table(page)
    assert [row[0] for row in rows] == ["All", "Signed late"]
    build.name_it(page, "Late ones")
    build.save(page)


def test_a_formula_over_values_and_a_sum_of_related_records(orders: Page) -> None:
    page = orders
    build.drag_to_rows(page, "shop.region")
    build.add_value(page, "lines.amount")
    build.add_formula(page, "amount / n", "Lines per order")
    assert build.items(page, "values") == ["Number of records", "Order lines: Amount, sum", "Lines per order"]
    assert build.problems(page) == []
    rows = build.table(page)
    assert rows[0][0] == "East"
    assert rows[0][1] == "12"
    assert rows[0][2].endswith("144")  # 0 + 2 + … + 22, and one for each of twelve orders
    assert rows[0][3] == "¥12.00"
    build.set_item(page, "values.formula", text="amount / nothing")
    assert len(build.problems(page)) == 1
    save_picture(page, "report-builder-problem")
    build.undo(page)
    assert build.problems(page) == []
    build.name_it(page, "Lines per order")
    build.save(page)


def test_only_orders_without_large_lines(orders: Page) -> None:
    page = orders
    build.add_cross(page, "lines", none=True, where="amount > 5")
    assert build.items(page, "cross") == ["and no Order lines"]
    assert build.table(page)[0][-1] == "6"


def test_months_across_are_drawn_from_left_to_right(orders: Page) -> None:
    page = orders
    build.drag_to_rows(page, "shop.region")
    build.choose_type(page, "matrix")
    build.drag_to_columns(page, "signed_on")
    expect(page.locator("#rd-chart-heat")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#rd-preview .dg-report-drawn")).to_have_text("Number of records")
    page.focus("h1")
    page.keyboard.press("Control+z")
    build.settle(page)
    assert build.items(page, "columns") == []
    page.keyboard.press("Control+Shift+z")
    build.settle(page)
    assert build.items(page, "columns") == ["Signed on, by month"]


def test_what_a_part_is_stands_before_how_it_is_set(orders: Page) -> None:
    page = orders
    build.add_cross(page, "lines", none=True, where="amount > 5 and amount < 1000000 and amount != 77")
    build.open_item(page, "cross.0")
    name = page.locator('[data-zone="cross"] summary > .dg-clip').first
    assert name.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_preview_without_records_says_what_to_do(orders: Page) -> None:
    page = orders
    build.drag_to_rows(page, "shop.region")
    build.set_formula_filter(page, "total > 99999999")
    expect(page.locator("#rd-preview")).to_contain_text("Take away a condition, or choose a longer period.")
    expect(page.locator("#rd-preview a[href='']")).to_have_count(0)


def test_names_of_values_are_completed(orders: Page) -> None:
    page = orders
    page.click("#rd-add-formula")
    build.settle(page)
    box = page.locator('[name="values.formula.text"]')
    box.fill("")
    box.press_sequentially("to")
    expect(page.locator(".dg-completion:visible")).to_contain_text("Total")


def test_everything_by_keyboard(orders: Page) -> None:
    page, keys = orders, orders.keyboard
    page.focus("#rd-search")
    keys.type("region")
    found = page.locator("#rd-palette li[data-path]")
    expect(found).to_have_count(1)
    build.settle(page)
    found.locator("button").focus()
    keys.press("Enter")
    expect(page.locator("#rd-menu button").first).to_be_focused()
    while "rows" not in (page.evaluate("document.activeElement.dataset.to") or ""):
        keys.press("ArrowDown")
    keys.press("Enter")
    build.settle(page)
    assert build.items(page, "rows") == ["Shop › Region"]
    page.focus("#rd-search")
    page.fill("#rd-search", "stage")
    expect(found).to_have_count(1)
    build.settle(page)
    build.add(page, "stage", "rows")
    page.focus("#rd-h-rows-1")
    keys.press("Space")
    keys.press("ArrowUp")
    build.settle(page)
    expect(page.locator("#rd-h-rows-0")).to_be_focused()
    keys.press("Enter")
    assert build.items(page, "rows") == ["Stage", "Shop › Region"]
    keys.press("Delete")
    build.settle(page)
    assert build.items(page, "rows") == ["Shop › Region"]
    page.focus("h1")
    keys.press("Control+z")
    build.settle(page)
    assert build.items(page, "rows") == ["Stage", "Shop › Region"]


@pytest.mark.parametrize("locale", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390, 360])
def test_it_is_usable_at_every_width(come: Callable[..., Page], width: int, locale: str) -> None:
    page = come("/reports/by_region/edit", "bob", width, locale)
    build.settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    save_picture(page, f"report-builder-{width}-{locale}")
    if width < 720:
        page.locator('[data-rd="fields"]').click()
        expect(page.locator("#rd-palette")).to_be_visible()
        save_picture(page, f"report-builder-fields-{width}-{locale}")
        page.locator('[data-rd="close-fields"]').click()
        build.open_item(page, "values.total")
        save_picture(page, f"report-builder-sheet-{width}-{locale}")
        page.locator('[data-id="values.total"] [data-rd="done"]').click()
    assert violations(page) == []


def test_the_dark_and_the_first_step_are_accessible(come: Callable[..., Page]) -> None:
    page = come(build.NEW, theme="dark")
    assert violations(page) == []
    build.choose_object(page, "Orders")
    build.drag_to_rows(page, "shop.region")
    build.open_item(page, "rows.0")
    save_picture(page, "report-builder-dark")
    assert violations(page) == []
