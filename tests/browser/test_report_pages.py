"""Report pages in a real browser: numbers open to their records beside them, settings act at once; by keyboard, on a
phone, on paper, in the dark and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_platform.http.engine import Engine
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(counted_app: Engine, serve: Callable[..., str]) -> str:
    return serve(counted_app)


def drawer(page: Page) -> list[str]:
    """The titles of the records that the drawer shows."""
    expect(page.locator("dialog.dg-drawer[open] table")).to_be_visible()
    return page.locator("dialog.dg-drawer td:first-child a").all_text_contents()


def test_a_number_opens_to_exactly_its_records(enter: Open, counted: Shelving) -> None:
    page = enter("/reports/by_shelf")
    row = page.locator(".dg-report-grid tbody tr", has_text="South").first
    row.get_by_role("link", name="¥2,017", exact=True).click()
    expected = counted.run(
        "select title from book where shelf = %s and due between '2026-01-08' and '2026-01-28'", [counted.shelves[1]]
    )
    assert sorted(drawer(page)) == sorted(title for (title,) in expected)
    head = page.locator("dialog.dg-drawer header")
    expect(head).to_contain_text("South")
    expect(head).to_contain_text("31 records · Worth ¥2,017")
    save_picture(page, "report-drawer")
    assert violations(page) == []
    head.get_by_role("link", name="Open as a list").click()
    expect(page.locator("#list-count")).to_have_text("31 records")
    expect(page.locator("#list-table tfoot")).to_contain_text("¥2,017")


def test_a_cell_of_a_matrix_opens_by_keyboard_and_closes_with_escape(enter: Open) -> None:
    page = enter("/reports/shelf_by_state")
    cell = page.locator(".dg-report-grid tbody tr").first.locator("td a").nth(4)
    count = int(cell.text_content() or "")
    cell.focus()
    page.keyboard.press("Enter")
    assert len(drawer(page)) == count
    expect(page.locator("#drawer-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.dg-drawer")).to_be_hidden()
    expect(cell).to_be_focused()


def test_more_records_than_a_page_come_by_scrolling(enter: Open) -> None:
    page = enter("/reports/by_shelf?period=all")
    page.locator(".dg-report-grid tfoot td a").first.click()
    expect(page.locator("dialog.dg-drawer header")).to_contain_text("130 records")
    rows = page.locator("dialog.dg-drawer tbody tr:not(.dg-more-row)")
    for expected in (100, 130):
        page.locator("dialog.dg-drawer .dg-load-more").scroll_into_view_if_needed()
        expect(rows).to_have_count(expected)


def test_settings_act_as_soon_as_they_are_chosen(enter: Open, address: str) -> None:
    page = enter("/reports/by_shelf")
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    page.get_by_label("Period", exact=True).select_option("all")
    page.wait_for_url(f"{address}/reports/by_shelf?period=all")
    expect(page.locator(".dg-report-grid tfoot td").first).to_have_text("130")
    page.get_by_label("Owner", exact=True).select_option(label="Bob")
    page.wait_for_url(re.compile(r"period=all&owner="))
    expect(page.locator("#body")).to_contain_text("Set here: Period: All time; Owner: Bob.")
    assert violations(page) == []
    page.get_by_role("link", name="Remove the condition Owner").click()
    page.wait_for_url(f"{address}/reports/by_shelf?period=all")
    page.get_by_label("Period", exact=True).select_option("custom")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2026-01-02")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(re.compile("period=custom&from=2026-01-01&to=2026-01-02"))
    expect(page.locator(".dg-report-grid tfoot td").first).to_have_text("10")


def test_a_head_sorts(enter: Open) -> None:
    page = enter("/reports/worth_then_and_now")
    page.get_by_role("columnheader", name="Worth", exact=True).get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Worth", exact=True)).to_have_attribute("aria-sort", "descending")
    assert page.locator(".dg-report-grid tbody th").all_text_contents() == ["Open", "Done", "Late"]


def test_it_is_told_beside_the_report_how_it_is_worked_out(enter: Open) -> None:
    page = enter("/reports/by_shelf")
    page.get_by_role("link", name="How this is worked out").click()
    expect(page.locator("dialog.dg-drawer")).to_contain_text("Sum of Price")
    assert violations(page) == []


def test_a_wide_table_scrolls_inside_itself_under_its_heads(enter: Open) -> None:
    page = enter("/reports/shelf_by_state")
    box = page.locator(".dg-report-scroll")
    wide = box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert wide
    box.evaluate("box => box.scrollTo(400, 0)")
    name, left = page.locator("tbody th").first.bounding_box(), box.bounding_box()
    assert name is not None
    assert left is not None
    assert name["x"] == pytest.approx(left["x"], abs=2)


@pytest.mark.parametrize(
    "path",
    ["/reports", "/reports/by_shelf", "/reports/shelf_by_state", "/reports/worth_then_and_now", "/reports/late_books"],
)
def test_a_phone_shows_everything_without_scrolling_the_page_sideways(enter: Open, path: str) -> None:
    for locale in ("en", "zh"):
        page = enter(path, width=390, locale=locale)
        save_picture(page, f"report-phone{path.replace('/', '-')}-{locale}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(enter: Open, theme: str) -> None:
    for path in ("/reports", "/reports/by_shelf", "/reports/shelf_by_state", "/reports/worth_then_and_now",
                 "/reports/late_books", "/reports/what_they_cost", "/reports/by_shelf/explain",
                 "/reports/by_shelf/records?value=n"):  # fmt: skip
        page = enter(path, theme=theme, locale="zh")
        save_picture(page, f"report{path.partition('?')[0].replace('/', '-')}-{theme}-zh")
        assert violations(page) == [], path


def test_on_paper_there_is_the_report_alone(enter: Open) -> None:
    page = enter("/reports/by_shelf?period=all", theme="dark")
    page.emulate_media(media="print")
    assert page.locator(".dg-report-grid td").first.evaluate("td => getComputedStyle(td).color") == "rgb(29, 33, 41)"
    for gone in (".dg-side", ".dg-head .dg-btn", ".dg-report-foot", "[name=period]"):
        expect(page.locator(gone).first).to_be_hidden()
    for there in ("h1", ".dg-report-grid"):
        expect(page.locator(there).first).to_be_visible()
    expect(page.locator(".dg-report-printed")).to_contain_text("Period: All time · Compared with: no comparison")
    last = page.locator(".dg-report-grid tfoot tr")
    assert page.locator(".dg-report-scroll").evaluate("box => box.scrollHeight - box.clientHeight") <= 1
    expect(last).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_page_that_was_opened_to_be_printed_asks_for_it(enter: Open) -> None:
    page = enter("/reports/by_shelf")
    page.add_init_script("window.print = () => { document.documentElement.dataset.printed = 'yes'; }")
    page.goto(page.url + "?print=1")
    expect(page.locator("html[data-printed=yes]")).to_have_count(1)


def test_a_report_is_found_while_one_types_enter(enter: Open) -> None:
    page = enter("/reports")
    page.get_by_label("Find a report").fill("late")
    page.keyboard.press("Enter")
    expect(page.locator(".dg-reports-list li")).to_have_count(1)
    page.locator(".dg-reports-list a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Late books")
