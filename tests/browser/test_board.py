"""The board in a real browser: dragged by mouse and finger, moved by keys and menu, what lanes say, phone, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bindery import a_book, a_shelf, stands
from browsing import save_picture, settled, violations
from dougong_platform.http.engine import Engine
from dougong_platform.query import get
from dougong_platform.records import delete, update
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[[Any], str], bindery_app: Engine) -> str:
    return serve(bindery_app)


@pytest.fixture(autouse=True)
def empty(bindery: Reading) -> None:
    """Each test has a board of its own."""
    there = [row[0] for row in bindery.run("select id from book where deleted_at is null")]
    if there:
        delete(bindery.admin, "book", there)


def lane(page: Page, stage: str) -> Locator:
    return page.locator(f".dg-lane[data-stage={stage}]")


def card(page: Page, id: str) -> Locator:
    return page.locator(f".dg-lane-card[data-id='{id}']")


def take(page: Page, id: str, stage: str) -> None:
    """Take the card with the mouse and hold it over the lane."""
    start, end = card(page, id).bounding_box(), lane(page, stage).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 70, start["y"] + start["height"], steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 130, steps=8)
    expect(lane(page, stage)).to_have_class(re.compile("dg-target"))


def stage_of(bindery: Reading, id: str) -> Any:
    return get(bindery.admin, "book", id, ["stage"])["stage"]


def test_lanes_show_counts_sums_flags_and_limits(bindery: Reading, enter: Open) -> None:
    shelf = a_shelf(bindery, "North")
    old = a_book(bindery, "Old one", price="120000", shelf=shelf, next_step="Ask the writer")
    stands(bindery, old, 6)
    for n in range(3):
        a_book(bindery, f"Draft {n}", stage="draft", price="10000", due="2026-01-05" if n == 0 else None)
    page = enter("/o/book/board")
    expect(lane(page, "idea").locator("h2")).to_have_text("Idea")
    expect(lane(page, "idea")).to_contain_text("weighted")
    expect(card(page, old)).to_contain_text("North")
    expect(card(page, old)).to_contain_text("Ask the writer")
    expect(card(page, old)).to_contain_text("stalled 6 days")
    expect(lane(page, "draft").locator("[data-count]")).to_contain_text("3 / 2")
    expect(lane(page, "draft").locator(".dg-lane-card").filter(has_text="Draft 0")).to_contain_text("overdue")
    expect(page.locator("#list-count")).to_have_text("4 records")


def test_a_card_is_dragged_and_the_move_taken_back(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "Red Chamber", stage="proof", price="20")
    page = enter("/o/book/board")
    take(page, book, "sold")
    page.mouse.up()
    expect(lane(page, "sold").locator(".dg-lane-card")).to_contain_text("Red Chamber")
    expect(page.get_by_role("status")).to_contain_text("Moved to “Sold”")
    expect(lane(page, "sold")).to_contain_text("¥20")
    assert stage_of(bindery, book) == "sold"
    page.get_by_role("button", name="Undo").click()
    expect(lane(page, "proof").locator(".dg-lane-card")).to_contain_text("Red Chamber")


def test_the_lane_says_what_is_missing_and_a_dialog_asks_for_it(bindery: Reading, enter: Open) -> None:
    a_shelf(bindery, "South")
    book = a_book(bindery, "Red Chamber")
    page = enter("/o/book/board")
    take(page, book, "draft")
    expect(lane(page, "draft").locator("[data-note]")).to_have_text(
        "3 missing: Shelf, Price, Read once. A dialog asks for it after the drop."
    )
    expect(lane(page, "proof")).to_have_class("dg-lane dg-shut")
    save_picture(page, "board-drag")
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Move to “Draft”")
    dialog.get_by_label("Price").fill("30")
    dialog.get_by_label("Shelf").fill("sou")
    dialog.get_by_role("option", name="South").click()
    dialog.get_by_role("button", name="Move to").click()
    expect(dialog).to_contain_text("Read once")  # what is still missing is asked for again
    dialog.get_by_label("Read once").check()
    dialog.get_by_role("button", name="Move to").click()
    expect(page.get_by_role("status")).to_contain_text("Moved to “Draft”")
    assert stage_of(bindery, book) == "draft"


def test_a_drop_that_is_cancelled_or_refused_goes_back(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "Red Chamber")
    page = enter("/o/book/board")
    take(page, book, "draft")
    page.mouse.up()
    page.get_by_role("dialog").get_by_role("link", name="Cancel").click()
    expect(lane(page, "idea").locator(".dg-lane-card")).to_have_count(1)
    expect(lane(page, "idea").locator("[data-count]")).to_have_text("1")
    waiting: list[Route] = []
    page.route("**/ways/**", lambda route: waiting.append(route))
    take(page, book, "proof")  # the answer about the lanes is late: the server decides
    page.mouse.up()
    expect(page.get_by_role("alert")).to_contain_text("From “Idea” one can go to")
    expect(lane(page, "idea").locator(".dg-lane-card")).to_have_count(1)
    assert stage_of(bindery, book) == "idea"


def test_keys_walk_lift_carry_and_drop(bindery: Reading, enter: Open) -> None:
    ids = [a_book(bindery, f"B{n}", stage=stage, price="20") for n, stage in enumerate(("idea", "proof", "proof"))]
    page = enter("/o/book/board?sort=title")
    page.locator(f"#card-{ids[1]}").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#card-{ids[2]}")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f"#card-{ids[0]}")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#card-{ids[1]}")).to_be_focused()
    with page.expect_response("**/ways/**"):
        page.keyboard.press("Space")
    expect(lane(page, "pulped")).not_to_have_class("dg-shut")
    page.keyboard.press("ArrowRight")
    expect(lane(page, "sold").locator(".dg-lane-card")).to_have_count(1)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(lane(page, "proof").locator(".dg-lane-card")).to_have_count(2)
    expect(page.locator(f"#card-{ids[1]}")).to_be_focused()
    for key in ("Space", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text("Moved to “Sold”")
    expect(page.locator(f"#card-{ids[1]}")).to_be_focused()
    assert stage_of(bindery, ids[1]) == "sold"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/o/book/{ids[1]}")


def test_losing_from_the_menu_asks_for_the_reason(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "Red Chamber")
    page = enter("/o/book/board", width=390)
    card(page, book).get_by_role("button", name="Move to another stage").click()
    expect(card(page, book).get_by_role("button", name="Proof")).to_be_disabled()
    save_picture(page, "board-menu-390")
    card(page, book).get_by_role("button", name="Pulped").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why pulped").fill("Torn")
    dialog.get_by_role("button", name="Move to").click()
    expect(page.get_by_role("status")).to_contain_text("Moved to “Pulped”")
    assert stage_of(bindery, book) == "pulped"


def test_a_finger_drags_after_a_short_hold(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "Red Chamber", stage="draft", price="20", cost="1")
    page = enter("/o/book/board")
    start, end = card(page, book).bounding_box(), lane(page, "proof").bounding_box()
    assert start is not None
    assert end is not None
    session = page.context.new_cdp_session(page)

    def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = start["x"] + 60, start["y"] + start["height"] - 8
    touch("touchStart", x, y)
    expect(card(page, book)).to_have_class(re.compile("sortable-chosen"))  # held long enough
    for step in range(1, 9):
        touch("touchMove", x + (end["x"] + 100 - x) * step / 8, y + (end["y"] + 130 - y) * step / 8)
    expect(lane(page, "proof")).to_have_class(re.compile("dg-target"))
    touch("touchEnd")
    expect(page.get_by_role("status")).to_contain_text("Moved to “Proof”")
    assert stage_of(bindery, book) == "proof"


def test_views_filters_and_the_way_between_list_and_board(bindery: Reading, enter: Open) -> None:
    a_book(bindery, "Cheap", price="5")
    a_book(bindery, "Dear", price="70")
    page = enter("/o/book")
    page.get_by_role("link", name="Board", exact=True).click()
    page.wait_for_url("**/o/book/board")
    page.get_by_role("link", name="Dear ones").click()
    expect(page.locator(".dg-lane-card")).to_have_text([re.compile("Dear")])
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator(".dg-lane-card")).to_have_count(2)
    settled(page)
    page.keyboard.press("f")
    panel = page.locator("#dg-list-panel")
    panel.get_by_label("Field", exact=True).select_option("price")
    panel.get_by_label("Operator").select_option("<")
    panel.get_by_label("Price", exact=True).fill("10")
    panel.get_by_role("button", name="Done").click()
    page.wait_for_url("**/o/book/board?filter=*")
    expect(page.locator(".dg-lane-card")).to_have_count(1)
    page.get_by_role("link", name="List", exact=True).click()
    page.wait_for_url("**/o/book?filter=*")
    expect(page.locator("#list-count")).to_have_text("1 record")


def test_more_cards_come_on_demand_and_each_type_has_its_board(bindery: Reading, enter: Open) -> None:
    for n in range(35):
        a_book(bindery, f"Book {n:02}")
    manual = a_book(bindery, "A manual", record_type="manual")
    page = enter("/o/book/board?sort=title")
    expect(lane(page, "idea").locator("[data-count]")).to_have_text("35")
    lane(page, "idea").locator(".dg-lane-card").last.scroll_into_view_if_needed()
    expect(lane(page, "idea").locator(".dg-lane-card")).to_have_count(35)
    page.get_by_role("link", name="Manuals").click()
    expect(page.locator(".dg-lane-card")).to_have_count(1)
    take(page, manual, "proof")  # this pipeline may pass stages over
    page.mouse.up()
    expect(page.get_by_role("status")).to_contain_text("Moved to “Proof”")
    assert stage_of(bindery, manual) == "proof"


def test_whoever_may_not_move_a_card_is_told(bindery: Reading, enter: Open) -> None:
    book = a_book(bindery, "Ann's own")
    page = enter("/o/book/board", who="bob")
    take(page, book, "draft")
    expect(lane(page, "draft").locator("[data-note]")).to_have_text("You may not move this record.")
    page.mouse.up()
    expect(lane(page, "idea").locator(".dg-lane-card")).to_have_count(1)


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "zh", "light"), (1280, "en", "dark"), (390, "zh", "dark"), (390, "en", "light"), (360, "en", "light")],
)
def test_the_board_is_accessible_and_fits(bindery: Reading, enter: Open, width: int, locale: str, theme: str) -> None:
    shelf = a_shelf(bindery, "华东仁和医院")
    names = [
        "检测设备联网",
        "Dealer portal",
        "供应商协同",
        "门店数字化",
        "智慧园区一期",
        "质检产线改造",
        "WMS 升级",
        "华东仁和医院影像平台二期",
    ]
    stages = ["idea", "idea", "idea", "draft", "draft", "draft", "proof", "sold"]
    for n, (name, stage) in enumerate(zip(names, stages, strict=True)):
        book = a_book(
            bindery, name, stage=stage, shelf=shelf, price=str(190000 + n * 90000), currency="EUR" if n == 5 else "CNY",
            due="2026-12-30" if n % 2 else "2026-01-18", next_step="发产品资料" if n % 3 else None,
        )  # fmt: skip
        if n == 2:
            stands(bindery, book, 21)
    update(bindery.admin, "book", [{"id": book, "owner": bindery.bob}])
    page = enter("/o/book/board", width=width, locale=locale, theme=theme)
    save_picture(page, f"board-{width}-{locale}-{theme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
