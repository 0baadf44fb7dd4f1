"""The demo company itself: its tree, its lines, and what lasts for a time only."""

from __future__ import annotations

import datetime as dt

from demo_company import Company
from dougong_platform.query.allowed import allowed_actions
from dougong_tenants.organisation import Organisation, organisation_of

NOW = dt.datetime.now(dt.UTC)


def organisation(demo: Company) -> Organisation:
    return organisation_of(demo.database, demo.tenant)


def rows(demo: Company, sql: str, *values: object) -> list[str]:
    return [str(id) for (id,) in demo.database.read(demo.tenant, sql, list(values), custom_plan=False)[1]]


def test_sixty_people_sit_in_departments_five_levels_deep(demo: Company) -> None:
    known = organisation(demo)
    people = [one for one in known.people.values() if one.kind == "person"]
    assert 55 <= len(people) <= 70
    assert max(len([*known.departments_above(one)]) + 1 for one in known.departments) == 5
    assert all(one.department for one in people)


def test_everybody_reports_to_the_head_and_the_sellers_to_the_director(demo: Company) -> None:
    known, boss, director = organisation(demo), demo.user("boss"), demo.user("director")
    for one in known.people.values():
        if one.kind == "person" and one.id != boss:
            assert boss in known.line_above(one.id), one.name
    assert [known.people[id].email for id in known.line_above(demo.user("rep"))] == [
        *(f"{who}@demo.test" for who in ("supervisor", "amelia", "director", "boss")),
    ]
    assert director in known.line_above(demo.user("marco"))


def test_sets_come_by_position_and_department_and_the_auditors_ends(demo: Company) -> None:
    known = organisation(demo)
    for who, name in (("rep", "sales_rep"), ("supervisor", "sales_supervisor"), ("service", "service")):
        grants = known.grants_of(demo.user(who), NOW)
        assert [(one.permission_set, one.user) for one in grants] == [(name, None)]
    auditor = demo.user("auditor")
    assert known.permission_sets(auditor, NOW) == ("boss",)
    assert known.permission_sets(auditor, NOW + dt.timedelta(days=31)) == ()


def test_who_stands_in_for_somebody_on_leave_does_so_for_a_while(demo: Company) -> None:
    known, lei, away = organisation(demo), demo.user("lei"), demo.user("xiaotong")
    assert away in known.reach(lei, NOW).own
    assert away not in known.reach(lei, NOW + dt.timedelta(days=46)).own


def test_a_deals_team_works_on_it_and_specialists_on_all_of_their_industry(demo: Company) -> None:
    mine = rows(demo, "select record from _share where subject = %s and role = '协同销售'", demo.user("yining"))
    assert len(mine) == 4
    yining, specialist = demo.caller("yining"), demo.caller("shaoting")
    for one in mine:
        assert allowed_actions(yining, "opportunity", one) == {"read", "update"}
    sql = "select o.id from opportunity o join account a on a.id = o.account where (a.industry = 'healthcare') = %s"
    strangers = f"{sql} and %s::uuid not in (o.owner, a.owner) limit 5"
    for one in rows(demo, strangers, True, demo.user("shaoting")):
        assert allowed_actions(specialist, "opportunity", one) == {"read", "update"}
    for one in rows(demo, strangers, False, demo.user("shaoting")):
        assert allowed_actions(specialist, "opportunity", one) == frozenset()


def test_customers_shared_for_a_month_bring_along_what_hangs_on_them(demo: Company) -> None:
    rep = demo.user("rep")
    shared = rows(demo, "select record from _share where subject = %s and object = 'account'", rep)
    assert len(shared) == 3
    ends = rows(demo, "select distinct expires_at from _share where subject = %s and object = 'account'", rep)
    assert all(29 <= (dt.datetime.fromisoformat(one) - NOW).days <= 31 for one in ends)
    caller = demo.caller("rep")
    for object in ("contact", "opportunity", "contract"):
        for one in rows(demo, f"select id from {object} where account = any(%s::uuid[])", shared):
            assert "read" in allowed_actions(caller, object, one), object
