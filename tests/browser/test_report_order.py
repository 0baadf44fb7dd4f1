"""The order of a report's rows in a real browser: every column of a matrix sorts by its head, by mouse and by keys;
whoever sorts stays where he was; the file has the same order. And what stands above the records behind a number."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, violations
from dougong_platform.http.engine import Engine

pytestmark = pytest.mark.browser
# The height of an element in each of thirty frames.
FRAMES = """async (one) => {
  const heights = [];
  while (heights.length < 30) {
    await new Promise(requestAnimationFrame);
    heights.push(one.offsetHeight);
  }
  return heights;
}"""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(counted_app: Engine, serve: Callable[..., str]) -> str:
    return serve(counted_app)


def column(page: Page, at: int) -> list[float | None]:
    """The numbers of one column of a matrix, by its place among all of its columns; None = blank."""
    texts = [row.locator("td").nth(at).inner_text().strip() for row in page.locator(".dg-report-grid tbody tr").all()]
    return [None if text == "–" else float(text.replace(",", "").lstrip("¥")) for text in texts]


def in_order(numbers: list[float | None], down: bool) -> bool:
    filled = [one for one in numbers if one is not None]
    return numbers == sorted(filled, reverse=down) + [None] * (len(numbers) - len(filled))


def lowest_heads(page: Page) -> list[str]:
    """The ids of the links of the lowest line of heads."""
    found = page.locator(".dg-report-grid thead tr:last-child th a").evaluate_all("all => all.map(a => a.id)")
    return [str(one) for one in found]


def test_a_column_of_a_matrix_sorts_its_rows_and_turns_round(enter: Open) -> None:
    page = enter("/reports/shelf_by_state")
    at = 2
    link = lowest_heads(page)[at]
    for order, down in (("descending", True), ("ascending", False)):
        page.locator(f"#{link}").focus()
        page.keyboard.press("Enter")
        expect(page.locator(f".dg-report-grid th[aria-sort={order}] #{link}")).to_be_focused()
        assert in_order(column(page, at), down), column(page, at)
        expect(page.locator("th[aria-sort]")).to_have_count(1)
    assert '@["' in unquote(page.url)
    assert violations(page) == []
    page.reload()
    assert in_order(column(page, at), down=False)
    save_picture(page, "report-sorted-column")


def test_who_sorts_at_the_far_end_stays_there(enter: Open) -> None:
    page = enter("/reports/shelf_by_state")
    box = page.locator(".dg-report-scroll")
    box.evaluate("box => box.scrollTo(400, 0)")
    there = box.evaluate("box => box.scrollLeft")
    assert there > 0
    page.locator(".dg-report-grid thead a").last.evaluate("a => a.click()")
    page.wait_for_url("**sort=**")
    expect(page.locator("th[aria-sort] a")).to_be_focused()
    assert page.locator(".dg-report-scroll").evaluate("box => box.scrollLeft") == pytest.approx(there, abs=40)


def test_the_file_has_the_order_of_the_page(enter: Open, address: str) -> None:
    page = enter("/reports/shelf_by_state")
    page.locator(f"#{lowest_heads(page)[2]}").click()
    page.wait_for_url("**sort=**")
    shown = page.locator(".dg-report-grid tbody th[scope=row]").all_inner_texts()
    file = page.locator("a[href*='export.csv']").first.get_attribute("href") or ""
    text = page.request.get(address + file).body().decode("utf-8-sig")
    names = [line[0] for line in csv.reader(io.StringIO(text))]
    assert [name for name in names if name in shown] == shown


def test_what_was_chosen_above_the_report_keeps_the_focus(enter: Open) -> None:
    page = enter("/reports/by_shelf")
    page.locator("#set-period").focus()
    page.locator("#set-period").select_option("all")
    page.wait_for_url("**period=all")
    expect(page.locator("#set-period")).to_be_focused()
    page.get_by_role("link", name="Remove the condition Period").click()
    page.wait_for_url("**/reports/by_shelf")
    expect(page.locator("#set-period")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_records_behind_a_count_say_what_they_come_to(enter: Open, width: int) -> None:
    page = enter("/reports/by_shelf?period=all", width=width)
    row = page.locator(".dg-report-grid tbody tr").first
    worth = row.locator("td").nth(1).inner_text().strip()
    row.locator("td a").first.click()
    head = page.locator("dialog.dg-drawer header")
    expect(head).to_contain_text("records · Price ")
    expect(head).to_contain_text(worth)
    expect(page.locator("dialog.dg-drawer tfoot")).to_contain_text(worth)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(head.get_by_role("link", name="Open as a list")).to_be_visible()
    save_picture(page, f"report-drawer-count-{width}")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(row.locator("td a").first).to_be_focused()


def test_heads_stay_on_a_phone(enter: Open) -> None:
    page = enter("/reports/late_books", width=390)
    page.goto(page.url.replace("late_books", "by_shelf?period=all"))
    box = page.locator(".dg-report-scroll").bounding_box()
    assert box is not None
    assert box["height"] <= 844
    place = page.locator(".dg-report-grid thead").evaluate("head => getComputedStyle(head).position")
    assert place == "sticky"


def test_a_chart_says_which_of_the_numbers_it_draws(enter: Open) -> None:
    page = enter("/reports/by_shelf")
    area = page.locator(".dg-report-chart .dg-chart-area")
    expect(page.locator(".dg-report-drawn")).to_have_text("Worth")
    expect(page.locator(".dg-report-chart dg-chart[data-drawn]")).to_have_count(1)
    heights = area.evaluate(FRAMES)
    assert len(set(heights)) == 1, heights  # its room does not grow by what stands above it
