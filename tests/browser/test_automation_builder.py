"""The designer of automations in a real browser: When … If … Do … by mouse and keyboard, tried on the past, published,
seen at work, its runs and their pages; accessible in both languages, widths and themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browsing import save_picture, settled, violations
from dougong_platform import records
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.query import get, list_records
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from dougong_tenants.people import update_user
from order_lines import make_ordering
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FAILING = """
---
kind: automation
name: failing
label: {en: Cannot work, zh: 做不到}
object: book
on: {updated: [pages]}
do: [{update: {set: {title: 'NULL'}}}]
---
kind: automation
name: nightly
label: {en: Every week, zh: 每周}
on: {cron: "0 9 * * 1"}
do: [{create: {object: shelf, values: {name: '"Week"'}}}]
---
kind: automation
name: called
label: {en: From the shop, zh: 来自商店}
object: book
on: {incoming: true, map: {title: book.title}}
do: [{notify: {to: [owner], title: {en: "{{ title }}", zh: "{{ title }}"}}}]
---
kind: approval
name: printing
label: {en: Printing of books, zh: 印刷审批}
object: book
nodes: [{name: editor, kind: approve, by: [{manager: 1}]}]
---
kind: automation
name: refused
label: {en: Ask again, zh: 再次提交}
object: book
on: {approval: printing, outcome: rejected}
do: [{submit: {approval: printing, note: {en: Again, zh: 再次}}}]
"""
PAGES = (
    "/builder/automations",
    "/builder/automations/new?object=book",
    "/builder/automations/nightly",
    "/builder/automations/called",
    "/builder/automations/refused",
    "/builder/automations/failing",
    "/builder/automations/failing/try?since=2026-01-01",
    "/builder/automations/failing/runs",
    "/builder/automations/runs",
    "/builder/objects/book/automations",
)


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    load_handlers()
    made = make_ordering(module_database_url, FAILING)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(reading: Reading, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app: Engine = create_app(settings, reading.database)
    return serve(app)


def add_step(page: Page, label: str) -> Locator:
    count = page.locator(".dg-auto-step").count()
    page.locator(".dg-auto-add summary").click()
    page.locator(".dg-auto-choice", has_text=label).click()
    expect(page.locator(".dg-auto-step")).to_have_count(count + 1)
    return page.locator(".dg-auto-step").nth(count)


def work(reading: Reading) -> None:
    for _ in range(3):
        relay(reading.database, reading.tenant)


def test_an_automation_is_written_tried_published_and_seen_at_work(address: str, enter: Open, reading: Reading) -> None:
    book = str(list_records(reading.admin, "book", filter='title = "Clocks"').records[0]["id"])
    records.update(reading.admin, "book", [{"id": book, "price": "60"}])
    page = enter("/builder/automations/new?object=book")
    write_when_and_if(page)
    write_steps(page)
    page.fill("[name='b/label/en']", "Dear books")
    page.fill("[name='b/label/zh']", "贵书")
    said = page.locator(".dg-auto-aside")
    expect(said).to_contain_text("When any Book is updated and Price changed, if Price > 50")
    expect(said).to_contain_text("Genre to Novel")
    expect(said).to_contain_text("Owner")
    assert violations(page) == []
    save_picture(page, "automation")
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/automations/dear_books")
    body = drafts.get(reading.database, reading.tenant, "automation", "dear_books")[0].json()
    assert body["on"] == {"updated": ["price"]}
    assert [next(iter(step)) for step in body["do"]] == ["notify", "update"]  # the keyboard moved it
    try_it(page)
    publish(page, address)
    records.update(reading.admin, "book", [{"id": book, "price": "70"}])
    work(reading)
    assert get(reading.admin, "book", book, ["genre"])["genre"] == "novel"
    page.goto(address + f"/o/book/{book}")
    link = page.locator("#timeline a", has_text="Dear books").first
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url("**/builder/automations/dear_books/runs/*")
    expect(page.locator("main")).to_contain_text("What the save changed")
    expect(page.locator("main")).to_contain_text("The condition held.")
    assert violations(page) == []
    save_picture(page, "run")


def write_when_and_if(page: Page) -> None:
    page.locator("[name='@on'][value=updated]").check()
    fields = page.locator("[data-on=updated]")
    expect(fields).to_be_visible()
    fields.locator("input[type=text], input[type=select-one], .ts-control input").first.click()
    page.locator(".ts-dropdown:visible .option", has_text="Price").first.click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Condition", exact=True).click()
    row = page.locator(".dg-builder-condition")
    row.locator("select").first.select_option("price")
    row.locator("select").nth(1).select_option(">")
    row.locator("input").fill("50")
    expect(page.locator(".dg-builder-code")).to_have_text("price > 50")


def write_steps(page: Page) -> None:
    step = add_step(page, "Update records")
    step.get_by_role("button", name="Add to Update records").click()
    step = page.locator(".dg-auto-step").first
    step.locator("select[id$='-key']").select_option("genre")
    step.locator(".dg-auto-value textarea").click()
    option = page.locator(".dg-completion:visible [role=option]").first
    expect(option).to_contain_text("novel")
    page.keyboard.press("Enter")
    expect(step.locator(".dg-auto-value textarea")).to_have_value('"novel"')
    step = add_step(page, "Notify people")
    step.get_by_role("button", name="Add to To").click()
    step = page.locator(".dg-auto-step").nth(1)
    step.locator("select[id$='-field']").select_option("owner")
    title = step.locator("textarea[lang=en]").first
    title.click()
    page.keyboard.type("Look at {{ tit")
    expect(page.locator(".dg-completion:visible [role=option]").first).to_contain_text("title")
    page.keyboard.press("Enter")
    page.keyboard.type(" }}")
    expect(title).to_have_value("Look at {{ title }}")
    step.locator("textarea[lang='zh-CN']").first.fill("请看 {{ titel }}")
    expect(step.locator(".dg-error").first).to_contain_text("titel")
    step.locator("textarea[lang='zh-CN']").first.fill("请看 {{ title }}")
    expect(step.locator(".dg-error")).to_have_count(0)
    settled(page)
    step.locator(".dg-handle").first.focus()
    for key in ("Space", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".dg-auto-step").first).to_contain_text("Notify people")


def try_it(page: Page) -> None:
    page.get_by_role("link", name="Try it out").click()
    settled(page)
    page.get_by_role("link", name="7 days").click()
    expect(page.locator(".dg-auto-count")).to_contain_text("It would have fired 1 time")
    row = page.locator("main tbody tr").first
    expect(row).to_contain_text("Clocks")
    expect(row).to_contain_text("Genre: Manual → Novel")
    expect(row).to_contain_text("Look at Clocks")
    assert violations(page) == []
    save_picture(page, "automation-tried")


def publish(page: Page, address: str) -> None:
    page.goto(address + "/builder/changes")
    expect(page.locator("#plan").get_by_text("Can be published")).to_be_visible()
    page.locator("#plan button[type=submit]").click()
    expect(page.get_by_text("is in force", exact=False).first).to_be_visible(timeout=20_000)


def test_a_failed_run_says_what_to_change_and_is_done_again(address: str, enter: Open, reading: Reading) -> None:
    book = str(list_records(reading.admin, "book", filter='title = "Rivers"').records[0]["id"])
    records.update(reading.admin, "book", [{"id": book, "pages": 12}])
    work(reading)
    page = enter("/builder/automations")
    page.locator("tr", has_text="Cannot work").get_by_text("1 failed").click()
    page.wait_for_url("**/runs**")
    page.locator("main tbody tr a").first.click()
    expect(page.locator(".dg-note.dg-bad")).to_contain_text("Title is required")
    assert violations(page) == []
    save_picture(page, "run-failed")
    page.get_by_role("button", name="Run again").click()
    expect(page.locator(".dg-toast").first).to_contain_text("done again")
    work(reading)
    page.reload()
    expect(page.locator("main tbody tr")).to_have_count(2)


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


def test_the_outcome_of_an_approval_sets_it_off(address: str, enter: Open, reading: Reading) -> None:
    page = enter("/builder/automations/new?object=book")
    page.get_by_text("An approval has an outcome").click()
    page.get_by_label("Approval flow").select_option("Printing of books")
    page.get_by_label("Outcome", exact=True).select_option("Returned")
    step = add_step(page, "Submit for approval")
    step.locator("select[name$='submit/approval']").select_option("Printing of books")
    said = page.locator(".dg-auto-aside")
    expect(said).to_contain_text("When “Printing of books” is returned to whoever submitted it")
    expect(said).to_contain_text("submit it for approval by “Printing of books”")
    assert violations(page) == []
    save_picture(page, "automation-approval")
    page.fill("[name='b/label/en']", "Once more")
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/automations/once_more")
    made = drafts.get(reading.database, reading.tenant, "automation", "once_more")[0].json()
    assert made["on"] == {"approval": "printing", "outcome": "returned"}
    assert made["do"] == [{"submit": "printing"}] or made["do"] == [{"submit": {"approval": "printing"}}]


def test_a_reader_meets_a_closed_door(address: str, enter: Open) -> None:
    page = enter("/", "bob")
    answer = page.goto(address + "/builder/automations")
    assert answer is not None
    assert answer.status == 403
