"""From an empty builder to working rules, in a real browser: an object, its pipeline with a gate, a validation and an
automation are made and published, and the next saves meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import save_picture, settled, violations
from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.query import list_records
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from reading import Reading, make_reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FIELDS = (("picklist", "State"), ("currency", "Price"), ("long_text", "Notes"))


@pytest.fixture(scope="module")
def reading(module_database_url: str) -> Iterator[Reading]:
    load_handlers()
    made = make_reading(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(reading: Reading, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=reading.database.dsn, secret="test", rate_limit=0)
    app: Engine = create_app(settings, reading.database)
    return serve(app)


def test_a_pipeline_a_validation_and_an_automation_are_built_and_work(
    address: str, enter: Open, reading: Reading
) -> None:
    page = enter("/")
    make_object(page, address)
    make_pipeline(page, address, reading)
    make_validation(page, address)
    make_automation(page, address)
    publish(page, address)
    meet_the_validation(page, address)
    meet_the_gate(page)
    meet_the_automation(page, address, reading)


def make_object(page: Page, address: str) -> None:
    page.goto(address + "/builder/objects/new")
    page.fill("[name='label/en']", "Machine")
    page.fill("[name='label/zh']", "设备")
    for at, (kind, label) in enumerate(FIELDS):
        page.select_option(f"[name='field/{at}/type']", kind)
        page.fill(f"[name='field/{at}/en']", label)
    page.get_by_role("button", name="Create in the draft").click()
    page.wait_for_url("**/builder/objects/machine")


def make_pipeline(page: Page, address: str, reading: Reading) -> None:
    page.goto(address + "/builder/objects/machine/pipelines")
    page.get_by_role("link", name="New pipeline").click()
    page.select_option("[name='@field']", "machine.state")
    page.get_by_role("textbox", name="Label 中文").fill("设备流程")
    page.get_by_role("textbox", name="Label English").fill("Machine life")
    page.get_by_role("button", name="Make the pipeline").click()
    page.wait_for_url("**/builder/pipelines/machine_life")
    rename_first_stage(page, address)
    for label in ("Working", "Sold"):
        page.goto(address + "/builder/pipelines/machine_life?add=")
        page.fill("[name='@label/en']", label)
        page.get_by_role("button", name="Add the stage").click()
        page.wait_for_url(f"**/builder/pipelines/machine_life?stage={label.lower()}")
    page.select_option("[name='b/outcome']", "won")
    save_stage(page)
    page.goto(address + "/builder/pipelines/machine_life?stage=working")
    page.get_by_role("button", name="Add (Add to Required fields)").click()
    page.select_option("[name='b/required/0']", "price")
    save_stage(page)
    assert violations(page) == []
    save_picture(page, "built-pipeline")
    stages = drafts.get(reading.database, reading.tenant, "pipeline", "machine_life")[0].json()["stages"]
    assert list(stages)[1:] == ["working", "sold"]
    assert stages["working"]["required"] == ["price"]


def rename_first_stage(page: Page, address: str) -> None:
    page.goto(address + "/builder/pipelines/machine_life?stage=a")
    page.fill("[name='@label/en']", "Ordered")
    save_stage(page)


def save_stage(page: Page) -> None:
    page.locator("#stage-form").get_by_role("button", name="Save in the draft").click()
    expect(page.locator(".dg-toast").first).to_contain_text("Saved in the draft")


def make_validation(page: Page, address: str) -> None:
    page.goto(address + "/builder/validations/new?object=machine")
    page.locator("[name='b/must']").fill("price >= 0")
    page.locator("[name='b/when']").fill("price != NULL")
    page.locator("[name='b/message/en']").fill("Not below zero")
    page.locator("[name='b/message/zh']").fill("不能为负")
    page.select_option("[name='b/field']", "price")
    expect(page.locator("dg-builder-expression [data-said]").first).to_contain_text("Right")
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/validations/not_below_zero")


def make_automation(page: Page, address: str) -> None:
    page.goto(address + "/builder/automations/new?object=machine")
    page.locator("[name='@on'][value=updated]").check()
    page.get_by_role("button", name="Formula", exact=True).click()
    page.locator("#condition-formula").fill('changed(state) and state = "sold"')
    for number, label in enumerate(("Update records", "Notify people")):
        page.locator(".dg-auto-add summary").click()
        page.locator(".dg-auto-choice", has_text=label).click()
        expect(page.locator(".dg-auto-step")).to_have_count(number + 1)
    page.locator(".dg-auto-step").first.get_by_role("button", name="Add to Update records").click()
    value = page.locator(".dg-auto-value")
    value.locator("select").select_option("notes")
    value.locator("textarea").fill('"Sold for " & TEXT(price)')
    page.get_by_role("button", name="Add to To").click()
    page.locator(".dg-auto-person select[id$='-field']").select_option("owner")
    page.locator(".dg-auto-step").nth(1).locator("textarea[lang=en]").first.fill("{{ name }} is sold")
    page.locator(".dg-auto-step").nth(1).locator("textarea[lang='zh-CN']").first.fill("{{ name }} 已售出")
    page.fill("[name='b/label/en']", "Note the sale")
    expect(page.locator(".dg-auto-aside")).to_contain_text("notify Owner", ignore_case=True)
    page.get_by_role("button", name="Save in the draft").click()
    page.wait_for_url("**/builder/automations/note_the_sale")
    save_picture(page, "built-automation")


def publish(page: Page, address: str) -> None:
    page.goto(address + "/builder/changes")
    expect(page.locator("#plan").get_by_text("Can be published")).to_be_visible()
    page.locator("#plan button[type=submit]").click()
    expect(page.get_by_text("is in force", exact=False).first).to_be_visible(timeout=20_000)


def meet_the_validation(page: Page, address: str) -> None:
    page.goto(address + "/o/machine/new")
    page.fill("[name=name]", "Lathe")
    page.fill("[name=price]", "-5")
    page.select_option("[name=state]", "a")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Not below zero")
    page.fill("[name=price]", "")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Lathe")


def meet_the_gate(page: Page) -> None:
    stages = page.locator(".dg-path")
    expect(stages.locator("[aria-current=step]")).to_contain_text("Ordered")
    settled(page)
    stages.get_by_role("button", name="Working").click()
    dialog = page.get_by_role("dialog", name="Move to “Working”")
    dialog.get_by_label("Price").fill("120")
    save_picture(page, "built-gate")
    dialog.get_by_role("button", name="Move to “Working”").click()
    expect(stages.locator("[aria-current=step]")).to_contain_text("Working")
    page.locator(".dg-path").get_by_role("button", name="Sold").click()
    expect(page.locator(".dg-path [aria-current=step]")).to_contain_text("Sold")


def meet_the_automation(page: Page, address: str, reading: Reading) -> None:
    for _ in range(3):
        relay(reading.database, reading.tenant)
    (machine,) = list_records(reading.admin, "machine", fields=["name", "state", "notes"]).records
    assert (machine["state"], machine["notes"]) == ("sold", "Sold for 120")
    page.reload()
    entry = page.locator("#timeline li", has_text="Note the sale").first
    expect(entry).to_contain_text("Sold for 120")
    entry.get_by_role("link", name="Note the sale").click()
    expect(page.locator("main")).to_contain_text("The condition held.")
    expect(page.locator("main")).to_contain_text("Notify people")
    save_picture(page, "built-run")
    page.goto(address + "/inbox")
    expect(page.locator("main")).to_contain_text("Lathe is sold")
