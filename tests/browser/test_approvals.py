"""Approvals in a real browser: two taps on a phone, the keyboard beside the list, returning, delegating, submitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

import approval_pages
from approval_pages import make_company, sent_in
from approving import Approving
from browsing import save_picture, violations
from dougong_platform.app import create_app
from dougong_platform.approvals.moves import deciding
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.query import get
from dougong_platform.settings import Settings

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PHONE = 390


@pytest.fixture(scope="module")
def company(module_database_url: str) -> Iterator[Approving]:
    made = make_company(module_database_url)
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
    """`enter(path, who, width, locale, theme)`: a page after the sign-in."""
    return partial(approval_pages.enter, open_page, address)


@pytest.fixture(autouse=True)
def empty(company: Approving) -> None:
    for table in ("_approval", "_approval_delegation", "_notification"):
        company.run(f"delete from {table}")


def state(company: Approving, approval: str) -> str:
    return str(company.rows("select state from _approval where id = %s", [approval])[0][0])


def test_two_taps_approve_on_a_phone_and_the_next_one_opens(company: Approving, enter: Open) -> None:
    _, chairs = sent_in(company, "simple", title="Chairs")
    _, paper = sent_in(company, "simple", title="Paper")
    page = enter(f"/approvals/{paper}", "bea", PHONE)
    expect(page.locator("#tab-approvals")).to_be_hidden()  # the action bar takes its place
    page.locator("#act-approve").click()
    dialog = page.locator("dialog.dg-asking")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    save_picture(page, "approval-approve-phone")
    assert state(company, paper) == "running"
    dialog.get_by_role("button", name="Approve").click()
    expect(page.locator("#approval-title")).to_have_text("Chairs")
    expect(page.locator(".dg-toast").last).to_contain_text("Approved: Paper")
    assert (state(company, paper), state(company, chairs)) == ("approved", "running")
    assert page.url.endswith(f"/approvals/{chairs}")


def test_a_phone_shows_the_list_or_one_of_them(company: Approving, enter: Open) -> None:
    sent_in(company, "limited", title="Paper", cost="900", discount="0.18")
    page = enter("/approvals", "bea", PHONE)
    expect(page.locator("#approval")).to_be_hidden()
    expect(page.locator("#tab-approvals em")).to_have_text("1")
    assert violations(page) == []
    save_picture(page, "approvals-phone")
    page.get_by_role("link", name=re.compile("Paper")).click()
    expect(page.locator("#approval-title")).to_be_visible()
    expect(page.locator("#approvals-list")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert violations(page) == []
    save_picture(page, "approval-phone")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#approvals-list")).to_be_visible()


def test_it_is_returned_with_a_reason_and_comes_back(company: Approving, enter: Open) -> None:
    _, approval = sent_in(company, "limited", title="Paper")
    page = enter(f"/approvals/{approval}", "bea", PHONE)
    page.locator("#act-refuse").click()
    dialog = page.locator("dialog.dg-asking")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.locator("#ask-comment-note")).to_contain_text("Say why.")
    dialog.get_by_label("Reason").fill("Cheaper?")
    dialog.get_by_label("Once it is done there").check()
    assert violations(page) == []
    save_picture(page, "approval-return-phone")
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Returned: Paper")
    assert state(company, approval) == "returned"
    page = enter(f"/approvals/{approval}", "dan", PHONE)
    expect(page.locator(".dg-note")).to_contain_text("returned it")
    page.get_by_role("link", name="Submit again…").click()
    page.locator("dialog.dg-asking").get_by_label("What you changed").fill("Ten percent less")
    page.locator("dialog.dg-asking").get_by_role("button", name="Submit again").click()
    expect(page.locator("#approval .dg-timeline")).to_contain_text("Ten percent less")
    assert state(company, approval) == "running"


def test_the_keyboard_walks_approves_and_returns_but_not_while_somebody_types(company: Approving, enter: Open) -> None:
    for title in ("Chairs", "Paper", "Desk"):
        sent_in(company, "simple", title=title)
    page = enter("/approvals", "bea")
    title = page.locator("#approval-title")
    expect(title).to_have_text("Desk")
    page.keyboard.press("j")
    expect(title).to_have_text("Paper")
    expect(page.locator(".dg-approval-row.dg-current")).to_contain_text("Paper")
    page.keyboard.press("k")
    expect(title).to_have_text("Desk")
    composing = "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'y', isComposing: true, bubbles: true}))"
    page.evaluate(composing)
    page.locator("#approval-comment").press("y")
    expect(page.locator("dialog.dg-asking")).to_have_count(0)
    page.locator("#approval-comment").fill("")
    page.locator("#approval-title").focus()
    page.keyboard.press("y")
    expect(page.locator("dialog.dg-asking").get_by_role("button", name="Approve")).to_be_focused()
    save_picture(page, "approval-approve")
    page.keyboard.press("Enter")
    expect(title).to_have_text("Paper")
    page.keyboard.press("n")
    expect(page.locator("dialog.dg-asking").get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.dg-asking")).to_have_count(0)
    expect(page.locator("#nav-approvals")).to_contain_text("2")


def test_whoever_stays_reads_what_he_decided(company: Approving, enter: Open) -> None:
    _, paper = sent_in(company, "simple", title="Paper")
    sent_in(company, "simple", title="Chairs")
    page = enter(f"/approvals/{paper}", "bea")
    page.get_by_label("Open the next").uncheck()
    page.keyboard.press("y")
    expect(page.locator("dialog.dg-asking").get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".dg-toast").last).to_contain_text("Approved: Paper")
    expect(page.locator("#approval-title")).to_have_text("Paper")
    expect(page.locator("#approval .dg-pill").first).to_have_text("approved")


def test_a_field_is_changed_where_it_is_read(company: Approving, enter: Open) -> None:
    record, approval = sent_in(company, "limited", title="Paper", discount="0.18")
    page = enter(f"/approvals/{approval}", "bea")
    save_picture(page, "approval")
    page.get_by_label("Discount").fill("15")
    page.locator("#act-approve").click()
    dialog = page.locator("dialog.dg-asking")
    expect(dialog.get_by_label("Discount")).to_have_value("15")
    dialog.get_by_role("button", name="Approve").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Approved: Paper")
    assert get(company.admin, "purchase", record, ["discount"])["discount"] == "0.1500"


def test_somebody_who_was_faster_is_named(company: Approving, enter: Open) -> None:
    _, approval = sent_in(company, "limited", title="Paper")
    page = enter(f"/approvals/{approval}", "bea")
    page.keyboard.press("y")
    expect(page.locator("dialog.dg-asking")).to_be_visible()
    deciding.decide(company.caller("bea"), approval, "approve")  # on another device
    page.locator("dialog.dg-asking").get_by_role("button", name="Approve").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Bea approved at 20")


def test_signers_are_chosen_one_after_the_other(company: Approving, enter: Open) -> None:
    _, approval = sent_in(company, "limited", title="Paper")
    page = enter(f"/approvals/{approval}", "bea")
    page.get_by_role("link", name="Add signers…").click()
    dialog = page.locator("dialog.dg-asking")
    for name in ("Eve", "Fay"):
        dialog.get_by_label("Whom").fill(name)
        dialog.get_by_role("option", name=name).click()
    expect(dialog.locator("[data-chosen] .dg-chip")).to_have_count(2)
    dialog.get_by_role("button", name="Remove Eve").click()
    assert violations(page) == []
    save_picture(page, "approval-signers")
    dialog.get_by_role("button", name="Add").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Signers were added.")
    page.goto(page.url.split("/approvals")[0] + f"/approvals/{approval}")
    expect(page.locator("#approval .dg-timeline")).to_contain_text("asked Fay to sign first")


def test_several_are_selected_and_approved_together(company: Approving, enter: Open) -> None:
    ids = [sent_in(company, "simple", title=f"Lot {n}")[1] for n in range(3)]
    page = enter("/approvals", "bea")
    expect(page.locator(".dg-approval-bulk")).to_be_hidden()
    for n in (0, 2):
        page.get_by_role("checkbox", name=f"Select: Lot {n}").check(force=True)
    page.get_by_role("button", name="Approve the selected…").click()
    dialog = page.locator("dialog.dg-asking")
    expect(dialog).to_contain_text("Approve 2 approvals")
    assert violations(page) == []
    dialog.get_by_label("Comment for all of them").fill("Both fine")
    dialog.get_by_role("button", name="Approve 2 approvals").click()
    expect(page.locator(".dg-toast").last).to_contain_text("2 approvals approved")
    expect(page.locator(".dg-approval-row")).to_have_count(1)
    assert [state(company, id) for id in ids] == ["approved", "running", "approved"]


def test_a_record_is_submitted_from_its_page_and_shows_how_far_it_is(company: Approving, enter: Open) -> None:
    record = company.purchase("dan", "Desk", total="700")
    page = enter(f"/o/purchase/{record}", "dan")
    page.locator("#record-submit").click()
    drawer = page.locator("dialog.dg-drawer")
    drawer.get_by_label("Purchase with a reader").check()
    expect(drawer.get_by_label("Name 1 person")).to_be_visible()
    drawer.get_by_label("Large purchase").check()
    expect(drawer.locator(".dg-route")).to_contain_text("Director")
    assert violations(page) == []
    save_picture(page, "approval-submit")
    drawer.get_by_label("Note for those who decide").fill("For the new office")
    drawer.get_by_role("button", name="Submit for approval").click()
    card = page.locator("#record-approvals")
    expect(card.locator(".dg-chain")).to_contain_text("Supervisor")
    expect(card).to_contain_text("Locked while it is being approved")
    expect(page.locator("[data-fact=total] .dg-fact-edit")).to_have_count(0)
    assert violations(page) == []
    save_picture(page, "record-in-approval")
    card.get_by_role("button", name="Urge").click()
    expect(page.locator(".dg-toast").last).to_contain_text("were reminded")


def test_moving_to_a_gated_stage_submits_and_says_so(company: Approving, enter: Open) -> None:
    record = company.purchase("dan", "Desk", total="700", stage="asked")
    page = enter(f"/o/purchase/{record}", "dan")
    page.locator(".dg-path").get_by_role("button", name="Ordered").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Submitted for approval.")
    expect(page.locator(".dg-needs")).to_contain_text("in approval, waits for Supervisor")
    assert get(company.admin, "purchase", record, ["stage"])["stage"] == "asked"


def test_one_delegates_on_a_phone_and_the_other_decides(company: Approving, enter: Open) -> None:
    sent_in(company, "limited", title="Paper")
    page = enter("/approvals/delegations", "bea", PHONE)
    page.locator("#delegate").fill("Eve")
    page.get_by_role("option", name="Eve").click()
    page.get_by_label("Note").fill("On leave")
    assert violations(page) == []
    page.get_by_role("button", name="Delegate").click()
    expect(page.locator(".dg-delegation")).to_contain_text("Eve")
    save_picture(page, "delegations-phone")
    page = enter("/approvals", "eve", PHONE)
    page.get_by_role("link", name=re.compile("Paper")).click()
    expect(page.locator(".dg-note").first).to_contain_text("You decide this for Bea.")
    page.locator("#act-approve").click()
    page.locator("dialog.dg-asking").get_by_role("button", name="Approve").click()
    expect(page.locator(".dg-toast").last).to_contain_text("Approved: Paper")
    (decided,) = company.rows("select actor, behalf from _approval_event where action = 'approved'")
    assert decided == (company.people["eve"], company.people["bea"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_read_in_chinese_by_day_and_by_night(company: Approving, enter: Open, theme: str) -> None:
    sent_in(company, "limited", title="三年维保", cost="900", discount="0.18")
    page = enter("/approvals", "bea", 1280, "zh", theme)
    expect(page.locator("#approval")).to_contain_text("为什么到你这里")
    assert violations(page) == []
    save_picture(page, f"approvals-zh-{theme}")
    page = enter("/approvals?box=submitted", "dan", 1280, "zh", theme)
    expect(page.locator("#approval")).to_contain_text("催办")
    assert violations(page) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_of_nodes_stay_in_the_record_s_card(company: Approving, enter: Open, width: int) -> None:
    id = company.purchase("dan", "Paper", record_type="urgent")
    company.run("update purchase set papers = array[gen_random_uuid()] where id = %s::uuid", [id])
    submit(company.caller("dan"), "papered", "purchase", [id])
    page = enter(f"/o/purchase/{id}", "dan", width)
    chain = page.locator(".dg-chain").first
    expect(chain).to_contain_text("Somebody who reads")
    assert chain.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
