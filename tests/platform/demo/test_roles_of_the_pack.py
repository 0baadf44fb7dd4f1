"""What the sales pack's permission sets grant, role by role; and how a tenant that has the pack comes by them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import Model
from dougong_metadata.packs import load_pack, read_pack
from dougong_platform.access import Rights, rights_for
from dougong_platform.releases import draft, packs
from dougong_platform.releases.provision import provision
from dougong_platform.releases.publish import publish
from dougong_tenants import Database
from dougong_tenants.tenancy import get

SETS = (
    "boss",
    "finance",
    "legal",
    "marketing",
    "sales_assistant",
    "sales_director",
    "sales_manager",
    "sales_rep",
    "sales_supervisor",
    "service",
)
DECIDES = "general_manager"  # asked in flows, and opens nothing
SELLERS = ("sales_assistant", "sales_director", "sales_manager", "sales_rep", "sales_supervisor")
CUSTOMERS = ("lead", "account", "contact", "opportunity", "quote", "contract", "order")


@pytest.fixture(scope="module")
def model() -> Model:
    return compile_model(load_pack("sales").documents)


@pytest.fixture(scope="module")
def rights(model: Model) -> Callable[[str], Rights]:
    return lambda name: rights_for(model, [name], is_admin=False)


def editable(rights: Rights, object: str) -> set[str]:
    fields = rights.model.objects[object].fields
    return {name for name, one in fields.items() if not one.system and rights.field(object, name) == "edit"}


def test_the_pack_has_a_set_for_every_role_labelled_in_both_languages(model: Model) -> None:
    assert {*model.permission_sets} == {"administrator", DECIDES, *SETS}
    for one in model.permission_sets.values():
        assert one.label.en != one.label.zh, one.name


def test_every_sharing_rule_says_in_both_languages_what_it_opens(model: Model) -> None:
    rules = [rule for found in model.sharing.values() for rule in found]
    assert len(rules) == 7
    for rule in rules:
        assert rule.label.en != rule.label.zh
        assert rule.access == "read"
        assert not rule.departments | rule.departments_below | rule.teams | rule.users, "these are a company's own"


def test_whose_records_each_seller_works_on(rights: Callable[[str], Rights]) -> None:
    scopes = {
        "sales_rep": "own",
        "sales_assistant": "own",
        "sales_supervisor": "own_below",
        "sales_manager": "department_below",
        "sales_director": "department_below",
    }
    for name, scope in scopes.items():
        for object in CUSTOMERS:
            assert rights(name).scopes(object, "read") == {scope}, (name, object)
            assert rights(name).scopes(object, "update") == {scope}, (name, object)
            assert rights(name).may(object, "create")


def test_who_may_merge_share_export_and_delete(rights: Callable[[str], Rights]) -> None:
    def may(action: str, object: str = "account") -> set[str]:
        return {name for name in SELLERS if rights(name).may(object, action)}

    assert may("merge") == may("export") == {"sales_manager", "sales_director"}
    assert may("share") == may("delete") == may("import") == {*SELLERS} - {"sales_assistant"}
    assert may("delete", "contract") == {"sales_manager", "sales_director"}


def test_management_sees_everything_and_changes_nothing(model: Model, rights: Callable[[str], Rights]) -> None:
    boss = rights("boss")
    for name, found in model.objects.items():
        assert boss.scopes(name, "read") == {"all"}
        if not found.system:
            assert not any(boss.may(name, action) for action in ("create", "update", "delete", "import", "merge"))
            assert not editable(boss, name)
            assert {*boss.fields(name)} == {*found.fields}


def test_finance_changes_money_and_nothing_else(model: Model, rights: Callable[[str], Rights]) -> None:
    finance = rights("finance")
    assert editable(finance, "account") == {"credit_limit", "credit_grade", "tax_number"}
    assert editable(finance, "contract") == set()
    assert finance.field("contract", "owner") == finance.field("account", "owner") == "read"
    writable = {name for name in model.objects if finance.may(name, "update") and editable(finance, name)}
    assert writable == {"account", "payment_plan", "payment", "invoice", "expense", "task"}


def test_legal_changes_the_terms_and_not_the_money(rights: Callable[[str], Rights]) -> None:
    legal = rights("legal")
    assert editable(legal, "contract") == {
        *("status", "signed_on", "start_date", "end_date", "our_signer", "their_signer"),
        *("payment_terms", "special_terms", "files"),
    }
    assert legal.field("contract", "amount") == legal.field("contract", "owner") == "read"
    assert not legal.may("contract", "create")
    assert legal.field("account", "name") == "read"
    assert not legal.may("opportunity", "read")


@pytest.mark.parametrize("name", ["finance", "legal", "marketing", "service"])
def test_telephone_numbers_are_for_those_who_sell(rights: Callable[[str], Rights], name: str) -> None:
    for field in ("mobile", "phone", "email", "wechat"):
        assert rights(name).masked("contact", field)
    assert rights(name).field("contact", "card") == "none", "the number is printed on it"
    assert rights(name).masked("account", "phone") == (name != "service")
    for seller in SELLERS:
        assert not rights(seller).masked("contact", "mobile")


def test_what_a_product_costs_is_known_to_few(rights: Callable[[str], Rights]) -> None:
    knows = {name for name in SETS if rights(name).field("product", "cost") != "none"}
    assert knows == {"boss", "finance", "sales_director", "sales_manager"}
    lowest = {name for name in SETS if rights(name).field("price_list_item", "lowest_price") != "none"}
    assert lowest == {"boss", "finance", "sales_director", "sales_manager", "sales_supervisor"}


def test_credit_is_seen_by_sellers_and_set_by_finance(rights: Callable[[str], Rights]) -> None:
    levels = {name: rights(name).field("account", "credit_limit") for name in SETS}
    assert {name for name, level in levels.items() if level == "edit"} == {"finance"}
    assert {name for name, level in levels.items() if level == "none"} == {"legal", "marketing", "service"}


def test_sellers_make_no_supplier_contracts(rights: Callable[[str], Rights]) -> None:
    for name in ("sales_rep", "sales_supervisor", "sales_assistant"):
        assert rights(name).record_types("contract") == frozenset({"customer", "framework"})
    assert rights("sales_manager").record_types("contract") is None


@pytest.mark.parametrize("name", SETS)
def test_no_field_points_where_its_reader_may_not_go(rights: Callable[[str], Rights], name: str) -> None:
    held = rights(name)
    blind = {
        f"{one.object}.{one.name}"
        for found in held.model.objects.values()
        for one in found.fields.values()
        if one.to and held.field(found.name, one.name) != "none" and not held.may(one.to, "read")
    }
    assert not blind


def test_a_manager_shapes_lists_and_choices_only(rights: Callable[[str], Rights]) -> None:
    assert [
        kind
        for kind in ("object", "picklist", "list_view", "permission_set")
        if rights("sales_manager").may_shape(kind)
    ] == [
        "picklist",
        "list_view",
    ]
    assert not rights("sales_rep").kinds


def test_a_tenant_with_the_first_version_is_upgraded_and_keeps_what_it_changed(
    database: Database, tmp_path: Path
) -> None:
    """Its own rep set stays as it made it; what it left alone and what is new comes with the pack."""
    first = _first_version(tmp_path / "sales")
    tenant = provision(database, "older", pack_names=[str(first)])
    mine = next(d for d in read_pack(first).documents if d.key == ("permission_set", "sales_rep"))
    narrowed = type(mine)(mine.kind, mine.name, {**mine.body, "objects": {"account": {"read": "own"}}})
    draft.put(database, tenant, [narrowed])
    publish(database, tenant)
    merged = packs.put_in_draft(database, get(database, "older"), load_pack("sales"))
    assert ("permission_set", "legal") in merged.added
    assert ("sharing", "contacts_of_my_customers") in merged.added
    assert {(c.kind, c.name) for c in merged.conflicts} <= {("permission_set", "sales_rep")}
    publish(database, get(database, "older"))
    with database.transaction(get(database, "older"), read_only=True) as tx:
        assert packs.installed(tx) == {"sales": load_pack("sales").version}
        documents = draft.documents(tx, tx.entry.release)
    kept = documents["permission_set", "sales_rep"].body["objects"]["account"]
    assert kept["read"] == "own"
    assert "update" not in kept
    assert {name for kind, name in documents if kind == "permission_set"} == {DECIDES, *SETS}


def _first_version(folder: Path) -> Path:
    """The pack as it was before there were these roles: fewer sets, no rule, flow or report, nothing follows shares."""
    shutil.copytree(load_pack("sales").folder, folder)
    shutil.rmtree(folder / "sharing")
    for name in ("automations", "approvals", "dashboards", "pipelines", "reports"):
        shutil.rmtree(folder / name)
    for name in ("legal", "sales_assistant", "sales_director", "sales_supervisor"):
        (folder / "permission_sets" / f"{name}.yaml").unlink()
    (folder / "permission_sets" / "boss.yaml").write_text(
        "kind: permission_set\nname: boss\nlabel: {en: Management, zh: 管理层}\n"
        "objects:\n  '*': {read: all, export: true}\n"
    )
    for path in (folder / "objects").glob("*.yaml"):
        path.write_text(path.read_text("utf-8").replace(", follows_shares: true", ""), "utf-8")
    head = yaml.safe_load((folder / "pack.yaml").read_text("utf-8"))
    (folder / "pack.yaml").write_text(yaml.safe_dump({**head, "version": "1.0.0"}, allow_unicode=True), "utf-8")
    return folder
