"""A company where people agree to purchases: a line of managers, law, money, and three flows. For the tests of
approvals; `make_approving` makes it, the fixtures `approving` (module) and `approving_app` (its HTTP API) share one.

    dan (clerk) → bea (heads buying) → cat (director) → ann (administrator); eve: law; fay: money; gus: nothing at all

`simple`: one's manager. `by_amount`: up to 5,000 the manager, up to 50,000 his manager too, above that the whole line;
bea's node hides what it costs and may change the discount. `experts`: law and money at the same time, then the
director; gus gets a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dougong_metadata.documents import read_documents
from dougong_platform import records
from dougong_platform.access import rights_for
from dougong_platform.app import create_app
from dougong_platform.http.caller import Caller
from dougong_platform.http.engine import Engine
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.releases.release import current
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant
from dougong_tenants.organisation import organisation_of
from dougong_tenants.people import create_department, create_user, get_user, update_department, update_user
from dougong_tenants.tenancy import get as get_tenant
from dougong_tenants.tokens import issue
from reading import PASSWORD, Client

OBJECTS = """
kind: object
name: supplier
label: {en: Supplier, zh: 供应商}
name_field: name
fields:
  name: {type: text, label: {en: Name, zh: 名称}, required: true, searchable: true}
  keeper: {type: user, label: {en: Keeper, zh: 维护人}}
---
kind: object
name: purchase
label: {en: Purchase, zh: 采购}
plural: {en: Purchases, zh: 采购}
name_field: title
record_types:
  usual: {label: {en: Usual, zh: 普通}, default: true}
  urgent: {label: {en: Urgent, zh: 加急}}
fields:
  title: {type: text, label: {en: Title, zh: 名称}, required: true, searchable: true}
  supplier: {type: lookup, to: supplier, label: {en: Supplier, zh: 供应商}}
  total: {type: currency, label: {en: Total, zh: 总额}, scale: 2}
  cost: {type: currency, label: {en: Cost, zh: 成本}, scale: 2}
  margin: {type: formula, returns: currency, label: {en: Margin, zh: 毛利}, formula: total - cost}
  discount: {type: percent, label: {en: Discount, zh: 折扣}}
  reviewer: {type: user, label: {en: Reviewer, zh: 复核人}}
  stage: {type: picklist, label: {en: Stage, zh: 阶段}, values: [draft, asked, ordered, void], default: '"draft"'}
  note: {type: text, label: {en: Note, zh: 备注}}
  papers: {type: file, label: {en: Papers, zh: 附件}}
---
kind: layout
name: purchase_standard
object: purchase
highlights: [total, supplier]
sections:
  - name: basic
    label: {en: Basic, zh: 基本}
    fields: [title, supplier, total, cost, margin, discount, reviewer, stage, note]
---
kind: permission_set
name: clerk
label: {en: Clerk, zh: 采购员}
objects:
  purchase: {create: true, read: own, update: own, delete: own}
  supplier: {read: all}
---
kind: permission_set
name: chief
label: {en: Chief, zh: 主管}
objects:
  purchase: {create: true, read: all, update: all}
  supplier: {create: true, read: all, update: all}
---
kind: permission_set
name: lawyer
label: {en: Lawyer, zh: 法务}
objects: {supplier: {read: all}}
---
kind: permission_set
name: cashier
label: {en: Cashier, zh: 财务}
objects:
  purchase: {read: own}
fields: {purchase.cost: none}
"""
FLOWS = """
---
kind: approval
name: simple
object: purchase
label: {en: Simple purchase, zh: 简单采购}
open: [note]
nodes:
  - {name: supervisor, kind: approve, label: {en: Supervisor, zh: 主管}, by: [{manager: 1}]}
---
kind: approval
name: by_amount
object: purchase
label: {en: Purchase by amount, zh: 按金额审批}
entry: total > 0
shown: [supplier, total, cost, margin, discount]
recall: any_time
nodes:
  - name: supervisor
    kind: approve
    label: {en: Supervisor, zh: 主管}
    by: [{manager: 1}]
    hide: [cost]
    edit: [discount]
    comment: on_refusal
  - name: by_size
    kind: branch
    label: {en: By amount, zh: 按金额}
    branches:
      - {name: small, label: {en: Up to 5000, zh: 5000 以内}, if: total <= 5000, nodes: []}
      - name: middle
        label: {en: Up to 50000, zh: 5 万以内}
        if: total <= 50000
        nodes:
          - {name: director, kind: approve, label: {en: Director, zh: 总监}, by: [{manager: 2}]}
      - name: large
        label: {en: Larger, zh: 更大}
        nodes:
          - name: line
            kind: approve
            label: {en: The line, zh: 逐级}
            by: [{managers: {levels: 3}}]
            need: sequence
            same: once
