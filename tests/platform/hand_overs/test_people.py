"""What hangs on a person goes along if it is ticked, and comes back with the undo."""

from __future__ import annotations

from dataclasses import asdict

from dougong_platform import own_documents
from dougong_platform.hand_overs import Plan, preview
from dougong_platform.own_documents.sharing import share
from dougong_platform.people.acting import acting_as
from dougong_platform.people.directory import teams
from dougong_platform.reports.subscriptions import keeping as subscriptions
from dougong_platform.reports.subscriptions.clock import send_due
from dougong_tenants.people import (
    access_of,
    create_department,
    create_team,
    deactivate_user,
    set_members,
    update_department,
    update_user,
)
from dougong_tenants.tokens import issue
from handing import Handing

ALL = frozenset({"reports", "departments", "teams", "tokens", "sessions"})


def managers(handing: Handing, *users: str) -> list[str | None]:
    found = dict(handing.rows('select id, manager from "user"'))
    return [found[user] for user in users]


def manage(handing: Handing, user: str, manager: str | None) -> None:
    update_user(handing.database, handing.tenant, user, {"manager": manager})


def test_reports_departments_and_teams_go_to_the_successor_and_tokens_end(handing: Handing) -> None:
    old, new, boss, one, two = (handing.user(name) for name in ("chief", "heir", "boss", "one", "two"))
    for user, manager in ((old, boss), (new, old), (one, old), (two, old)):
        manage(handing, user, manager)
    room = create_department(handing.database, handing.tenant, {"name": "Room", "head": old})
    team = create_team(handing.database, handing.tenant, "Team")
    both = create_team(handing.database, handing.tenant, "Both")
    set_members(handing.database, handing.tenant, team, {old: "lead", one: None})
    set_members(handing.database, handing.tenant, both, {old: "lead", new: "guest"})
    issue(handing.database, handing.tenant, old, name="Script")
    seen = preview(handing.caller, Plan(old, (new,)))
    assert seen.parts == {"reports": 3, "departments": 1, "teams": 2, "documents": 0, "tokens": 1, "sessions": 0}
    assert [name for _, name in asdict(seen.charges)["reports"]] == ["heir", "one", "two"]

    done = handing.run(Plan(old, (new,), {}, ALL))
    assert managers(handing, new, one, two) == [boss, new, new]
    assert handing.rows("select head from department where id = %s", [room]) == [(new,)]
    members = {t.name: {m["name"]: m["role"] for m in t.members} for t in teams(handing.caller)}
    assert members == {"Team": {"heir": "lead", "one": None}, "Both": {"heir": "guest"}}
    assert access_of(handing.database, handing.tenant, [old])[old].tokens == 0

    manage(handing, two, boss)  # somebody decides otherwise since
    undone = handing.take_back(done.id)
    assert managers(handing, new, one, two) == [old, old, boss]
    assert handing.rows("select head from department where id = %s", [room]) == [(old,)]
    members = {t.name: {m["name"]: m["role"] for m in t.members} for t in teams(handing.caller)}
    assert members == {"Team": {"chief": "lead", "one": None}, "Both": {"chief": "lead", "heir": "guest"}}
    assert undone.counts["people_left"] == [{"part": "reports", "id": two, "code": "changed_since"}]
    assert access_of(handing.database, handing.tenant, [old])[old].tokens == 0  # what ended stays ended


def test_who_would_stand_above_himself_stays_where_he_is(handing: Handing) -> None:
    old, middle, low = (handing.user(name) for name in ("upper", "middle", "low"))
    manage(handing, middle, old)
    manage(handing, low, middle)
    done = handing.run(Plan(old, (low,), {}, frozenset({"reports"})))
    assert managers(handing, middle, low) == [old, middle]
    assert done.moved is not None
    assert done.moved["left"] == [{"part": "reports", "id": middle, "code": "circular_line"}]


def test_what_is_not_ticked_stays_and_the_successor_may_be_another(handing: Handing) -> None:
    old, new, third, report = (handing.user(name) for name in ("unticked", "u_new", "u_third", "u_report"))
    manage(handing, report, old)
    room = create_department(handing.database, handing.tenant, {"name": "Unticked", "head": old})
    books = handing.books(old, 1)
    handing.run(Plan(old, (new,), None, frozenset({"reports"}), third))
    assert handing.owners(books) == [new]
    assert managers(handing, report) == [third]
    assert handing.rows("select head from department where id = %s", [room]) == [(old,)]
    update_department(handing.database, handing.tenant, room, {"head": None})


def test_the_audit_log_tells_who_handed_over_and_who_took_back(handing: Handing) -> None:
    old, new = handing.user("audited"), handing.user("audited_new")
    handing.books(old, 2)
    done = handing.run(Plan(old, (new,)))
    handing.take_back(done.id)
    entries = handing.rows(
        "select action, actor, target, label, details->>'records', details->>'left' from _audit"
        " where action like 'hand_over.%%' and target = %s order by seq",
        [old],
    )
    assert entries == [
        ("hand_over.done", handing.ann, old, "audited", "2", None),
        ("hand_over.undone", handing.ann, old, "audited", "2", "0"),
    ]


def test_own_reports_and_what_is_sent_go_to_the_successor_and_come_back(handing: Handing) -> None:
    old, new = handing.user("reporter"), handing.user("follower")
    keeper = acting_as(handing.database, handing.tenant, old, cause="user")
    mine = own_documents.create(keeper, "report", "Mine", {"object": "user", "values": {"n": "COUNT()"}})
    share(keeper, mine.id, [{"kind": "user", "id": new}, {"kind": "everybody"}])
    put_away = own_documents.create(keeper, "report", "Old", {"object": "user", "values": {"n": "COUNT()"}})
    own_documents.remove(keeper, put_away.id)
    sent = subscriptions.create(keeper, "report", mine.id, {"cadence": "daily", "hour": 8})
    deactivate_user(handing.database, handing.tenant, old)
    plan = Plan(old, (new,), {}, frozenset({"documents"}))
    assert preview(handing.caller, plan).named["documents"] == ((mine.id, "Mine"), (sent.id, "Mine"))

    done = handing.run(plan)
    heir = acting_as(handing.database, handing.tenant, new, cause="user")
    assert own_documents.find(heir, mine.id).is_own
    assert [one["kind"] for one in own_documents.find(heir, mine.id).shared.values()] == ["everybody"]
    assert [one.id for one in subscriptions.list_for(heir)] == [sent.id]
    assert handing.rows("select owner from _own_document where id = %s", [put_away.id]) == [(old,)]
    send_due(handing.database, handing.tenant)
    assert subscriptions.find(heir, sent.id).next_at is not None

    handing.take_back(done.id)
    assert handing.rows("select owner from _own_document where id = %s", [mine.id]) == [(old,)]
    assert handing.rows("select owner from _report_subscription") == [(old,)]
