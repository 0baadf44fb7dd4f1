"""A flow made by hand in the designer: law and money at the same time behind the manager, a director above an amount,
and a copy. `make_by_hand(page, company)` begins at the list of flows; the rest are its steps."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from approving import Approving
from browsing import save_picture, settled
from dougong_platform.releases import draft as drafts


def document(company: Approving, name: str = "paper") -> dict[str, Any]:
    made: dict[str, Any] = drafts.get(company.database, company.tenant, "approval", name)[0].json()
    return made


def card(page: Page, node: str, branch: str = "") -> Locator:
    way = f'[data-branch="{branch}"]' if branch else ":not([data-branch])"
    return page.locator(f'[data-card][data-key="{node}"]{way}')


def settle(page: Page) -> None:
    """Until every change has been answered."""
    page.evaluate(
        "async () => { const flow = document.querySelector('dg-flow'); await flow.settled; await flow.settled; }"
    )


def add(page: Page, place: str, kind: str) -> None:
    """The plus of an edge, then what is added there."""
    edge = page.locator(f'[data-place="{place}"]')
    edge.locator("summary").click()
    edge.locator(f'button[value^="add-node {kind} "]').click()
    settle(page)


def name(page: Page, text: str) -> None:
    page.locator("#b-label-en").fill(text)
    page.locator("#b-label-en").press("Tab")
    settle(page)


def ask(page: Page, kind: str, value: str) -> None:
    """The only rule of the node in the inspector."""
    page.locator("#b-by-0-kind").select_option(kind)
    settle(page)
    page.locator("#b-by-0").select_option(value)
    settle(page)


def choose(page: Page, node: str, branch: str = "") -> None:
    card(page, node, branch).click()
    expect(page.locator(f'#node-form [name="@node"][value="{node}"]')).to_be_attached()
    settle(page)


def make_by_hand(page: Page, company: Approving) -> None:
    """Law and money at the same time, a director above an amount, otherwise straight on, and a copy."""
    page.get_by_role("link", name="New flow").first.click()
    page.select_option("[name='@object']", "purchase")
    page.fill("#flow-label", "纸张采购")
    page.fill("#flow-label-en", "Paper")
    page.locator("input[name='@start'][value=manager]").check()
    save_picture(page, "flow-new")
    page.get_by_role("button", name="Make the flow").click()
    expect(page.get_by_role("heading", name="Paper")).to_be_visible()
    settled(page)
    add(page, "@1", "parallel")
    name(page, "Law and money")
    choose(page, "approval")
    name(page, "Law")
    ask(page, "permission_set", "lawyer")
    expect(page.locator("#flow-inspector")).to_contain_text("Now it would be: Eve")
    choose(page, "approval_2")
    name(page, "Money")
    ask(page, "permission_set", "cashier")
    add(page, "@2", "branch")
    expect(card(page, "branch", "case")).to_contain_text("No condition yet", ignore_case=True)
    expect(card(page, "branch", "case")).to_have_class("dg-flow-node dg-branch-if dg-on dg-broken")
    expect(page.locator("#flow-faults")).to_contain_text("1 problem, cannot be published")
    save_picture(page, "flow-problem")
    condition(page)
    name(page, "Director")
    ask(page, "user", "cat@approving.test")
    page.locator("#b-limit-hours").fill("8")
    page.locator("#b-limit-hours").press("Tab")
    settle(page)
    page.locator("#b-limit-then").select_option("escalate")
    settle(page)
    page.locator(".dg-flow-chips label", has_text="Transfer").click()
    settle(page)
    add(page, "@3", "cc")
    save_picture(page, "flow-made")
    expect(page.locator("#flow-faults")).to_have_count(0)


def condition(page: Page) -> None:
    """Total > 50,000 in the rows of the branch that is chosen."""
    rows = page.locator("#flow-inspector dg-builder-condition")
    rows.get_by_role("button", name="Condition").click()
    rows.locator("select").nth(0).select_option("total")
    rows.locator("select").nth(1).select_option(">")
    rows.locator("input").first.fill("50000")
    add(page, "branch/case@0", "approve")  # the rows are still being read: nothing of them is lost
    expect(card(page, "branch", "case")).to_contain_text("Total > 50,000")
    settle(page)
