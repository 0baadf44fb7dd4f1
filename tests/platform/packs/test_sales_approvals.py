"""The sales pack's flows in the demo company: whom each asks for chosen records, what it sets, and what its gates hold.

rep and yining report to supervisor, she to Amelia (east), she to the director, he to boss.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from demo_company import Company
from dougong_platform import records
from dougong_platform.approvals.moves.deciding import decide
from dougong_platform.approvals.moves.eligible import offers
from dougong_platform.approvals.moves.submit import submit
from dougong_platform.approvals.running.route import preview
from dougong_platform.errors import RecordsInvalid
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.pipelines.gate import gates
from dougong_platform.query import get

FINANCE, LEGAL = ["bailu", "fenghui", "finance"], ["legal", "luzheng"]


@pytest.fixture(scope="module", autouse=True)
def _handlers() -> None:
    load_handlers()


def new(demo: Company, object: str, who: str = "rep", **values: Any) -> str:
    return str(records.create(demo.caller(who), object, [values]).records[0].id)


def change(demo: Company, object: str, id: str, who: str = "admin", **values: Any) -> None:
    records.update(demo.caller(who), object, [{"id": id, **values}])


def value(demo: Company, object: str, id: str, *fields: str) -> list[Any]:
    found = get(demo.caller("admin"), object, id, list(fields))
    return [found[name] for name in fields]


def names(demo: Company) -> dict[str, str]:
    with demo.database.transaction(demo.tenant, read_only=True) as tx:
        return {str(id): str(email).partition("@")[0] for id, email in tx.rows('select id, email from "user"')}


def route(demo: Company, flow: str, object: str, id: str, who: str = "rep") -> dict[str, list[str]]:
    """Who is asked at each approve node on the way, by the names of their addresses; those who need not be again are
    left out."""
    called = names(demo)
    return {
        step.node: sorted(called[one.user] for one in step.people if one.user not in step.automatic)
        for step in preview(demo.caller(who), flow, object, id)
        if step.kind == "approve"
    }


@pytest.fixture(scope="module")
def account(demo: Company) -> str:
    return new(demo, "account", name="流程测试有限公司", level="c", region="east")


@pytest.fixture(scope="module")
def products(demo: Company) -> Mapping[str, str]:
    return {
        category: new(demo, "product", "admin", name=f"P {category}", category=category, price="1000", cost="600")
        for category in ("software", "hardware")
    }


@pytest.fixture(scope="module")
def quoted(demo: Company, account: str, products: Mapping[str, str]) -> Any:
    def make(discount: str, quantity: str = "10", category: str = "software") -> str:
        quote = new(demo, "quote", title="报价", account=account)
        line = {"quote": quote, "product": products[category], "quantity": quantity}
        new(demo, "quote_line", **line, list_price="1000", unit_price="1000", discount=discount)
        return quote

    return make


DISCOUNTS = [
    ("0.1", "10", "software", {"supervisor": ["supervisor"]}),
    ("0.3", "10", "software", {"supervisor": ["supervisor"]}),
    ("0.2", "10", "hardware", {"supervisor": ["supervisor"], "region": ["amelia"]}),
    ("0.1", "600", "software", {"supervisor": ["supervisor"], "region": ["amelia"]}),
    ("0.35", "10", "software", {"supervisor": ["supervisor"], "director": ["director"], "finance": FINANCE}),
    (
        *("0.45", "10", "software"),
        {"supervisor": ["supervisor"], "director": ["director"], "finance": FINANCE, "general_manager": ["boss"]},
    ),
]


@pytest.mark.parametrize(("discount", "quantity", "category", "asked"), DISCOUNTS)
def test_how_far_a_discount_goes(
    demo: Company, quoted: Any, discount: str, quantity: str, category: str, asked: dict[str, list[str]]
) -> None:
    """To 70 % of the list price the supervisor; amounts and hardware further, below it or under cost to the top."""
    assert route(demo, "quote_discount", "quote", quoted(discount, quantity, category)) == asked


def test_small_discounts_are_the_sellers_own_and_large_ones_wait_at_the_gate(demo: Company, quoted: Any) -> None:
    rep, small, large = demo.caller("rep"), quoted("0.05"), quoted("0.2")
    (offer,) = [one for one in offers(rep, "quote", small) if one.flow == "quote_discount"]
    assert not offer.may
    records.update(rep, "quote", [{"id": small, "status": "sent"}])
    with pytest.raises(RecordsInvalid) as refused:
        records.update(rep, "quote", [{"id": large, "status": "sent"}])
    assert [error.code for error in refused.value.errors] == ["stage_approval"]
    pipeline = rep.model.pipelines["quote_status"]
    assert [need.kind for need in gates(rep, pipeline, large, ["sent"])["sent"].missing] == ["approval"]
    assert not gates(rep, pipeline, quoted("0.05"), ["sent"])["sent"].needs


def test_a_granted_discount_opens_the_gate_and_is_noted(demo: Company, quoted: Any) -> None:
    quote = quoted("0.2")
    (sent,) = submit(demo.caller("rep"), "quote_discount", "quote", [quote])
    assert sent.approval is not None
    relay(demo.database, demo.tenant)
    assert value(demo, "quote", quote, "status") == ["in_review"]
    with pytest.raises(RecordsInvalid):
        change(demo, "quote", quote, "rep", terms="locked")
    done = decide(demo.caller("supervisor"), sent.approval, "approve", values={"granted_discount": "0.22"})
    assert done.state == "approved"
    relay(demo.database, demo.tenant)
    assert value(demo, "quote", quote, "status", "granted_discount") == ["approved", "0.2200"]
    change(demo, "quote", quote, "rep", status="sent")


CONTRACTS = [
    ("customer", "200000", {}),
    ("customer", "800000", {"director": ["director"]}),
    ("framework", "3000000", {"top": ["boss", "director"]}),
]


@pytest.mark.parametrize(("kind", "amount", "above"), CONTRACTS)
def test_customer_contracts_go_to_legal_and_finance_side_by_side(
    demo: Company, account: str, kind: str, amount: str, above: dict[str, list[str]]
) -> None:
    contract = new(demo, "contract", title="合同", account=account, amount=amount, record_type=kind)
    found = route(demo, "contract_review", "contract", contract)
    assert found == {"supervisor": ["supervisor"], "legal": LEGAL, "finance": FINANCE, **above}
    steps = {step.node: step for step in preview(demo.caller("rep"), "contract_review", "contract", contract)}
    assert steps["legal"].depth == steps["finance"].depth == 1


def test_supplier_contracts_take_another_route(demo: Company, account: str) -> None:
    given = {"title": "采购", "account": account, "record_type": "supplier"}
    small, large = (new(demo, "contract", "amelia", **given, amount=amount) for amount in ("50000", "150000"))
    usual = {"supervisor": ["director"], "purchase_legal": LEGAL, "purchase_finance": FINANCE}
    assert route(demo, "contract_review", "contract", small, "amelia") == usual
    assert route(demo, "contract_review", "contract", large, "amelia") == {**usual, "purchase_boss": ["boss"]}


def test_an_approved_contract_is_ready_for_the_signature_and_no_other_is(demo: Company, account: str) -> None:
    contract = new(demo, "contract", title="合同", account=account, amount="1000")
    for stage in ("to_sign", "running"):
        with pytest.raises(RecordsInvalid):
            change(demo, "contract", contract, "rep", status=stage)
    (sent,) = submit(demo.caller("rep"), "contract_review", "contract", [contract])
    for who in ("supervisor", "finance", "legal"):
        state = decide(demo.caller(who), sent.approval or "", "approve").state
    assert state == "approved"
    relay(demo.database, demo.tenant)
    assert value(demo, "contract", contract, "status") == ["to_sign"]


EXPENSES = [
    ("travel", "800", {}),
    ("travel", "5000", {"region": ["amelia"]}),
    ("travel", "20000", {"director": ["director"]}),
    ("gift", "1500", {"compliance": LEGAL}),
]


@pytest.mark.parametrize(("kind", "amount", "more"), EXPENSES)
def test_expenses_go_by_amount_and_gifts_to_legal(
    demo: Company, account: str, kind: str, amount: str, more: dict[str, list[str]]
) -> None:
    expense = new(demo, "expense", kind=kind, amount=amount, account=account)
    found = route(demo, "expense_claim", "expense", expense)
    assert found == {"supervisor": ["supervisor"], "receipts": FINANCE, **more}


def test_much_for_one_customer_goes_to_the_director(demo: Company) -> None:
    account = new(demo, "account", name="费用测试有限公司")
    records.create(
        demo.caller("admin"), "contract", [{"title": "X", "account": account, "amount": "10000", "status": "running"}]
    )
    small, large = (new(demo, "expense", kind="travel", amount=amount, account=account) for amount in ("400", "600"))
    assert "director" not in route(demo, "expense_claim", "expense", small)
    assert route(demo, "expense_claim", "expense", large)["director"] == ["director"]


def opportunity(demo: Company, account: str, who: str = "rep", **values: Any) -> str:
    return new(demo, "opportunity", who, title="商机", account=account, **values)


def test_registration_shows_conflicts_between_direct_sales_and_dealers(demo: Company) -> None:
    account = new(demo, "account", name="报备测试有限公司", level="c")
    first = opportunity(demo, account, amount="300000")
    assert value(demo, "opportunity", first, "conflict") == [None]
    assert route(demo, "opportunity_registration", "opportunity", first) == {"supervisor": ["supervisor"]}
    dealt = opportunity(demo, account, record_type="channel", amount="300000")
    assert "直销在跟" in value(demo, "opportunity", dealt, "conflict")[0]
    assert "渠道在跟" in value(demo, "opportunity", first, "conflict")[0]
    found = route(demo, "opportunity_registration", "opportunity", dealt)
    assert found == {"supervisor": ["supervisor"], "both_sides": ["director"], "region": ["amelia"]}
    assert value(demo, "account", account, "channel_conflict")[0] == "直销与渠道并存 Direct and dealer"


def test_what_is_not_registered_is_not_quoted_and_small_direct_sales_need_not_be(demo: Company, account: str) -> None:
    contact = new(demo, "contact", name="王测试", account=account)
    small, large = (opportunity(demo, account, amount=a, contact=contact) for a in ("50000", "900000"))
    rep = demo.caller("rep")
    pipeline = rep.model.pipelines["opportunity_sales"]

    def asked(id: str) -> Sequence[str]:
        return [need.kind for need in gates(rep, pipeline, id, ["quote"])["quote"].needs if need.kind == "approval"]

    assert asked(large) == ["approval"]
    assert not asked(small)
    (sent,) = submit(rep, "opportunity_registration", "opportunity", [large])
    approval = sent.approval or ""
    while decide(demo.caller(_next(demo, approval)), approval, "approve", comment="同意").state == "running":
        pass
    relay(demo.database, demo.tenant)
    assert value(demo, "opportunity", large, "registration") == ["registered"]
    assert not [need for need in gates(rep, pipeline, large, ["quote"])["quote"].missing if need.kind == "approval"]


def _next(demo: Company, approval: str) -> str:
    text = "select \"user\" from _approval_task where approval = %s and state = 'open' and kind = 'decide' limit 1"
    with demo.database.transaction(demo.tenant, read_only=True) as tx:
        return names(demo)[str(tx.rows(text, [approval])[0][0])]


def test_registered_accounts_are_checked_for_grade_credit_and_certificates(demo: Company) -> None:
    plain = new(demo, "account", name="报备甲", level="c")
    graded = new(demo, "account", name="报备乙", level="a")
    partner = new(demo, "account", name="报备丙", level="d", kind="partner", dealer=plain)
    asked = [route(demo, "account_registration", "account", one) for one in (plain, graded, partner)]
    first = {"supervisor": ["supervisor"]}
    assert asked == [first, {**first, "finance": FINANCE}, {**first, "director": ["director"], "legal": LEGAL}]


def test_key_accounts_climb_the_line_and_a_ones_reach_the_top(demo: Company) -> None:
    account = new(demo, "account", name="大客户测试", level="b")
    line = {"region": ["amelia", "supervisor"], "finance": FINANCE, "director": ["director"]}
    assert route(demo, "key_account", "account", account) == line
    change(demo, "account", account, level="a")
    assert route(demo, "key_account", "account", account) == {**line, "general_manager": ["boss"]}


def test_a_tender_with_several_bidders_is_decided_by_the_director(demo: Company, account: str) -> None:
    tender = opportunity(demo, account, amount="600000", bidders=2)
    usual = {"region": ["amelia", "supervisor"], "legal": LEGAL, "finance": FINANCE, "director": ["director"]}
    assert route(demo, "opportunity_tender", "opportunity", tender) == usual
    change(demo, "opportunity", tender, bidders=4)
    assert route(demo, "opportunity_tender", "opportunity", tender) == {**usual, "general_manager": ["boss"]}


def test_a_sale_across_regions_is_agreed_by_both_sides(demo: Company) -> None:
    theirs = new(demo, "account", "qihang", name="跨区客户", region="south")
    sale = opportunity(demo, theirs, "admin", owner=demo.user("rep"), amount="100000", region_share="0.3")
    assert value(demo, "opportunity", sale, "cross_region") == [True]
    sides = {"our_manager": ["supervisor"], "account_owner": ["qihang"], "their_manager": ["fangyuan"]}
    assert route(demo, "opportunity_cross_region", "opportunity", sale) == sides
    change(demo, "opportunity", sale, region_share="0.5")
    assert route(demo, "opportunity_cross_region", "opportunity", sale) == {**sides, "director": ["director"]}


def test_write_offs_go_by_what_was_not_paid(demo: Company, account: str) -> None:
    paid = new(demo, "payment", "finance", account=account, amount="1000", status="confirmed")
    others = ["bailu", "fenghui"]  # the one who submits is replaced by his manager, who is asked in his place
    assert set(others) <= set(route(demo, "payment_write_off", "payment", paid, "finance")["check"])
    assert [*route(demo, "payment_write_off", "payment", paid, "finance")] == ["check"]
    change(demo, "payment", paid, write_off_reason="bad_debt")
    found = route(demo, "payment_write_off", "payment", paid, "finance")
    assert [*found] == ["check", "director", "general_manager"]


def test_a_handed_over_account_is_the_takers(demo: Company) -> None:
    account = new(demo, "account", name="移交测试", level="c")
    yining = demo.user("yining")
    change(demo, "account", account, "rep", new_owner=yining, hand_over_reason="区域调整")
    assert route(demo, "account_hand_over", "account", account) == {"taker": ["yining"], "managers": ["supervisor"]}
    (sent,) = submit(demo.caller("rep"), "account_hand_over", "account", [account])
    for who in ("yining", "supervisor"):
        decide(demo.caller(who), sent.approval or "", "approve")
    relay(demo.database, demo.tenant)
    assert value(demo, "account", account, "owner", "new_owner") == [yining, None]


def test_sellers_do_not_set_what_flows_set(demo: Company, account: str) -> None:
    for object, field, given in (
        ("account", "registration", "registered"),
        ("account", "key_state", "key"),
        ("opportunity", "registration", "registered"),
        ("opportunity", "tender_support", "granted"),
        ("quote", "granted_discount", "0.5"),
    ):
        for who in ("rep", "supervisor", "amelia", "director"):
            assert demo.caller(who).rights.field(object, field) == "read", (who, field, given)
