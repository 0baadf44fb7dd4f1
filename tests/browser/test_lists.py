"""The list screen in a real browser: filter builder, editing in place, bulk edits with undo, keyboard, phone, axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform import records
from dougong_platform.http.engine import Engine
from dougong_platform.query import get
from shelving import Shelving

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], screens: Engine) -> str:
    return serve(screens)


PAGES = {
    "home": "/",
    "list": "/o/book",
    "filtered": "/o/book?view=book_open&filter=state+%3D+%22open%22",
    "empty": "/o/book?filter=price+%3E+9999",
    "search": "/search?q=book",
    "bin": "/bin",
    "search-start": "/search",
    "shelves": "/o/shelf",
}


@pytest.mark.parametrize(
    ("width", "locale", "theme"), [(1280, "zh", "light"), (390, "en", "dark"), (360, "en", "light")]
)
def test_every_page_is_accessible_and_fits(
    enter: Open, address: str, shelving: Shelving, width: int, locale: str, theme: str
) -> None:
    records.delete(shelving.admin, "book", shelving.books[126:129])
    page = enter("/", width=width, locale=locale, theme=theme)
    for name, path in PAGES.items():
        page.goto(address + path)
        save_picture(page, f"{name}-{width}-{locale}-{theme}")
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    records.restore(shelving.admin, "book", shelving.books[126:129])


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_every_panel_is_accessible_and_closes_by_escape(enter: Open, width: int, theme: str) -> None:
    page = enter(
        "/o/book?view=book_open&filter=price+%3E+1+and+%28state+%3D+%22open%22+or+due+%3C+TODAY%28%29%29",
        width=width,
        theme=theme,
    )
    for part in ("filter", "sort", "columns", "save"):
        link = page.locator(f"a[href*='/list/{part}']").first
        link.evaluate("link => link.click()")
        panel = page.locator("#dg-list-panel")
        expect(panel.locator("form")).to_be_visible()
        settled(page)
        save_picture(page, f"panel-{part}-{width}-{theme}")
        assert violations(page) == [], part
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()


def test_a_filter_is_built_counted_and_applied(enter: Open) -> None:
    page = enter("/o/book")
    page.keyboard.press("f")
    panel = page.locator("#dg-list-panel")
    expect(panel.get_by_role("heading", name="Filter")).to_be_visible()
    panel.get_by_label("Field", exact=True).select_option("price")
    panel.get_by_label("Operator").select_option("<")
    panel.get_by_label("Price", exact=True).fill("10")
    expect(panel.locator("#filter-foot")).to_contain_text("10 of 130 match")
    panel.get_by_role("button", name="Condition", exact=True).click()
    expect(panel.get_by_label("Field", exact=True)).to_have_count(2)
    panel.get_by_label("Field", exact=True).nth(1).select_option("state")
    panel.locator(".ts-control input").click()
    page.keyboard.type("op")
    page.keyboard.press("Enter")
    expect(panel.locator("#filter-foot")).to_contain_text("4 of 130 match")  # 2, 4, 6, 8
    save_picture(page, "filter-built")
    panel.get_by_role("button", name="Done").click()
    expect(page.locator("#list-count")).to_have_text("4 records")
    expect(page.locator("#list-bar")).to_contain_text("Open")
    expect(page.locator("#list-bar")).to_contain_text("unsaved changes")
    page.get_by_role("link", name="Remove the condition State").click()
    expect(page.locator("#list-count")).to_have_text("10 records")


def test_a_formula_shows_where_it_is_wrong(enter: Open) -> None:
    page = enter("/o/book?filter=price+%3E+cost")
    page.keyboard.press("f")
    formula = page.get_by_role("textbox", name="Formula")
    expect(formula).to_have_value("price > cost")
    formula.fill("price > 5 and prise < 3")
    expect(page.locator("#filter-foot mark")).to_have_text("prise")
    formula.fill("price = 5")
    expect(page.locator("#filter-foot")).to_contain_text("1 of 130 match")
    page.get_by_role("button", name="Edit as lines").click()
    expect(page.locator("#dg-list-panel").get_by_label("Operator")).to_have_value("=")


def test_a_value_is_edited_where_it_stands_and_taken_back(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    row = page.locator(f"#row-{shelving.books[3]}")
    row.locator("td[data-cell=price]").click()
    field = row.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(field).to_have_value("3.00")
    save_picture(page, "cell-edited")
    assert violations(page) == []
    field.fill("1,234.5")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("¥1,234.50")
    expect(page.get_by_role("status")).to_contain_text("Price changed")
    page.keyboard.press("Control+z")
    expect(page.locator(f"#row-{shelving.books[3]}")).to_contain_text("¥3")


def test_escape_restores_and_what_is_refused_is_kept(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    row = page.locator(f"#row-{shelving.books[4]}")
    row.locator("td[data-cell=price]").click()
    row.get_by_role("textbox").fill("-7")
    page.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("at least 0")
    expect(row.get_by_role("textbox")).to_have_value("-7")
    page.keyboard.press("Escape")
    expect(row).to_contain_text("¥4")
    expect(row.get_by_role("textbox")).to_have_count(0)


def test_a_conflict_shows_both_values(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    one = shelving.books[5]
    row = page.locator(f"#row-{one}")
    row.locator("td[data-cell=pages]").click()
    expect(row.get_by_role("textbox")).to_be_focused()
    records.update(shelving.admin, "book", [{"id": one, "pages": 77}])
    row.get_by_role("textbox").fill("88")
    page.keyboard.press("Enter")
    note = row.locator(".dg-cell-conflict")
    expect(note).to_contain_text("77")
    expect(note).to_contain_text("88")
    save_picture(page, "conflict")
    assert violations(page) == []
    note.get_by_role("button", name="Put mine").click()
    expect(note).to_have_count(0)
    assert get(shelving.admin, "book", one, ["pages"])["pages"] == 88


def test_tab_saves_and_goes_on_to_the_next_value(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    row = page.locator(f"#row-{shelving.books[6]}")
    row.locator("td[data-cell=state]").click()
    row.get_by_role("combobox", name="State").select_option("done")
    page.keyboard.press("Tab")
    expect(row.locator("td[data-cell=price] input[name=price]")).to_be_focused()
    assert get(shelving.admin, "book", shelving.books[6], ["state"])["state"] == "done"
    page.keyboard.press("Escape")


def test_selected_rows_are_edited_together_and_taken_back(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    boxes = page.locator("tbody input[name=id]")
    boxes.nth(20).click()
    boxes.nth(24).click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar")
    expect(bar).to_contain_text("5 selected · ¥110")  # 20 + 21 + 22 + 23 + 24
    save_picture(page, "selection")
    assert violations(page) == []
    bar.get_by_role("button", name="Edit a field").click()
    panel = page.locator("#dg-list-panel")
    expect(panel).to_contain_text("Edit 5 records")
    panel.get_by_label("Field", exact=True).select_option("state")
    panel.get_by_label("State").select_option("late")
    assert violations(page) == []
    panel.get_by_role("button", name="Change 5 records").click()
    expect(page.get_by_role("status")).to_contain_text("State changed in 5 records")
    rows = page.locator("tbody tr[data-row]")
    expect(rows.nth(21)).to_contain_text("Late")
    page.keyboard.press("Control+z")
    expect(rows.nth(21)).to_contain_text("Done")
    expect(page.get_by_role("status")).to_contain_text("Taken back: 4 records")  # one was late already


def test_what_could_not_be_changed_is_listed(enter: Open) -> None:
    page = enter("/o/book")
    page.locator("tbody input[name=id]").nth(30).click()
    page.locator("tbody input[name=id]").nth(31).click()
    page.get_by_role("button", name="Edit a field").click()
    panel = page.locator("#dg-list-panel")
    panel.get_by_label("Field", exact=True).select_option("code")
    panel.get_by_label("Code").fill("TWICE")
    panel.get_by_role("button", name="Change 2 records").click()
    expect(panel).to_contain_text("1 record stayed as it was")
    expect(panel).to_contain_text("already has this Code")
    save_picture(page, "bulk-result")
    assert violations(page) == []
    panel.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back: 1 record")


def test_the_keyboard_walks_selects_edits_and_opens(enter: Open, shelving: Shelving) -> None:
    page = enter("/o/book")
    page.locator("h1").focus()
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator(f"#row-{shelving.books[1]} a").first).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar")).to_contain_text("1 selected")
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator(f"#row-{shelving.books[1]} input[name=title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#row-{shelving.books[1]} a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/book/{shelving.books[1]}")


def test_scrolling_brings_further_rows(enter: Open) -> None:
    page = enter("/o/book")
    expect(page.locator("tbody tr[data-row]")).to_have_count(50)
    page.locator(".dg-more-row").scroll_into_view_if_needed()
    expect(page.locator("tbody tr[data-row]")).to_have_count(100)
    page.locator("tbody tr[data-row]").nth(99).locator("input[name=id]").click()
    expect(page.get_by_role("toolbar")).to_contain_text("1 selected")


def test_a_column_keeps_its_width(enter: Open) -> None:
    page = enter("/o/book")
    head = page.get_by_role("columnheader", name="Title")
    box = head.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 97, box["y"] + 16, steps=4)
    page.mouse.up()
    wide = head.evaluate("head => head.offsetWidth")
    assert wide > box["width"] + 60
    page.reload()
    assert abs(head.evaluate("head => head.offsetWidth") - wide) < 4


def test_columns_are_moved_by_keyboard_and_a_view_is_saved(enter: Open) -> None:
    page = enter("/o/book")
    page.get_by_role("link", name="Columns", exact=True).click()
    panel = page.locator("#dg-list-panel")
    panel.get_by_role("button", name="Move Price").focus()
    settled(page)
    for key in ("Space", "ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    panel.get_by_role("button", name="Done").click()
    heads = page.locator("thead th a")
    expect(heads.nth(1)).to_have_text("Price")
    page.get_by_role("link", name="Save view").click()
    panel.get_by_label("Name").fill("Price first")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".dg-tabs [aria-current]")).to_contain_text("Price first")


def test_a_row_has_its_menu(enter: Open) -> None:
    page = enter("/o/book?view=book_open")
    row = page.locator("tbody tr[data-row]").first
    row.hover()
    row.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    save_picture(page, "row-menu")
    assert violations(page) == []
    page.get_by_role("button", name="Delete").first.click()
    expect(page.get_by_role("status")).to_contain_text("1 record deleted")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back: 1 record")


def test_a_long_press_selects_on_a_phone(enter: Open) -> None:
    page = enter("/o/book", width=390)
    row = page.locator("tbody tr[data-row]").first
    expect(page.locator("thead")).to_be_hidden()
    row.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    expect(page.get_by_role("toolbar")).to_contain_text("1 selected")
    row.dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
    save_picture(page, "phone-selection")
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("toolbar")).to_be_hidden()


def test_a_task_is_ticked_at_home(enter: Open) -> None:
    page = enter("/")
    tasks = page.locator(".dg-task")
    name = tasks.first.locator("a").inner_text()
    tasks.first.get_by_role("button", name="Done:").click()
    expect(page.get_by_role("status")).to_contain_text("Marked as done")
    expect(page.locator(".dg-task a", has_text=name)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.locator(".dg-task a", has_text=name)).to_have_count(1)


def test_the_palette_finds_a_record_by_a_chinese_word(enter: Open, shelving: Shelving) -> None:
    page = enter("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("洁净")
    option = page.get_by_role("option", name="Book 007")
    expect(option).to_have_attribute("aria-selected", "true")
    save_picture(page, "palette")
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/book/{shelving.books[7]}")


def test_the_bin_asks_before_it_purges(enter: Open, shelving: Shelving) -> None:
    records.delete(shelving.admin, "book", shelving.books[120:122])
    page = enter("/bin")
    page.get_by_label("Select all rows shown").click()
    page.get_by_role("button", name="Remove for good…").click()
    dialog = page.get_by_role("dialog", name="Remove for good?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    expect(dialog).to_contain_text(f"Remove for good {page.locator('tbody input:checked').count()}")
    assert violations(page) == []
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("toolbar").get_by_role("button", name="Restore").click()
    expect(page.get_by_role("status")).to_contain_text("records restored")
