"""One row a tenant says when to look: it is right after each look, after writes and after what changes the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from clockwork import Waiting, rule
from dougong_platform.backups.restore import restore
from dougong_platform.backups.save import save
from dougong_platform.wakeups.moments import iso
from dougong_tenants.tenancy import drop, get
from dougong_tenants.wakeups import due_tenants

Make = Callable[..., Waiting]
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def nine(name: str = "remind") -> object:
    return rule(name, on={"date": "due", "time": "09:00"})


def test_without_rules_nobody_looks_again_until_some_are_published(waiting: Make) -> None:
    it = waiting()
    assert it.is_due(it.now())  # nobody has looked yet
    it.pass_by(it.now())
    assert it.wakeup == "infinity"
    assert not it.is_due(moment("2099-01-01T00:00"))
    it.publish(nine())
    assert it.is_due(it.now())
    it.pass_by(it.now())
    assert not it.is_due(it.now())


def test_one_statement_finds_the_tenants_whose_time_has_come_and_no_others(waiting: Make) -> None:
    sleeping, soon, later = waiting(), waiting(nine()), waiting(rule("daily", on={"cron": "0 9 * * *"}))
    now = moment("2083-06-09T00:58")
    soon.add({"title": "A", "due": "2083-06-09"})
    for it in (sleeping, soon, later):
        it.pass_by(now)

    def due(at: dt.datetime) -> set[str]:
        return set(due_tenants(soon.database, now=iso(at))) & {sleeping.name, soon.name, later.name}

    assert due(now + MINUTE) == set()
    assert due(now + 2 * MINUTE) == {soon.name, later.name}
    assert due_tenants(soon.database, now=iso(now + 2 * MINUTE), name=soon.name) == [soon.name]


def test_the_next_look_is_at_the_next_due_time_and_at_most_ten_minutes_away(waiting: Make) -> None:
    it = waiting(nine())
    it.add({"title": "A", "due": "2083-06-09"}, {"title": "B", "due": "2083-06-10"})
    it.scan(moment("2083-06-09T00:55"))
    assert it.wakeup == "2083-06-09 01:00:00+00"
    it.scan(moment("2083-06-09T01:00"))
    assert it.wakeup == "2083-06-09 01:10:00+00"


def test_a_date_for_the_next_minute_lowers_it_and_one_for_tomorrow_does_not(waiting: Make) -> None:
    it = waiting(nine())
    now = moment("2083-06-09T00:59:10")
    it.pass_by(now)
    it.add({"title": "tomorrow", "due": "2083-06-10"})
    it.events(now)
    assert it.wakeup == "2083-06-09 01:09:10+00"
    (book,) = it.add({"title": "now", "due": "2083-06-09"})
    it.events(now)
    assert it.wakeup == "2083-06-09 01:00:00+00"
    assert it.pass_by(moment("2083-06-09T01:00:15")) == 1
    assert it.told() == [("remind", book, "2083-06-09T01:00:00Z")]


def test_writes_that_bring_no_date_leave_it_alone(waiting: Make) -> None:
    it = waiting(nine())
    books = it.add({"title": "A", "due": "2083-06-09"}, {"title": "B"})
    it.pass_by(moment("2083-06-09T01:00"))
    before = it.wakeup, it.run("select asked, answered from _wakeup_rule")
    for book in books:
        it.change(book, title="other")
    it.add({"name": "shelf"}, object="shelf")
    it.delete(*books)
    it.events(moment("2083-06-09T01:01"))
    assert (it.wakeup, it.run("select asked, answered from _wakeup_rule")) == before


def test_a_tenant_that_goes_takes_its_row_along(waiting: Make) -> None:
    it = waiting(nine())
    it.pass_by(it.now())
    drop(it.database, it.name)
    names = it.database.read_control("select count(*) from dougong.wakeup w where not exists"
                                     " (select from dougong.tenant t where t.id = w.tenant)")  # fmt: skip
    assert names == [(0,)]


def test_what_fell_due_before_a_restore_is_not_told_by_the_copy(waiting: Make, tmp_path: Path) -> None:
    it = waiting(nine(), rule("minutely", on={"cron": "* * * * *"}))
    today = (it.now() + dt.timedelta(hours=8)).date()
    it.add({"title": "A", "due": (today + DAY).isoformat()})
    it.pass_by(it.now())
    for day in (-DAY * 400, -DAY):  # as if the rule were old, and its due times not looked at since
        it.run(
            "update _wakeup_rule set since = since + %s::interval, until = until + %s::interval", (str(day), str(day))
        )
    it.add({"title": "B", "due": (today - DAY).isoformat()})
    save(it.database, it.tenant, tmp_path / "home", tmp_path / "backup")
    restore(it.database, tmp_path / "home", tmp_path / "backup", it.name, f"{it.name}_copy")
    copy = Waiting(it.database, f"{it.name}_copy", it.user)
    assert get(copy.database, copy.name).status == "active"
    assert copy.is_due(copy.now())
    copy.pass_by(copy.now())
    assert [told for told in copy.payloads() if told["automation"] == "remind"] == []
    assert copy.pass_by(copy.now() + 2 * DAY) >= 1
    assert len([told for told in copy.payloads() if told["automation"] == "remind"]) == 1
