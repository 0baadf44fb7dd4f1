"""One contract of the demo company, met by the seller who owns it, his manager and finance, on a desk and a phone: what
each of them sees, may change, finds and counts; and that nobody else comes near it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import entering
from browsing import save_picture, violations
from demo_company import Company
from dougong_platform.app import create_app
from dougong_platform.demo.organise import PASSWORD
from dougong_platform.settings import Settings

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])
# A contract of the seller's, being fulfilled, whose signer at the customer has a mobile number.
CONTRACT = """
select c.id, c.title, c.account, c.opportunity, c.their_signer, p.mobile, p.name
  from contract c join contact p on p.id = c.their_signer and p.mobile is not null and p.account = c.account
  join account a on a.id = c.account and a.owner = c.owner
 where c.owner = %s and c.status = 'running' order by c.id limit 1
"""


@dataclass(frozen=True)
class Deal:
    """The contract and what belongs to it."""

    contract: str
    title: str
    account: str
    opportunity: str
    signer: str
    mobile: str
    signer_name: str

    @property
    def page(self) -> str:
        return f"/o/contract/{self.contract}"

    @property
    def bare(self) -> str:
        """The number without its country."""
        return self.mobile.removeprefix("+86")

    @property
    def mask(self) -> str:
        return f"{self.bare[:3]}****{self.bare[-4:]}"


@pytest.fixture(scope="module")
def deal(demo: Company) -> Deal:
    _, rows = demo.database.read(demo.tenant, CONTRACT, [demo.user("rep")], custom_plan=False)
    return Deal(*map(str, rows[0]))


@pytest.fixture(scope="module")
def address(demo: Company, serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=demo.database.dsn, secret="test", rate_limit=100_000)
    return serve(create_app(settings, demo.database))


@pytest.fixture
def enter(address: str, open_page: Callable[..., Page]) -> Enter:
    """`enter(who, path, width, status=200)`: a page in Chinese, as "rep" sees it."""

    def go(who: str, path: str, width: int = 1280, status: int = 200) -> Page:
        page = entering.enter(open_page, address, path, f"{who}@demo.test", width, "zh", password=PASSWORD)
        assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == status, (who, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        return page

    return go


def fact(page: Page, name: str) -> Any:
    return page.locator(f"[data-fact={name}]")


@WIDTHS
def test_the_seller_and_the_manager_change_what_finance_only_reads(enter: Enter, deal: Deal, width: int) -> None:
    for who in ("rep", "amelia"):
        page = enter(who, deal.page, width)
        expect(page.get_by_role("heading", level=1)).to_have_text(deal.title)
        expect(fact(page, "amount").locator("button")).to_have_count(1)
        expect(page.locator("[form=record-advance]:visible").first).to_be_visible()
        page.goto(page.url + "/edit")
        expect(page.get_by_label("合同金额")).to_be_editable()
        page.get_by_label("特殊条款").fill(f"由 {who} 在 {width} 像素上补充")
        page.get_by_role("button", name="保存", exact=True).click()
        page.wait_for_url("**" + deal.page)
        save_picture(page, f"three-{who}-{width}")

    page = enter("finance", deal.page, width)
    expect(fact(page, "special_terms")).to_contain_text(f"由 amelia 在 {width} 像素上补充")
    expect(fact(page, "amount")).to_contain_text("¥")
    expect(page.locator(".dg-fact-edit")).to_have_count(0)
    expect(page.locator("[form=record-advance]")).to_have_count(0)
    assert not violations(page)
    save_picture(page, f"three-finance-{width}")


@WIDTHS
def test_finance_keeps_the_instalments_of_a_contract_it_cannot_change(enter: Enter, deal: Deal, width: int) -> None:
    page = enter("finance", deal.page + "/edit", width)
    expect(page.get_by_label("合同金额")).to_have_count(0)
    expect(page.get_by_label("特殊条款")).to_have_count(0)
    expect(page.get_by_role("button", name="保存并新建")).to_have_count(0)
    status = page.locator("select[name*=status]").first
    status.select_option("partial" if width > 390 else "paid")
    save_picture(page, f"three-finance-edit-{width}")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**" + deal.page)
    page = enter("rep", deal.page, width)
    expect(page.get_by_text("部分回款" if width > 390 else "已回款").locator("visible=true").first).to_be_visible()


@WIDTHS
def test_the_customers_number_is_masked_for_finance(enter: Enter, deal: Deal, width: int) -> None:
    page = enter("rep", f"/o/contact/{deal.signer}", width)
    expect(fact(page, "mobile").locator("a[href^='tel:']")).to_have_count(1)
    assert deal.bare in page.content().replace(" ", "")
    for path in (
        f"/o/contact/{deal.signer}",
        f"/o/account/{deal.account}",
        "/o/contact",
        f"/search?q={deal.signer_name}",
    ):
        page = enter("finance", path, width)
        assert deal.bare not in page.content().replace(" ", ""), path
        assert not page.locator("a[href^='tel:']").count(), path
    page = enter("finance", f"/o/contact/{deal.signer}", width)
    expect(fact(page, "mobile")).to_contain_text(deal.mask)
    save_picture(page, f"three-masked-{width}")
    for who, found in (("rep", 1), ("finance", 0)):
        page = enter(who, f"/search?q={deal.bare}", width)
        expect(page.locator(f"main a[href*='{deal.signer}']")).to_have_count(found)


@WIDTHS
def test_what_a_product_costs_is_not_there_for_the_seller(enter: Enter, demo: Company, width: int) -> None:
    _, ((product,),) = demo.database.read(demo.tenant, "select id from product order by id limit 1", custom_plan=False)
    for who, shown in (("rep", 0), ("amelia", 1), ("finance", 1)):
        page = enter(who, f"/o/product/{product}", width)
        expect(fact(page, "price")).to_have_count(1)
        expect(fact(page, "cost")).to_have_count(shown)
        assert ("成本" in page.content()) == bool(shown), who


@WIDTHS
def test_lists_count_what_each_of_them_may_see(enter: Enter, demo: Company, width: int) -> None:
    below = """
      with recursive places as (select department as id from "user" where id = %(user)s union
        select d.id from department d join places p on d.parent = p.id)
      select count(*) from contract where owner in (select id from "user" where department in (table places))
    """
    mine = "select count(*) from contract where owner = %(user)s"
    # What his customers signed with others, and what hangs on a customer that somebody shares with him.
    more = """ or account in (select id from account where owner = %(user)s
        union select record from _share where subject = %(user)s and 'contract.account' = any(relations))
      or id in (select record from _share where subject = %(user)s)"""
    for who, sql in (("rep", mine + more), ("amelia", below + more), ("finance", "select count(*) from contract")):
        _, ((count,),) = demo.database.read(demo.tenant, sql, {"user": demo.user(who)}, custom_plan=False)
        page = enter(who, "/o/contract", width)
        expect(page.locator("#list-count")).to_have_text(f"{count} 条")
        save_picture(page, f"three-list-{who}-{width}")


@WIDTHS
def test_the_search_finds_it_for_the_three_and_for_nobody_else(enter: Enter, deal: Deal, width: int) -> None:
    for who, found in (("rep", True), ("amelia", True), ("finance", True), ("qihang", False), ("marketing", False)):
        page = enter(who, f"/search?q={deal.title}", width)
        link = page.locator(f"main a[href*='{deal.contract}']")
        expect(link.first).to_be_visible() if found else expect(link).to_have_count(0)


@WIDTHS
def test_others_are_turned_away(enter: Enter, deal: Deal, width: int) -> None:
    """404 where others have records of their own, 403 where the whole object is no matter of theirs."""
    for who, path, status in (
        ("qihang", deal.page, 404),
        ("qihang", deal.page + "/edit", 404),
        ("yining", f"/o/account/{deal.account}", 404),
        ("marketing", deal.page, 403),
        ("service", "/o/payment", 403),
        ("legal", f"/o/opportunity/{deal.opportunity}", 403),
    ):
        page = enter(who, path, width, status)
        assert deal.title not in page.content()
    expect(page.get_by_role("heading", name="没有权限")).to_be_visible()


def test_a_forged_form_of_finance_changes_nothing(enter: Enter, deal: Deal, demo: Company) -> None:
    read = "select amount, special_terms, status, version from contract where id = %s"
    _, before = demo.database.read(demo.tenant, read, [deal.contract], custom_plan=False)
    page = enter("finance", deal.page)
    address = page.url
    token = page.locator("meta[name=dg-csrf]").get_attribute("content") or ""
    for path, form in (("/stage", {"value": "finished"}), ("/edit", {"amount": "1", "special_terms": "x"})):
        page.request.post(address + path, form={"csrf_token": token, **form})
    answer = page.request.patch(
        address.replace("/o/", "/api/v1/records/"), data={"amount": "1.00"}, headers={"X-CSRF-Token": token}
    )
    assert 400 <= answer.status < 500
    assert demo.database.read(demo.tenant, read, [deal.contract], custom_plan=False)[1] == before
