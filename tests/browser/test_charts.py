"""Charts in a real browser: every kind is drawn and accessible under the policy, and each datum opens its records."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browsing import save_picture, violations
from entering import without_scripts

pytestmark = [pytest.mark.browser]

Open = Callable[..., Page]
KINDS = 17  # drawn ones in the gallery; the number is text


@pytest.fixture
def charts(gallery: str, open_page: Open) -> Callable[..., Page]:
    """The gallery's charts, all of them drawn, on a page high enough for all."""

    def open_(width: int = 1280, locale: str = "en", theme: str = "light") -> Page:
        page = open_page(gallery + "/charts", width, locale, theme)
        expect(page.locator("dg-chart[data-drawn]")).to_have_count(KINDS)
        return page

    return open_


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "en", "light"), (1280, "zh", "dark"), (390, "zh", "light"), (390, "en", "dark")],
)
def test_every_chart_is_drawn_and_axe_finds_nothing(charts: Open, width: int, locale: str, theme: str) -> None:
    page = charts(width, locale, theme)
    assert page.locator("dg-chart svg").count() >= KINDS
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.set_viewport_size({"width": width, "height": 2400 if width > 390 else 7000})
    save_picture(page, f"charts-{width}-{locale}-{theme}")


def test_no_chart_breaks_the_pages_policy(charts: Open, gallery: str, open_page: Open) -> None:
    page = open_page(gallery)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(gallery + "/charts")
    expect(page.locator("dg-chart[data-drawn]")).to_have_count(KINDS)
    bar = page.locator("#chart-bar .dg-chart-area")
    bar.scroll_into_view_if_needed()
    bar.hover(position={"x": 150, "y": 20})
    expect(page.locator("#chart-bar .dg-chart-tip")).to_contain_text("¥4,380,000")
    assert said == []


def test_what_is_said_of_a_place_stands_in_lines_below_each_other(charts: Open) -> None:
    page = charts()
    area = page.locator("#chart-stacked .dg-chart-area")
    area.focus()
    page.keyboard.press("ArrowRight")
    tip = page.locator("#chart-stacked .dg-chart-tip")
    expect(tip.locator("strong").first).to_be_visible()
    boxes = tip.locator("b, :scope > div > div").evaluate_all("all => all.map(one => one.getBoundingClientRect().y)")
    assert len(boxes) > 1
    assert boxes == sorted(set(boxes))


def records(page: Page) -> tuple[object, object, str]:
    """Row, column and value that the drawer was asked for."""
    drawer = page.locator("dg-drawer dialog")
    expect(drawer).to_be_visible()
    row, column = drawer.locator("dd").all_inner_texts()
    return json.loads(row), json.loads(column), drawer.locator(".dg-meta").first.inner_text()


def bar_of(page: Page, chart: str, colour: str, at: int) -> tuple[float, float]:
    """The middle of a drawn shape of that colour, in the page."""
    shape = page.locator(f'{chart} svg path[fill="{colour}"]').nth(at)
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_click_on_a_bar_opens_its_records(charts: Open) -> None:
    page = charts()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "records=" in request.url else None)
    page.mouse.click(*bar_of(page, "#chart-bar", "#2B59C3", 1))
    assert records(page) == (["South hall"], [], "total")
    assert parse_qs(urlsplit(asked[0]).query)["row"] == ['["South hall"]']


def test_a_click_on_a_part_of_a_column_has_both_keys(charts: Open) -> None:
    page = charts()
    page.mouse.click(*bar_of(page, "#chart-stacked", "#E1981E", 2))
    assert records(page) == (["Q3"], ["Science"], "total")


def test_a_click_beside_a_line_means_its_nearest_point(charts: Open) -> None:
    page = charts()
    area = page.locator("#chart-area .dg-chart-area")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    area.click(position={"x": box["width"] * 0.6, "y": box["height"] * 0.75})
    row, column, value = records(page)
    assert re.fullmatch(r"2026-0[6-8]-01", str(row[0]) if isinstance(row, list) else "")
    assert (column, value) == ([], "total")


@pytest.mark.parametrize(
    ("chart", "row", "column"),
    [
        ("funnel", ["Checked"], []),
        ("heat", ["Tue"], ["9"]),
        ("pie", ["South hall"], []),
        ("scatter", ["South hall"], []),
        ("map", ["浙江"], []),
        ("bullets", ["王蕾"], []),
    ],
)
def test_every_kind_is_walked_by_arrow_keys_and_opened_by_enter(
    charts: Open, chart: str, row: list[str], column: list[str]
) -> None:
    page = charts()
    area = page.locator(f"#chart-{chart} .dg-chart-area")
    area.focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(f"#chart-{chart} .dg-chart-tip")).to_contain_text(row[0])
    page.keyboard.press("Enter")
    assert records(page)[:2] == (row, column)
    page.keyboard.press("Escape")
    expect(page.locator("dg-drawer dialog")).to_be_hidden()
    expect(area).to_be_focused()


def test_a_name_hides_its_series_and_shows_it_again(charts: Open) -> None:
    page = charts()
    name = page.locator("#chart-stacked .dg-chart-names button", has_text="Science")
    amber = page.locator('#chart-stacked svg path[fill="#E1981E"]')
    expect(amber).to_have_count(4)
    name.click()
    expect(name).to_have_attribute("aria-pressed", "false")
    expect(amber).to_have_count(0)
    name.click()
    expect(amber).to_have_count(4)


def test_a_chart_follows_the_theme_and_the_width(charts: Open) -> None:
    page = charts()
    drawing = page.locator("#chart-bar svg")
    before = drawing.get_attribute("width")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(page.locator('#chart-bar svg path[fill="#677DFF"]')).to_have_count(6)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(drawing).not_to_have_attribute("width", before or "")


def test_without_javascript_the_numbers_are_there_and_lead_to_their_records(
    gallery: str, browser: BrowserContext
) -> None:
    with without_scripts(browser, gallery + "/charts", who=None) as page:
        page.locator("#chart-bar summary").click()
        expect(page.locator("#chart-bar table a").first).to_have_attribute("href", re.compile("records=1&row="))
        assert page.locator("dg-chart[data-drawn]").count() == 0
