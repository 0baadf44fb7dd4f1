"""The flow designer in a real browser: a whole flow by mouse, another change by keyboard alone, published and read; on
a phone, in the dark, in both languages, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import approval_pages
from approving import OBJECTS, Approving, make_approving
from browsing import save_picture, violations
from dougong_metadata.documents import Document
from dougong_platform.app import create_app
from dougong_platform.releases import draft as drafts
from dougong_platform.settings import Settings
from entering import without_scripts
from flow_by_hand import card, choose, document, make_by_hand, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
LIST = "/builder/approvals"
FLOW = f"{LIST}/paper"


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_approving(module_database_url, OBJECTS)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def address(company: Approving, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=company.database.dsn, secret="test", rate_limit=0
    )
    return serve(create_app(settings, company.database))


@pytest.fixture
def enter(address: str, open_page: Open) -> Open:
    """`enter(path, width=width, locale=locale, theme=theme)`: a page of the administrator's."""

    def at(path: str, **more: Any) -> Page:
        return approval_pages.enter(open_page, address, path, "ann", **more)

    return at


def outline(nodes: list[dict[str, Any]]) -> list[Any]:
    return [
        {node["name"]: {one["name"]: outline(one.get("nodes", [])) for one in node["branches"]}}
        if "branches" in node
        else node["name"]
        for node in nodes
    ]


@pytest.fixture
def made(company: Approving, enter: Open) -> Page:
    """The flow, made by hand unless it is there: the page of its designer."""
    if not there(company):
        make_by_hand(enter(LIST), company)
    return enter(FLOW)


def there(company: Approving) -> bool:
    if "paper" in company.admin.model.approvals:
        return True
    try:
        document(company)
    except Exception:  # noqa: BLE001  # there is none yet
        return False
    return True


def test_a_flow_is_built_by_mouse_and_its_document_says_what_the_picture_says(made: Page, company: Approving) -> None:
    flow = document(company)
    assert outline(flow["nodes"]) == [
        "manager",
        {"parallel": {"way_1": ["approval"], "way_2": ["approval_2"]}},
        {"branch": {"case": ["approval_3"], "otherwise": []}},
        "copy",
    ]
    manager, both, fork, copy = flow["nodes"]
    assert manager["by"] == [{"manager": 1}]
    assert [one["nodes"][0]["by"] for one in both["branches"]] == [
        [{"permission_set": "lawyer"}],
        [{"permission_set": "cashier"}],
    ]
    case, otherwise = fork["branches"]
    assert (case["if"], "if" in otherwise) == ("total > 50000", False)
    (director,) = case["nodes"]
    assert director["label"]["en"] == "Director"
    assert (director["by"], director["limit"]) == ([{"user": "cat@approving.test"}], {"hours": 8, "then": "escalate"})
    assert director["allow"] == ["refuse", "return", "add", "consult"]
    assert copy["to"] == [{"field": "owner"}]
    expect(card(made, "branch", "case")).to_contain_text("Total > 50,000")
    expect(card(made, "branch", "case")).to_contain_text("total > 50000")
    expect(card(made, "approval_3")).to_contain_text("Cat · 8 working hours, then it goes to their managers")
    save_picture(made, "flow-designer-en")


def test_a_node_is_dragged_to_another_edge_and_undone(made: Page, company: Approving) -> None:
    before = document(company)["nodes"]
    card(made, "copy").scroll_into_view_if_needed()
    source = card(made, "copy").bounding_box()
    target = made.locator('[data-place="branch/otherwise@0"] summary').bounding_box()
    assert source is not None
    assert target is not None
    made.mouse.move(source["x"] + 90, source["y"] + 12)
    made.mouse.down()
    made.mouse.move(source["x"] + 60, source["y"] - 20, steps=4)
    made.mouse.move(target["x"] + 16, target["y"] + 14, steps=8)
    expect(made.locator(".dg-flow-here")).to_have_attribute("data-place", "branch/otherwise@0")
    save_picture(made, "flow-drag")
    made.mouse.up()
    settle(made)
    expect(made.locator('[data-way="otherwise"] [data-key="copy"]')).to_be_visible()
    assert outline(document(company)["nodes"])[-1] == {"branch": {"case": ["approval_3"], "otherwise": ["copy"]}}
    made.keyboard.press("Control+z")
    settle(made)
    assert document(company)["nodes"] == before
    expect(made.locator("#flow-inspector")).to_be_visible()


