"""The designer of pipelines in a real browser: from a picklist to stages with gates and moves, by keyboard and by
dragging, a stage removed with its records, on a phone, in the dark, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browsing import save_picture, settled, violations
from catalogue_room import app_over, make_room
from dougong_platform import records
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.publish import publish
from entering import without_scripts
from reading import Reading

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SALE = "/builder/pipelines/sale"


@pytest.fixture(scope="module")
def room(module_database_url: str) -> Iterator[Reading]:
    made = make_room(module_database_url)
    stages = ["ordered", "ordered", "bound", "bound", "bound", "shelved"]
    records.create(made.admin, "book", [{"title": f"Book {n}", "stage": stage} for n, stage in enumerate(stages)])
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(room: Reading, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(app_over(room, tmp_path_factory.mktemp("home")))


def document(room: Reading, kind: str = "pipeline", name: str = "sale") -> dict[str, Any]:
    made: dict[str, Any] = drafts.get(room.database, room.tenant, kind, name)[0].json()
    return made


def values(room: Reading) -> list[str]:
    given = document(room, "object", "book")["fields"]["stage"]["values"]
    return [one if isinstance(one, str) else one["value"] for one in given]


@pytest.fixture
def made(room: Reading, enter: Open, address: str) -> Reading:
    """The pipeline, made from the field unless it is there."""
    if ("pipeline", "sale") not in room.admin.model.documents:
        try:
            document(room)
        except Exception:  # noqa: BLE001  # there is none yet
            make_from_field(enter("/builder/objects/book/pipelines"), address)
    return room


def make_from_field(page: Page, address: str) -> None:
    page.get_by_role("link", name="New pipeline").click()
    page.select_option("[name='@field']", "book.stage")
    page.get_by_role("textbox", name="Label 中文").fill("销售")
    page.get_by_role("textbox", name="Label English").fill("Sale")
    page.get_by_role("button", name="Make the pipeline").click()
    page.wait_for_url(address + SALE)


def test_a_pipeline_is_made_from_a_picklist_and_its_stages_are_filled_in(made: Reading, enter: Open) -> None:
    page = enter(SALE)
    expect(page.locator("tr[data-id]")).to_have_count(4)
    body = document(made)
    assert body["stages"] == {
        "ordered": {"probability": 35},
        "bound": {"probability": 65},
        "shelved": {"outcome": "won"},
        "lost": {"outcome": "lost"},
    }
    expect(page.locator("tr[data-id=bound]")).to_contain_text("3")
    assert page.locator(".dg-draftbar").is_visible()
    save_picture(page, "pipeline-stages")
    assert violations(page) == []


def test_a_stage_gets_its_gate_in_the_inspector(made: Reading, enter: Open) -> None:
    page = enter(SALE + "?stage=bound")
    page.fill("[name='@label/zh']", "已装订")
    page.fill("[name='@label/en']", "Bound well")
    page.fill("[name='b/probability']", "70")
    page.fill("[name='b/stall_days']", "14")
    page.fill("[name='b/limit']", "20")
    page.select_option("[name='b/forecast']", "commit")
    page.select_option("[name='@colour']", "warn")
    page.fill("[name='b/guidance/zh']", "检查书脊")
    page.fill("[name='b/guidance/en']", "Look at the spine")
    page.get_by_role("button", name="Add (Add to Required fields)").click()
    page.select_option("[name='b/required/0']", "price")
    page.get_by_role("button", name="Add (Add to Checklist)").click()
    page.locator("[name='b/checklist/0/@']").fill("spine")
    page.locator("[name='b/checklist/0/v/label/en']").fill("Spine looked at")
    must = page.locator("[name='b/must']")
    must.fill("price > 0 and changed(stage)")
    page.locator("#stage-form").get_by_role("button", name="Save in the draft").click()
    expect(page.locator("tr[data-id=bound]")).to_contain_text("1 required field")
    stage = document(made)["stages"]["bound"]
    assert stage == {
        "probability": 70,
        "colour": "warn",
        "stall_days": 14,
        "limit": 20,
        "forecast": "commit",
        "guidance": {"en": "Look at the spine", "zh": "检查书脊"},
        "required": ["price"],
        "checklist": {"spine": {"label": {"en": "Spine looked at"}}},
        "must": "price > 0 and changed(stage)",
    }
    field = document(made, "object", "book")["fields"]["stage"]["values"][1]
    assert field["label"] == {"en": "Bound well", "zh": "已装订"}
    save_picture(page, "pipeline-inspector")
    assert violations(page) == []


def test_what_is_wrong_with_a_stage_is_told_at_its_input(made: Reading, enter: Open) -> None:
    page = enter(SALE + "?stage=shelved")
    page.locator("[name='b/must']").fill("prize > 0")
    page.locator("#stage-form").get_by_role("button", name="Save in the draft").click()
    expect(page.locator("#inspector .dg-error").first).to_contain_text("price")
    assert "must" not in document(made)["stages"]["shelved"]


def test_stages_are_added_and_put_in_order_by_keyboard_and_by_dragging(made: Reading, enter: Open) -> None:
    page = enter(SALE)
    page.get_by_role("link", name="Add a stage").click()
    page.fill("[name='@label/en']", "Checked")
    page.get_by_role("button", name="Add the stage").click()
    page.wait_for_url("**" + SALE + "?stage=checked")
    assert list(document(made)["stages"]) == ["ordered", "bound", "checked", "shelved", "lost"]
    assert values(made)[-1] == "checked"
    page.get_by_role("button", name="Move Checked").focus()
    with page.expect_response("**/order"):
        for key in (" ", "ArrowUp", "Enter"):
            page.keyboard.press(key)
    assert list(document(made)["stages"]) == ["ordered", "checked", "bound", "shelved", "lost"]
    grip, there = page.locator("tr[data-id=checked] .dg-handle"), page.locator("tr[data-id=ordered]")
    start, end = grip.bounding_box(), there.bounding_box()
    assert start
    assert end
    with page.expect_response("**/order"):
        page.mouse.move(start["x"] + 6, start["y"] + 10)
        page.mouse.down()
        page.mouse.move(start["x"] + 6, end["y"] + end["height"] / 2, steps=8)
        page.mouse.move(start["x"] + 6, end["y"] + 2, steps=4)
        page.mouse.up()
    assert next(iter(document(made)["stages"])) == "checked"


def test_moves_are_rules_and_a_matrix(made: Reading, enter: Open) -> None:
    page = enter(SALE + "/moves")
    page.locator("#rule-reopen").check(force=True)
    page.get_by_role("button", name="Save in the draft").click()
    settled(page)
    assert document(made)["reopen"] is True
    assert all("to" not in stage for stage in document(made)["stages"].values())
    box = page.get_by_role("checkbox", name="From Shelved to Ordered")
    assert box.is_checked()
    box.uncheck()
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator("tbody tr", has_text="own")).to_have_count(1)
    assert "ordered" not in document(made)["stages"]["shelved"]["to"]
    save_picture(page, "pipeline-moves")
    assert violations(page) == []


def test_settings_say_for_whom_it_is(made: Reading, enter: Open) -> None:
    page = enter(SALE + "/settings")
    page.select_option("[name='b/since']", "read_at")
    page.get_by_role("button", name="Save in the draft").click()
    settled(page)
    assert document(made)["since"] == "read_at"
    assert violations(page) == []


@pytest.mark.parametrize(
    ("width", "locale", "theme"), [(390, "zh", "light"), (1280, "zh", "dark"), (390, "en", "dark")]
)
def test_it_fits_the_phone_both_languages_and_the_dark(
    made: Reading, enter: Open, width: int, locale: str, theme: str
) -> None:
    paths = (SALE, SALE + "?stage=bound", SALE + "?add=", SALE + "/moves", "/builder/pipelines/new?object=book")
    for path in paths:
        page = enter(path, width=width, locale=locale, theme=theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        save_picture(page, f"pipeline-{paths.index(path)}-{width}-{locale}-{theme}")
        assert violations(page) == []


def test_a_removed_stage_asks_where_its_records_go_and_the_publish_moves_them(
    made: Reading, enter: Open, address: str
) -> None:
    publish(made.database, made.tenant)
    page = enter(SALE + "?stage=bound")
    page.locator("#inspector").get_by_role("link", name="Remove…").click()
    expect(page.locator("#inspector")).to_contain_text("3 records stand here.")
    save_picture(page, "pipeline-remove")
    assert violations(page) == []
    page.get_by_role("button", name="Remove in the draft").click()
    expect(page.locator("tbody tr", has_text="where do the records go?")).to_have_count(1)
    assert "bound" not in values(made)
    page.goto(address + "/builder/changes")
    where = page.get_by_label("They go to")
    expect(where).to_have_value("")
    save_picture(page, "pipeline-plan")
    assert violations(page) == []
    where.select_option("ordered")
    page.locator("#publish-form button[type=submit]").click()
    settled(page)
    stages = [row[0] for row in made.database.read(made.tenant, "select stage from book", {})[1]]
    assert sorted(stages) == ["ordered"] * 5 + ["shelved"]


def test_it_works_without_javascript(made: Reading, address: str, browser: BrowserContext) -> None:
    with without_scripts(browser, address + SALE + "?add=") as page:
        page.fill("[name='@label/en']", "Sorted")
        page.locator("#inspector form button:not([name])").last.click()
        expect(page.locator("tr[data-id=sorted]")).to_be_visible()
        assert "sorted" in document(made)["stages"]
        order = list(document(made)["stages"])
        page.locator("#inspector summary").first.click()
        with page.expect_navigation():
            page.locator("#inspector form[action$='/order'] button").first.click()
        assert list(document(made)["stages"]).index("sorted") == order.index("sorted") - 1
        page.goto(address + SALE + "?remove=sorted")
        page.locator("#inspector form button[type=submit]").click()
        expect(page.locator("tr[data-id=sorted]")).to_have_count(0)
        assert "sorted" not in document(made)["stages"]
