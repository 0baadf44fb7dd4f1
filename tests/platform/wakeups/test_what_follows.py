"""From the clock to the effect: what the relay does with what a look put into the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from clockwork import Waiting, rule
from dougong_metadata.documents import Document
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers

NOW = dt.datetime(2083, 6, 9, 1, 0, tzinfo=dt.UTC)


def test_a_due_record_is_changed_once_and_the_run_says_when_it_was_due(waiting: Callable[..., Waiting]) -> None:
    load_handlers()
    it = waiting(
        rule("remind", on={"date": "due", "time": "09:00"}, do=[{"update": {"set": {"state": '"done"'}}}]),
        Document(
            "automation",
            "daily",
            {"on": {"cron": "0 9 * * *"}, "do": [{"create": {"object": "shelf", "values": {"name": '"daily"'}}}]},
        ),
    )
    due, other = it.add(
        {"title": "due", "state": "open", "due": "2083-06-09"}, {"title": "other", "state": "open", "due": "2083-06-10"}
    )
    it.pass_by(NOW - dt.timedelta(hours=20))
    it.run("delete from _outbox")
    for seconds in (0, 15, 30):
        it.pass_by(NOW + dt.timedelta(seconds=seconds))
        while relay(it.database, it.tenant):
            pass
    assert dict(it.run("select id, state || version from book")) == {due: "done2", other: "open1"}
    assert it.run("select name from shelf") == [("daily",)]
    assert it.run("select failed from _outbox") == []
    logged = it.run("select automation, due::text from _automation_run order by automation")
    assert logged == [("daily", "2083-06-09 01:00:00+00"), ("remind", "2083-06-09 01:00:00+00")]