def test_a_change_by_keyboard_alone_is_published_and_read(made: Page, company: Approving) -> None:
    page, keys = made, made.keyboard
    card(page, "").focus()
    for _ in range(2):
        keys.press("ArrowDown")
    expect(card(page, "parallel")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowRight")
    expect(card(page, "parallel", "way_2")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("+")
    expect(page.locator('[data-place="parallel/way_2@1"] button[value^="add-node approve"]')).to_be_focused()
    keys.press("Enter")
    settle(page)
    expect(card(page, "approval_4")).to_be_focused()
    keys.press("Enter")
    settle(page)
    expect(page.locator("#flow-inspector h2")).to_be_focused()
    for _ in range(20):
        keys.press("Tab")
        if page.evaluate("document.activeElement.id") == "b-label-en":
            break
    keys.press("Control+a")
    keys.type("Books kept")
    keys.press("Tab")
    settle(page)
    expect(card(page, "approval_4")).to_contain_text("Books kept")
    keys.press("Escape")
    card(page, "approval_4").focus()
    keys.press("Alt+ArrowLeft")
    settle(page)
    assert outline(document(company)["nodes"])[1] == {
        "parallel": {"way_1": ["approval", "approval_4"], "way_2": ["approval_2"]}
    }
    expect(card(page, "approval_4")).to_be_focused()
    keys.press("Control+c")
    keys.press("ArrowRight")
    expect(card(page, "approval_2")).to_be_focused()
    keys.press("Control+v")
    settle(page)
    expect(card(page, "approval_5")).to_be_focused()
    keys.press("Delete")
    settle(page)
    keys.press("Control+z")
    settle(page)
    keys.press("Control+z")
    settle(page)
    ways = outline(document(company)["nodes"])[1]
    assert ways == {"parallel": {"way_1": ["approval", "approval_4"], "way_2": ["approval_2"]}}
    page.get_by_role("link", name="Check and publish…").click()
    page.locator("#publish-form button[type=submit]").click()
    expect(page.get_by_text("is in force").first).to_be_visible(timeout=60_000)
    flow = company.admin.model.approvals["paper"]
    assert flow.nodes["approval_4"].label.en == "Books kept"
    assert flow.nodes["approval_4"].inside == ("parallel", "way_1")
    assert [branch.first for branch in flow.nodes["parallel"].branches] == ["approval", "approval_2"]
    assert flow.nodes["branch"].branches[0].first == "approval_3"


def test_somebody_faster_is_told_and_what_he_did_is_shown(made: Page, company: Approving) -> None:
    flow = document(company)
    changed = {key: value for key, value in flow.items() if key not in ("kind", "name")}
    changed["nodes"] = [one for one in changed["nodes"] if one["name"] != "copy"]
    drafts.put(company.database, company.tenant, [Document("approval", "paper", changed)], by=company.people["ann"])
    card(made, "manager").focus()
    made.keyboard.press("Delete")
    settle(made)
    expect(made.get_by_text("Somebody else changed this flow meanwhile")).to_be_visible()
    expect(card(made, "manager")).to_be_visible()
    expect(card(made, "copy")).to_have_count(0)
    drafts.discard(company.database, company.tenant)


@pytest.mark.parametrize(
    ("width", "locale", "theme"),
    [(1280, "en", "light"), (1280, "zh", "dark"), (390, "zh", "light"), (390, "en", "dark")],
)
def test_it_fits_both_languages_the_phone_and_the_dark(
    made: Page, enter: Open, width: int, locale: str, theme: str
) -> None:
    paths = {"list": LIST, "tree": FLOW, "node": f"{FLOW}?node=approval_3", "way": f"{FLOW}?node=branch&branch=case"}
    paths |= {"fork": f"{FLOW}?node=parallel", "told": f"{FLOW}?node=copy", "submit": f"{FLOW}/submit"}
    paths |= {"outcomes": f"{FLOW}/outcomes", "new": f"{LIST}/new"}
    page = enter(LIST, width=width, locale=locale, theme=theme)
    for what, path in paths.items():
        page.goto(page.url.split("/builder")[0] + path)
        save_picture(page, f"flow-{what}-{locale}-{width}-{theme}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (what, wide)
        assert violations(page) == [], what


def test_a_phone_has_an_outline_and_a_sheet(made: Page, enter: Open, company: Approving) -> None:
    page = enter(FLOW, width=390)
    left = [card(page, *one).bounding_box() for one in (("manager",), ("parallel", "way_1"), ("approval",))]
    assert all(left)
    xs = [box["x"] for box in left if box]
    assert xs[0] < xs[1] == xs[2]
    choose(page, "manager")
    sheet = page.locator("#flow-inspector").bounding_box()
    assert sheet is not None
    assert sheet["y"] + sheet["height"] == pytest.approx(844, abs=2)
    page.locator("#b-comment").select_option("required")
    settle(page)
    assert document(company)["nodes"][0]["comment"] == "required"
    page.locator("[data-close-inspector]").click()
    expect(page.locator("#flow-inspector")).to_have_count(0)
    page.locator('[data-flow="undo"]').click()
    settle(page)
    assert "comment" not in document(company)["nodes"][0]


def test_it_works_without_javascript(made: Page, address: str, browser: BrowserContext, company: Approving) -> None:
    with without_scripts(browser, address + FLOW, "ann@approving.test") as page:
        page.locator('[data-place="@1"] summary').click()
        page.locator('[data-place="@1"] button[value^="add-node cc"]').click()
        page.wait_for_url("**node=copy_2*")
        page.select_option("#b-to-0-kind", "permission_set")
        page.get_by_role("button", name="Save in the draft").click()
        page.select_option("#b-to-0", "clerk")
        page.get_by_role("button", name="Save in the draft").click()
        expect(card(page, "copy_2")).to_contain_text("Clerk")
        assert document(company)["nodes"][1]["to"] == [{"permission_set": "clerk"}]
        page.locator("#flow-inspector button[value='remove-node copy_2']").click()
        expect(card(page, "copy_2")).to_have_count(0)
        assert "copy_2" not in str(document(company))
