"""Record pages and forms in a real browser: phone and desk, both languages, by keyboard, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from browsing import save_picture, settled, violations
from catalogue_room import app_over, make_room
from dougong_platform.query import get, list_records
from dougong_platform.records import create, update
from entering import without_scripts
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def room(module_database_url: str) -> Iterator[Reading]:
    made = make_room(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(room: Reading, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(app_over(room, tmp_path_factory.mktemp("home")))


def a_book(room: Reading, **values: Any) -> str:
    return str(create(room.admin, "book", [{"title": "Red Chamber", **values}]).records[0].id)


def test_a_record_of_ten_field_types_is_created_on_a_phone(room: Reading, enter: Open) -> None:
    create(room.admin, "shelf", [{"name": "北岸书架"}])
    page = enter("/o/book/new", width=390)
    page.get_by_label("Title").fill("手机上新建的书")
    page.get_by_label("Shelf").fill("书架")
    page.get_by_role("option", name="北岸书架").click()
    page.get_by_label("Price").fill("1,280.5")
    page.get_by_label("Number of pages").fill("320")
    page.get_by_label("Discount").fill("15")
    page.get_by_label("Due").fill("2027-03-04")
    page.get_by_label("Read at").fill("2026-11-20T09:30")
    page.get_by_role("switch", name="In print").check()
    page.get_by_label("Kind").select_option("fiction")
    page.get_by_label("E-mail").fill("reader@room.test")
    page.get_by_label("Summary").fill("一本好书\n第二行")
    save_picture(page, "form-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/o/book/0*")
    saved = get(room.admin, "book", page.url.rpartition("/")[2])
    assert (saved["price"], saved["pages"], saved["discount"]) == ("1280.50", 320, "0.1500")
    assert (saved["due"], saved["in_print"], saved["kind"]) == ("2027-03-04", True, "fiction")
    expect(page.locator("#record-facts").get_by_text("¥1,280.50")).to_be_visible()
    save_picture(page, "record-390-new")


def test_conditional_parts_and_dependent_choices_follow_what_is_typed(enter: Open) -> None:
    page = enter("/o/book/new")
    expect(page.get_by_label("Rate")).to_be_hidden()
    page.get_by_label("Currency").select_option("EUR")
    expect(page.get_by_label("Rate")).to_be_visible()
    expect(page.locator("[data-cell=price] .dg-before")).to_have_text("€")
    page.get_by_label("Stage").select_option("lost")
    expect(page.get_by_label("Why lost")).to_be_visible()
    page.get_by_label("Currency").select_option("CNY")
    expect(page.get_by_label("Rate")).to_be_hidden()
    page.get_by_label("Kind").select_option("fiction")
    offered = page.get_by_label("Genre").evaluate("s => [...s.options].filter(o => !o.disabled).map(o => o.value)")
    assert offered == ["", "crime", "other"]


def test_errors_are_summed_up_with_links_and_the_input_stays(enter: Open) -> None:
    page = enter("/o/book/new")
    page.get_by_label("Price").fill("dear")
    page.get_by_label("Stage").select_option("lost")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("3 places need a change")
    expect(summary).to_be_focused()
    save_picture(page, "form-errors")
    assert violations(page) == []
    summary.get_by_role("link", name="Price").click()
    expect(page.get_by_label("Price")).to_be_focused()
    expect(page.get_by_label("Price")).to_have_value("dear")
    expect(page.get_by_text("Why lost is required.")).to_be_visible()


def test_a_value_is_edited_where_it_stands_by_mouse_and_keyboard(room: Reading, enter: Open) -> None:
    id = a_book(room, price="5", pages=10)
    page = enter(f"/o/book/{id}")
    page.locator("[data-fact=price]").click()
    expect(page.locator("input[name='c.price']")).to_be_focused()
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(page.locator("[data-fact=price]")).to_contain_text("¥77.00")
    expect(page.locator("#timeline")).to_contain_text("Price")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-fact=price]")).to_contain_text("¥5.00")
    settled(page)  # it has been loaded again
    page.get_by_role("button", name="Edit Number of pages").focus()
    page.keyboard.press("e")
    field = page.locator("[data-fact=pages] input[name='c.pages']")
    expect(field).to_be_focused()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    expect(page.locator("[data-fact=pages] .dg-error")).to_be_visible()
    assert violations(page) == []
    expect(field).to_have_value("0")
    page.keyboard.press("Escape")
    expect(page.locator("[data-fact=pages]")).to_contain_text("10")
    assert get(room.admin, "book", id)["pages"] == 10


def test_two_people_who_edit_one_value_see_both(room: Reading, address: str, enter: Open) -> None:
    id = a_book(room, price="5")
    mine = enter(f"/o/book/{id}")
    mine.locator("[data-fact=price]").click()
    expect(mine.locator("input[name='c.price']")).to_be_focused()
    theirs = mine.context.new_page()  # a second window that saves first
    theirs.goto(f"{address}/o/book/{id}")
    settled(theirs)
    theirs.locator("[data-fact=price]").click()
    theirs.locator("input[name='c.price']").fill("6")
    theirs.keyboard.press("Enter")
    expect(theirs.locator("[data-fact=price]")).to_contain_text("¥6.00")
    theirs.close()
    mine.locator("input[name='c.price']").fill("7")
    mine.keyboard.press("Enter")
    box = mine.get_by_role("alertdialog")
    expect(box).to_contain_text("¥6")
    expect(box).to_contain_text("¥7")
    save_picture(mine, "conflict-in-place")
    assert violations(mine) == []
    box.get_by_role("button", name="Save mine").click()
    expect(mine.locator("[data-fact=price]")).to_contain_text("¥7.00")


def test_a_conflict_of_whole_forms_shows_both_sides(room: Reading, enter: Open) -> None:
    id = a_book(room)
    page = enter(f"/o/book/{id}/edit")
    update(room.admin, "book", [{"id": id, "title": "Theirs"}])
    page.get_by_label("Title").fill("My own title")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("cell", name="Theirs")).to_be_visible()
    expect(page.get_by_role("cell", name="My own title")).to_be_visible()
    save_picture(page, "conflict-form")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/o/book/{id}")
    assert get(room.admin, "book", id)["title"] == "My own title"


def test_what_a_link_needs_is_created_from_it(room: Reading, enter: Open) -> None:
    page = enter("/o/book/new")
    page.get_by_label("Title").fill("With a new shelf")
    page.get_by_label("Shelf").fill("Attic shelf")
    page.get_by_role("option", name="New Shelf").click()
    drawer = page.get_by_role("dialog", name="New Shelf")
    expect(drawer.get_by_label("Name")).to_have_value("Attic shelf")
    save_picture(page, "quick-create")
    assert violations(page) == []
    drawer.get_by_label("Name").fill("")
    drawer.get_by_role("button", name="Create").click()
    expect(drawer.get_by_text("Name is required.").first).to_be_visible()
    drawer.get_by_label("Name").fill("Attic shelf")
    drawer.get_by_role("button", name="Create").click()
    expect(page.get_by_label("Shelf", exact=True)).to_have_value("Attic shelf")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/o/book/0*")
    saved = get(room.admin, "book", page.url.rpartition("/")[2], ["shelf.name"])
    assert saved["shelf.name"] == "Attic shelf"


def test_related_records_are_added_beside_their_parent(room: Reading, enter: Open) -> None:
    id = a_book(room)
    page = enter(f"/o/book/{id}")
    page.locator("#related").get_by_role("link", name="Add").click()
    drawer = page.get_by_role("dialog", name="New Page")
    drawer.get_by_label("Heading").fill("Chapter one")
    drawer.get_by_role("button", name="Create").click()
    expect(page.locator("#related").get_by_role("link", name="Chapter one")).to_be_visible()
    assert list_records(room.admin, "page", filter=f'book = "{id}"').records[0]["heading"] == "Chapter one"


def test_child_rows_are_typed_in_a_table(room: Reading, enter: Open) -> None:
    page = enter("/o/book/new")
    page.get_by_label("Title").fill("A book of pages")
    for number, heading in enumerate(("One", "Two", "Three")):
        page.get_by_role("button", name="Add a row").click()
        page.locator(f"input[name='page.book[{number}].heading']").fill(heading)
    page.get_by_label("Remove this row").nth(1).locator("..").click()
    expect(page.locator("input[name='page.book[1].heading']")).to_have_count(0)
    save_picture(page, "form-lines")
    assert violations(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/o/book/0*")
    found = list_records(room.admin, "page", filter=f'book = "{page.url.rpartition("/")[2]}"').records
    assert sorted(one["heading"] for one in found) == ["One", "Three"]


def test_a_comment_with_a_mention_and_a_picture(room: Reading, enter: Open, tmp_path: Path) -> None:
    id = a_book(room)
    Image.new("RGB", (640, 480), "seagreen").save(tmp_path / "view.png")
    page = enter(f"/o/book/{id}")
    page.keyboard.press("n")
    page.keyboard.type("Ask @bo")
    page.get_by_role("option", name="Bob").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("about it")
    page.locator("#timeline").get_by_role("button", name="Note down").click()
    expect(page.locator("#timeline-entries")).to_contain_text("Ask @Bob about it")
    page.get_by_role("link", name="Files", exact=True).click()
    page.locator("[data-upload] input[type=file]").set_input_files(tmp_path / "view.png")
    picture = page.get_by_role("img", name="view.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480  # the thumbnail
    save_picture(page, "record-files")
    assert violations(page) == []
    page.get_by_role("button", name="Delete view.png").click()
    expect(picture).to_have_count(0)


def test_a_record_is_deleted_and_comes_back_by_undo(room: Reading, enter: Open) -> None:
    id = a_book(room, isbn="undo-me")
    page = enter(f"/o/book/{id}")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.wait_for_url("**/o/book")
    expect(page.get_by_text("is in the recycle bin")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    settled(page)
    page.goto(page.url.replace("/o/book", f"/o/book/{id}"))
    expect(page.get_by_role("heading", name="Red Chamber")).to_be_visible()
    assert get(room.admin, "book", id)["isbn"] == "undo-me"


def test_stages_move_by_press_by_key_and_back(room: Reading, enter: Open) -> None:
    id = a_book(room)
    page = enter(f"/o/book/{id}")
    page.get_by_role("button", name="Bound", exact=True).first.click()
    expect(page.locator(".dg-path [aria-current=step]")).to_contain_text("Bound")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".dg-path [aria-current=step]")).to_contain_text("Ordered")
    settled(page)
    page.keyboard.press("s")
    page.locator(".dg-gate").get_by_role("button", name="Lost").click()
    page.wait_for_url("**/edit?stage=lost")
    expect(page.get_by_label("Why lost")).to_be_visible()


def test_a_draft_survives_and_is_forgotten_after_the_save(room: Reading, enter: Open) -> None:
    page = enter("/o/book/new")
    page.get_by_label("Title").fill("Half a thought")
    expect(page.get_by_text("Draft kept")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("was brought back")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Half a thought")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/o/book/0*")
    page.goto(page.url.rpartition("/")[0] + "/new")
    expect(page.get_by_label("Title")).to_have_value("")


def test_without_javascript_a_record_is_created_and_changed(
    room: Reading, address: str, browser: BrowserContext
) -> None:
    create(room.admin, "shelf", [{"name": "Plain shelf"}])
    with without_scripts(browser, address + "/o/book/new") as page:
        assert page.locator("[data-section=abroad]").is_visible()  # everything shows: nobody can ask the server
        page.locator("input[name=title]").fill("Made without scripts")
        page.locator("input[name='shelf:text']").fill("plain SHELF")
        page.locator("input[name=price]").fill("12.30")
        page.locator("input[name=pages]").fill("0")
        page.locator(".dg-foot button[value=save]").click()
        expect(page.locator("#errors")).to_be_visible()
        expect(page.locator("input[name=title]")).to_have_value("Made without scripts")
        page.locator("input[name=pages]").fill("9")
        page.locator(".dg-foot button[value=save]").click()
        page.wait_for_url("**/o/book/0*")
        saved = get(room.admin, "book", page.url.rpartition("/")[2], ["shelf.name", "price", "pages"])
        assert (saved["shelf.name"], saved["price"], saved["pages"]) == ("Plain shelf", "12.30", 9)
        page.locator(".dg-path button[value=bound]").click()
        expect(page.locator(".dg-path [aria-current=step]")).to_contain_text("Bound")
        page.locator("#composer-text").fill("said plainly")
        page.locator(".dg-composer button").click()
        expect(page.locator("#timeline")).to_contain_text("said plainly")


@pytest.mark.parametrize("width", [1280, 390, 360])
@pytest.mark.parametrize(("locale", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_are_accessible_and_fit(room: Reading, enter: Open, width: int, locale: str, theme: str) -> None:
    shelf = str(create(room.admin, "shelf", [{"name": "华东仁和医院影像平台二期"}]).records[0].id)
    id = a_book(
        room,
        title="华东仁和医院影像平台二期",
        shelf=shelf,
        price="128000",
        currency="EUR",
        rate="7.8",
        stage="bound",
        tags=["rare", "old"],
        summary="老客户增购。\n要求补充容灾方案。",
        score=4,
        phone="13800138000",
    )
    create(room.admin, "page", [{"book": id, "heading": f"第 {n} 章", "words": n * 100} for n in range(1, 9)])
    update(room.admin, "book", [{"id": id, "discount": "0.18"}])
    page = enter(f"/o/book/{id}", width=width, locale=locale, theme=theme)
    for part in ("", "?tab=files", "?tab=history", "/edit"):
        page.goto(page.url.partition("/o/")[0] + f"/o/book/{id}{part}")
        save_picture(page, f"record-{width}-{locale}-{theme}{part.replace('?tab=', '-').replace('/', '-')}")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