---
kind: approval
name: experts
object: purchase
label: {en: Experts, zh: 会签}
nodes:
  - name: both
    kind: parallel
    label: {en: Law and money, zh: 法务与财务}
    join: all
    branches:
      - name: law
        label: {en: Law, zh: 法务}
        nodes:
          - {name: lawyer, kind: approve, label: {en: Lawyer, zh: 法务}, by: [{permission_set: lawyer}], hide: [cost]}
      - name: money
        label: {en: Money, zh: 财务}
        nodes:
          - {name: cashier, kind: approve, label: {en: Cashier, zh: 财务}, by: [{permission_set: cashier}]}
  - {name: director, kind: approve, label: {en: Director, zh: 总监}, by: [{user: cat@approving.test}]}
  - {name: told, kind: cc, label: {en: Told, zh: 抄送}, to: [{user: gus@approving.test}]}
"""
DOCUMENTS = OBJECTS + FLOWS
# name: (permission sets, manager, department)
PEOPLE: dict[str, tuple[tuple[str, ...], str | None, str | None]] = {
    "cat": (("chief",), "ann", None),
    "bea": (("chief",), "cat", "buying"),
    "dan": (("clerk",), "bea", "buying"),
    "eve": (("lawyer",), "cat", "law"),
    "fay": (("cashier",), "cat", "money"),
    "gus": ((), "ann", None),
}
HEADS = {"buying": "bea", "law": "eve", "money": "fay"}


@dataclass
class Approving:
    """The tenant; `people` are ids by first name, `departments` by name."""

    database: Database
    name: str
    people: dict[str, str]
    departments: dict[str, str]

    @property
    def tenant(self) -> Tenant:
        return get_tenant(self.database, self.name)

    def caller(self, who: str, locale: str = "en", **more: Any) -> Caller:
        """Somebody with what he holds now, as the gate would let him in."""
        tenant, id = self.tenant, self.people[who]
        release = current(self.database, tenant)
        sets = tuple(
            row[0] for row in self.rows('select permission_set from user_permission_set where "user" = %s', [id])
        )
        rights = rights_for(release.model, sets, "administrator" in sets)
        return Caller(self.database, tenant, release, id, rights, locale, "Asia/Shanghai", **more)

    @property
    def admin(self) -> Caller:
        return self.caller("ann")

    def purchase(self, who: str = "dan", title: str = "Paper", **values: Any) -> str:
        """A purchase that belongs to somebody; its id."""
        (made,) = records.create(self.caller(who), "purchase", [{"title": title, **values}]).records
        assert made.id is not None, made.errors
        return made.id

    def rows(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """What a statement in the tenant's schema answers."""
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql, params)

    def run(self, sql: str, params: Any = None) -> None:
        """A statement in the tenant's schema."""
        with self.database.transaction(self.tenant) as tx:
            tx.execute(sql, params)

    def relay(self) -> None:
        """Let the worker do what waits."""
        load_handlers()
        relay(self.database, self.tenant)

    def change(self, who: str, **values: Any) -> None:
        """Another manager, department or title: people by their first names."""
        named = {
            key: self.people.get(value, value) if isinstance(value, str) else value for key, value in values.items()
        }
        update_user(self.database, self.tenant, self.people[who], named)
        organisation_of(self.database, self.tenant)

    def token(self, who: str, *scopes: str) -> str:
        """A token of somebody's."""
        wanted = scopes or ("read", "write", "metadata", "people", "tokens", "jobs", "audit")
        return issue(self.database, self.tenant, self.people[who], name="test", scopes=wanted).token


def make_approving(url: str, documents: str = DOCUMENTS, name: str = "approving") -> Approving:
    """A database with the tenant `name`; everybody signs in as <first name>@approving.test."""
    database = Database(url, pool_size=6, secret="test")
    database.install()
    tenant = provision(
        database,
        name,
        documents=read_documents(documents),
        locale="en",
        administrator=FirstAdministrator("ann@approving.test", PASSWORD, "Ann"),
    )
    people = {"ann": get_user(database, tenant, "ann@approving.test")}
    departments = {one: create_department(database, tenant, {"name": one.title()}) for one in HEADS}
    for who, (sets, manager, department) in PEOPLE.items():
        values = {
            "name": who.title(),
            "email": f"{who}@approving.test",
            "manager": people[manager] if manager else None,
            "department": departments[department] if department else None,
        }
        people[who] = create_user(database, tenant, values, password=PASSWORD, permission_sets=sets).id
    for department, head in HEADS.items():
        update_department(database, tenant, departments[department], {"head": people[head]})
    return Approving(database, name, people, departments)


@pytest.fixture(scope="module")
def approving(module_database_url: str) -> Iterator[Approving]:
    """The company, shared by a module's tests."""
    made = make_approving(module_database_url)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def approving_app(approving: Approving, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The API over `approving`, without rate limits."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, database_url=approving.database.dsn, secret="test", rate_limit=0)
    return create_app(settings, approving.database, faces=False)


def client_of(app: Engine, company: Approving, who: str, *scopes: str) -> Client:
    """HTTP as one of the people."""
    return Client(app.test_client(), company.token(who, *scopes))
