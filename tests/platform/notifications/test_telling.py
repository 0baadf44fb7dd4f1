"""Telling people something within a transaction: who hears it, once, and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong_platform.notifications import email, notify
from dougong_platform.notifications.mail_server import hang_mail_server
from dougong_platform.settings import Settings
from dougong_tenants import people
from sharing import Sharing

TITLE = {"en": "It is due", "zh": "已到期"}


@pytest.fixture(autouse=True)
def mail_server(sharing: Sharing) -> Iterator[None]:
    """One that is never spoken to here: what is queued for it is what counts."""
    hang_mail_server(Settings(home=Path("/nowhere"), smtp_url="smtp://127.0.0.1:9"))
    sharing.reading.run("delete from _outbox returning 1")
    yield
    hang_mail_server(Settings(home=Path("/nowhere")))


def tell(sharing: Sharing, *names: str, **more: Any) -> list[str]:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        users = [sharing[name] for name in names]
        return notify(tx, tenant=sharing.reading.tenant, users=users, **{"title": TITLE, **more})


def queued(sharing: Sharing, topic: str) -> list[dict[str, Any]]:
    return [row[0] for row in sharing.reading.run("select payload from _outbox where topic = %s order by id", [topic])]


def prefer(sharing: Sharing, name: str, topic: str, *, inbox: bool = True, mail: str = "now") -> None:
    sharing.reading.run(
        'insert into _notification_preference values (%s, %s, %s, %s, true) on conflict ("user", topic)'
        " do update set inbox = excluded.inbox, email = excluded.email returning 1",
        [sharing[name], topic, inbox, mail],
    )


def times(sharing: Sharing, name: str, quiet: tuple[dt.time, dt.time] | None, digest: dt.time = dt.time(8, 30)) -> None:
    start, end = quiet or (None, None)
    sharing.reading.run(
        'insert into _notification_times values (%s, %s, %s, %s) on conflict ("user") do update'
        " set quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest_at = excluded.digest_at"
        " returning 1",
        [sharing[name], start, end, digest],
    )


def test_everybody_named_is_told_once_in_the_inbox_and_by_mail(sharing: Sharing) -> None:
    made = tell(sharing, "bob", "cat", "bob")
    rows = sharing.reading.run('select "user", title, topic from _notification where id = any(%s::uuid[])', [made])
    assert sorted(row[0] for row in rows) == sorted([sharing["bob"], sharing["cat"]])
    assert rows[0][1:] == (TITLE, "automation")
    assert queued(sharing, "email") == [{"notification": id} for id in made]


def test_a_key_tells_each_user_once_however_often_it_comes(sharing: Sharing) -> None:
    assert len(tell(sharing, "bob", key="due/1")) == 1
    assert tell(sharing, "bob", key="due/1") == []
    assert len(tell(sharing, "bob", "cat", key="due/1")) == 1
    assert len(queued(sharing, "email")) == 2


def test_a_queue_stands_for_the_members_of_its_team_and_who_has_left_hears_nothing(sharing: Sharing) -> None:
    made = tell(sharing, "inbox")
    rows = sharing.reading.run('select "user" from _notification where id = any(%s::uuid[])', [made])
    assert rows == [(sharing["fay"],)]
    gone = people.create_user(
        sharing.reading.database, sharing.reading.tenant, {"name": "Gus", "email": "gus@library.test"}
    )
    people.deactivate_user(sharing.reading.database, sharing.reading.tenant, gone.id)
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        assert notify(tx, tenant=sharing.reading.tenant, users=[gone.id, "no id"], title=TITLE) == []


def test_what_is_rolled_back_was_never_told(sharing: Sharing) -> None:
    before = sharing.reading.run("select count(*) from _notification")
    with pytest.raises(RuntimeError), sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        notify(tx, tenant=sharing.reading.tenant, users=[sharing["bob"]], title=TITLE)
        raise RuntimeError
    assert sharing.reading.run("select count(*) from _notification") == before
    assert queued(sharing, "email") == []


def test_each_goes_where_its_receiver_wants_it(sharing: Sharing) -> None:
    prefer(sharing, "cat", "automation", mail="off")
    prefer(sharing, "dan", "automation", inbox=False, mail="now")
    made = tell(sharing, "cat", "dan")
    rows = dict(sharing.reading.run('select "user", inbox from _notification where id = any(%s::uuid[])', [made]))
    assert rows == {sharing["cat"]: True, sharing["dan"]: False}
    [mail] = queued(sharing, "email")
    assert sharing.reading.run('select "user" from _notification where id = %s', [mail["notification"]]) == [
        (sharing["dan"],)
    ]


def test_a_digest_gathers_a_day_in_one_row_of_the_outbox(sharing: Sharing) -> None:
    prefer(sharing, "eve", "automation", mail="digest")
    tell(sharing, "eve")
    tell(sharing, "eve")
    assert queued(sharing, "email") == []
    [work] = queued(sharing, "digest")
    assert work["user"] == sharing["eve"]
    rows = sharing.reading.run(
        'select count(*) from _notification where "user" = %s and slot = %s', [work["user"], work["slot"]]
    )
    assert rows == [(2,)]
    [(seconds,)] = sharing.reading.run(
        "select abs(extract(epoch from (due at time zone 'Asia/Shanghai')::time - time '08:30'))::float8 from _outbox"
        " where topic = 'digest'"
    )
    assert seconds < 2


def test_a_digest_that_has_gone_leaves_what_comes_later_to_the_next_day(sharing: Sharing) -> None:
    prefer(sharing, "dan", "automation", mail="digest")
    tell(sharing, "dan")
    [first] = queued(sharing, "digest")
    sharing.reading.run("update _notification_slot set done_at = now() returning 1")
    tell(sharing, "dan")
    later = queued(sharing, "digest")[-1]
    assert dt.date.fromisoformat(later["slot"]) - dt.date.fromisoformat(first["slot"]) == dt.timedelta(days=1)


def test_quiet_hours_put_mails_off_until_they_end_but_not_the_inbox(sharing: Sharing) -> None:
    here = dt.datetime.now(dt.timezone(dt.timedelta(hours=8)))  # the tenant's zone, which has no daylight saving
    end = (here + dt.timedelta(hours=2)).time().replace(second=0, microsecond=0)
    times(sharing, "fay", ((here - dt.timedelta(hours=1)).time(), end))
    made = tell(sharing, "fay")
    assert sharing.reading.run("select inbox from _notification where id = %s", made) == [(True,)]
    assert queued(sharing, "email") == []
    assert len(queued(sharing, "digest")) == 1
    times(sharing, "fay", (end, (here + dt.timedelta(hours=3)).time()))
    tell(sharing, "fay")
    assert len(queued(sharing, "email")) == 1


def test_mails_to_addresses_go_once_each_and_not_to_what_is_none(sharing: Sharing) -> None:
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        wanted = ["a@x.test", "a@x.test", " b@x.test", "nobody", "c@x.test\r\nBcc: d@x.test", ""]
        first = email(tx, sharing.reading.tenant, to=wanted, subject="Two\r\nlines", text="Hello", key="k")
        again = email(tx, sharing.reading.tenant, to=wanted, subject="Two\r\nlines", text="Hello", key="k")
    assert (len(first), again) == (2, [])
    rows = sharing.reading.run("select recipient, subject from _email order by recipient")
    assert rows == [("a@x.test", "Two lines"), ("b@x.test", "Two lines")]
    assert [mail["email"] for mail in queued(sharing, "email")] == first


def test_without_a_mail_server_no_mail_is_queued(sharing: Sharing) -> None:
    hang_mail_server(Settings(home=Path("/nowhere")))
    assert len(tell(sharing, "bob")) == 1
    with sharing.reading.database.transaction(sharing.reading.tenant) as tx:
        assert email(tx, sharing.reading.tenant, to=["a@x.test"], subject="s", text="t") == []
    assert sharing.reading.run("select count(*) from _outbox") == [(0,)]
