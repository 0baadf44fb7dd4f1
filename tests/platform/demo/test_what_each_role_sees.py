"""Each role of the demo company sees what SQL written by hand says: no record more, none less."""

from __future__ import annotations

import pytest

from demo_company import Company
from dougong_platform.errors import NotAllowed
from dougong_platform.query import list_records

# Who somebody is to the company: himself and those he acts for (served), with their queues (mine), with everybody below
# them in the manager line (line), with everybody in their departments and below (area); what is shared (given).
WHO = """
with recursive me as (select id, department from "user" where email = %(email)s),
 served as (select id, department from me union
    select u.id, u.department from _assistant a join me on me.id = a.assistant join "user" u on u.id = a."user"
     where a.until_at is null or a.until_at > now()),
 teams as (select team as id from team_member where "user" in (select id from served)),
 mine as (select id from served union select id from "user" where kind = 'queue' and team in (select id from teams)),
 line as (select id from mine union select u.id from "user" u join line on u.manager = line.id),
 homes as (select department as id from served union
    select department from _user_department where "user" in (select id from served)),
 places as (select id from homes union select d.id from department d join places on d.parent = places.id),
 area as (select id from mine union select id from "user" where department in (select id from places) union
    select "user" from _user_department where department in (select id from places)),
 above as (select id from homes union select d.parent from department d join above on d.id = above.id),
 given as (select object, record, relations from _share where (expires_at is null or expires_at > now()) and
    subject in (select id from served union select id from teams union select id from above))
"""
OWNED = "owner in (select id from {scope})"
MY_CUSTOMER = "account in (select id from account where owner in (select id from served))"
MY_REPORTS_CUSTOMER = (
    'account in (select a.id from account a join "user" u on u.id = a.owner where u.manager in (select id from served))'
)
SHARED = "id in (select record from given where object = '{object}')"
WITH_ACCOUNT = "account in (select record from given where object = 'account' and '{object}.account' = any(relations))"
WITH_DEAL = (
    "opportunity in (select record from given where object = 'opportunity' and '{object}.opportunity' = any(relations))"
)
HEALTHCARE = "exists (select from teams join team using (id) where name = '医疗专家')"
WAYS = {
    "lead": (OWNED, SHARED),
    "account": (OWNED, SHARED, f"industry = 'healthcare' and {HEALTHCARE}"),
    "contact": (OWNED, SHARED, WITH_ACCOUNT, MY_CUSTOMER),
    "opportunity": (
        OWNED,
        SHARED,
        WITH_ACCOUNT,
        MY_CUSTOMER,
        f"account in (select id from account where industry = 'healthcare') and {HEALTHCARE}",
    ),
    "quote": (OWNED, SHARED, WITH_ACCOUNT, WITH_DEAL),
    "contract": (OWNED, SHARED, WITH_ACCOUNT, WITH_DEAL, MY_CUSTOMER),
    "order": (OWNED, SHARED, WITH_ACCOUNT, WITH_DEAL),
    "payment": (OWNED, SHARED, WITH_ACCOUNT, MY_CUSTOMER),
    "invoice": (OWNED, SHARED, WITH_ACCOUNT, MY_CUSTOMER),
    "activity": (OWNED, SHARED, WITH_ACCOUNT, WITH_DEAL),
    "task": (OWNED, SHARED, WITH_ACCOUNT, WITH_DEAL),
    "ticket": (OWNED, SHARED, WITH_ACCOUNT, MY_CUSTOMER),
    "expense": (OWNED, SHARED),
}
SELLERS = {
    "rep": "mine",
    "yining": "mine",
    "lei": "mine",  # acts for somebody on leave
    "shaoting": "mine",  # one of the specialists
    "assistant": "mine",
    "supervisor": "line",
    "amelia": "area",
    "director": "(select id from line union select id from area) both_",
}
EVERYTHING = frozenset(WAYS)
READ_WHOLE = {
    "admin": EVERYTHING,
    "boss": EVERYTHING,
    "auditor": EVERYTHING,
    "marketing": {"lead", "account", "contact", "opportunity"},
    "finance": EVERYTHING - {"lead", "activity", "task", "ticket"},
    "legal": {"account", "contact", "quote", "contract"},
    "service": {"account", "contact", "contract", "order", "ticket"},
}


def seen(demo: Company, who: str, object: str) -> set[str]:
    caller, found, cursor = demo.caller(who), set[str](), None
    while True:
        page = list_records(caller, object, fields=["id"], limit=1000, cursor=cursor)
        found |= {str(row["id"]) for row in page.records}
        cursor = page.next
        if cursor is None:
            return found


def by_hand(demo: Company, who: str, sql: str) -> set[str]:
    _, rows = demo.database.read(demo.tenant, WHO + sql, {"email": f"{who}@demo.test"}, custom_plan=False)
    return {str(id) for (id,) in rows}


@pytest.mark.parametrize("who", SELLERS)
def test_a_seller_sees_what_is_his_by_owner_line_department_share_or_rule(demo: Company, who: str) -> None:
    for object, ways in WAYS.items():
        conditions = " or ".join(f"({one.format(scope=SELLERS[who], object=object)})" for one in ways)
        if object == "ticket" and who in ("supervisor", "amelia"):
            conditions += f" or {MY_REPORTS_CUSTOMER}"
        if object == "ticket" and who == "director":
            conditions = "true"
        expected = by_hand(demo, who, f'select id from "{object}" where {conditions}')
        found = seen(demo, who, object)
        assert found == expected, (who, object, len(found), len(expected))


@pytest.mark.parametrize("who", READ_WHOLE)
def test_other_roles_see_all_of_what_they_work_with_and_nothing_of_the_rest(demo: Company, who: str) -> None:
    for object in READ_WHOLE[who]:
        assert seen(demo, who, object) == by_hand(demo, who, f'select id from "{object}"'), (who, object)
    for object in EVERYTHING - READ_WHOLE[who] - {"activity", "task"}:
        if (who, object) != ("marketing", "expense"):  # his own ones
            with pytest.raises(NotAllowed):
                seen(demo, who, object)


def test_every_role_sees_something_different(demo: Company) -> None:
    numbers = {
        who: tuple(len(seen(demo, who, object)) for object in ("account", "opportunity", "contract")) for who in SELLERS
    }
    assert len(set(numbers.values())) == len(numbers)
    assert all(min(found) > 0 for found in numbers.values()), numbers
    for narrow, wide in (("rep", "supervisor"), ("supervisor", "amelia"), ("amelia", "director")):
        assert all(a < b for a, b in zip(numbers[narrow], numbers[wide], strict=True)), numbers


def test_an_assistant_sees_the_contracts_of_the_one_he_acts_for(demo: Company) -> None:
    director = demo.user("director")
    _, rows = demo.database.read(demo.tenant, "select id from contract where owner = %s", [director])
    assert rows
    assert {str(id) for (id,) in rows} == seen(demo, "assistant", "contract")


def test_a_queue_is_worked_by_its_team_alone(demo: Company) -> None:
    sql = "select l.id from lead l join \"user\" u on u.id = l.owner where u.kind = 'queue'"
    waiting = by_hand(demo, "rep", sql)
    assert len(waiting) > 20
    assert waiting <= seen(demo, "supervisor", "lead")
    assert not waiting & seen(demo, "rep", "lead")


def test_whoever_holds_nothing_sees_nothing(demo: Company) -> None:
    for object in WAYS:
        with pytest.raises(NotAllowed):
            seen(demo, "shilei", object)
