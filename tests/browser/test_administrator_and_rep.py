"""The whole promise in one play: an administrator makes an object in the browser and publishes it; a rep works
with it at once, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_metadata.documents import read_documents
from dougong_platform.app import create_app
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.settings import Settings
from dougong_tenants import Database
from dougong_tenants.people import create_user

PASSWORD = "a long password 1"
ADMINISTRATOR, REP = "admin@play.test", "rep@play.test"
# An object that is there already, a permission set for reps and an app that the new object goes into.
DOCUMENTS = """
kind: object
name: site
label: {en: Site, zh: 场地}
name_field: name
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
---
kind: permission_set
name: field_rep
label: {en: Field rep, zh: 外勤}
objects:
  site: {create: true, read: all, update: own}
---
kind: app
name: work
label: {en: Work, zh: 工作}
groups:
  - label: {en: Work, zh: 工作}
    items: [{object: site}]
"""
# (type, Chinese label, English label, links to); with the name field that makes ten.
FIELDS = (
    ("lookup", "场地", "Site", "site"),
    ("currency", "价格", "Price", ""),
    ("integer", "功率", "Power", ""),
    ("date", "购置日期", "Bought", ""),
    ("datetime", "上次检修", "Serviced", ""),
    ("boolean", "在用", "In use", ""),
    ("email", "联系邮箱", "E-mail", ""),
    ("percent", "折旧", "Depreciation", ""),
    ("long_text", "备注", "Remarks", ""),
)


@pytest.fixture(scope="module")
def address(
    database: Database,
    serve: Callable[[Any], str],
    module_database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    tenant = provision(
        database,
        "play",
        documents=read_documents(DOCUMENTS),
        administrator=FirstAdministrator(ADMINISTRATOR, PASSWORD, "陈志远"),
        locale="zh",
    )
    create_user(database, tenant, {"name": "林晓雯", "email": REP}, password=PASSWORD, permission_sets=["field_rep"])
    settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=module_database_url, rate_limit=100_000)
    return serve(create_app(settings, database))


def make_object(page: Page, address: str) -> None:
    page.goto(address + "/builder/objects/new")
    page.fill("[name='label/zh']", "设备")
    page.fill("[name='label/en']", "Machine")
    page.fill("[name='name_label/zh']", "设备名称")
    page.fill("[name='name_label/en']", "Machine name")
    while page.locator("[name$='/type']").count() < len(FIELDS):
        before = page.locator("[name$='/type']").count()
        page.click("button[value=rows]")
        expect(page.locator("[name$='/type']")).not_to_have_count(before)
    for number, (kind, zh, en, to) in enumerate(FIELDS):
        page.select_option(f"[name='field/{number}/type']", kind)
        page.fill(f"[name='field/{number}/zh']", zh)
        page.fill(f"[name='field/{number}/en']", en)
        if to:
            page.select_option(f"[name='field/{number}/to']", to)
    page.select_option("[name='level/field_rep']", "own")
    page.select_option("[name=place]", index=1)
    assert not violations(page)
    page.click("main button.dg-btn-primary[type=submit]")
    page.wait_for_url("**/builder/objects/machine*")


def arrange_layout(page: Page, address: str) -> None:
    """Lift the last field of the first section and drop it one place earlier, by keyboard."""
    page.goto(address + "/builder/objects/machine/layouts")
    page.locator("main a[href^='/builder/layouts/machine']").first.click()
    fields = page.locator("dg-layout-designer button.dg-layout-field")
    fields.last.wait_for(timeout=40_000)
    name = fields.last.get_attribute("data-name")
    fields.last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-layout-saved]")).not_to_be_empty()
    names = [one.get_attribute("data-name") for one in fields.all()]
    assert name in names
    assert names[-1] != name
    assert not violations(page)
    save_picture(page, "play-layout")


def publish(page: Page, address: str) -> None:
    page.goto(address + "/builder/changes")
    button = page.locator("#plan form button[type=submit]")
    button.wait_for(timeout=30_000)
    save_picture(page, "play-changes")
    assert not violations(page)
    page.fill("#plan [name=note]", "新增设备")
    button.click()
    expect(page.get_by_text("#2").first).to_be_visible(timeout=30_000)
    settled(page)


def test_an_object_made_in_the_browser_is_used_at_once_on_a_phone(address: str, enter: Callable[..., Page]) -> None:
    administrator = enter("/", ADMINISTRATOR, locale="zh", password=PASSWORD)
    make_object(administrator, address)
    arrange_layout(administrator, address)
    publish(administrator, address)

    page = enter("/", REP, width=390, locale="zh", password=PASSWORD)
    assert page.goto(address + "/builder").status == 403  # type: ignore[union-attr]  # a page that was loaded answered
    page.goto(address + "/o/machine/new")
    page.get_by_label("设备名称").fill("三号冲压机")
    page.get_by_label("价格").fill("128000")
    page.get_by_label("功率").fill("75")
    page.get_by_label("购置日期").fill("2026-03-01")
    page.get_by_label("上次检修").fill("2026-11-01T09:30")
    page.get_by_role("switch", name="在用").check()
    page.get_by_label("联系邮箱").fill("workshop@play.test")
    page.get_by_label("折旧").fill("12.5")
    page.get_by_label("备注").fill("每季度检修一次")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not violations(page)
    save_picture(page, "play-form-390")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/o/machine/0*")
    record = page.url

    page.goto(address + "/search?q=冲压机")
    found = page.locator("main").get_by_role("link", name="三号冲压机").first
    expect(found).to_be_visible()
    save_picture(page, "play-search-390")
    found.click()
    page.wait_for_url(record)

    page.goto(record + "/edit")
    page.get_by_label("功率").fill("90")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(record)
    expect(page.locator("main dd:visible", has_text="90").first).to_be_visible()
    save_picture(page, "play-record-390")

    page.locator("header summary").last.click()
    page.locator("form[action$='/delete'] button").click()
    page.wait_for_url(lambda url: url != record)
    page.goto(address + "/o/machine")
    expect(page.get_by_text("三号冲压机")).to_have_count(0)
    page.goto(address + "/bin")
    expect(page.get_by_text("三号冲压机").first).to_be_visible()
    page.locator("main form[action*='restore'] button, main button[name=do][value=restore]").first.click()
    settled(page)
    page.goto(address + "/o/machine")
    expect(page.get_by_text("三号冲压机").first).to_be_visible()
