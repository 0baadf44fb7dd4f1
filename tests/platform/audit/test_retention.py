"""The audit log is kept as long as the tenant decides and purged by the schema's owner alone, which is an entry too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_platform.audit.handlers import purge_old_entries
from dougong_platform.jobs.topics import sweepers
from dougong_tenants import audit
from dougong_tenants.audit.retention import purge
from reading import Client, Reading

PATH = "/api/v1/audit/policy"


def add(reading: Reading, days_ago: int, count: int = 1, action: str = "shelf.moved") -> None:
    with reading.database.owner(reading.tenant) as connection:
        connection.execute(
            "insert into _audit (at, action) select now() - make_interval(days => %s), %s from generate_series(1, %s)",
            [days_ago, action, count],
        )


def count(reading: Reading, action: str) -> int:
    return int(reading.run("select count(*) from _audit where action = %s", [action])[0][0])


def last(reading: Reading) -> tuple[Any, ...]:
    return reading.run("select action, actor, via, target, details from _audit order by seq desc limit 1")[0]


def choose(client: Client, days: Any) -> tuple[int, Any]:
    return client.post(PATH, {"days": days}, method="PUT")


def test_two_years_is_what_holds_until_somebody_decides(reading: Reading, client: Client) -> None:
    assert client.get(PATH) == (200, {"days": 730, "changed_at": None, "changed_by": None})
    add(reading, 729, action="shelf.kept")
    add(reading, 731, action="shelf.gone")
    purge_old_entries(reading.database, reading.tenant)
    assert (count(reading, "shelf.kept"), count(reading, "shelf.gone")) == (1, 0)


def test_a_decision_is_noted_with_what_held_before(reading: Reading, client: Client) -> None:
    status, body = choose(client, 90)
    assert (status, body["days"], body["changed_by"]) == (200, 90, reading.ann)
    before = count(reading, "policy.changed")
    assert last(reading) == ("policy.changed", reading.ann, "token", "audit", {"changes": {"days": [730, 90]}})
    choose(client, 90)
    assert count(reading, "policy.changed") == before, "the same again is no change"


@pytest.mark.parametrize("days", [29, 0, -1, 36_501, 2**70, 90.5, "90", True])
def test_what_is_too_short_or_no_number_is_refused(client: Client, days: Any) -> None:
    assert choose(client, days)[0] in (400, 422)
    assert choose(client, 90)[1]["days"] == 90


def test_old_entries_go_in_batches_and_the_purge_is_one_entry(reading: Reading, client: Client) -> None:
    choose(client, 30)
    purge(reading.database, reading.tenant)
    add(reading, 31, count=25)
    add(reading, 29, count=3, action="shelf.kept")
    kept = count(reading, "shelf.kept")
    assert purge(reading.database, reading.tenant, batch=10) == 25
    action, actor, _, target, details = last(reading)
    assert (action, actor, target, details["entries"], details["days"]) == ("audit.purged", None, "audit", 25, 30)
    assert (count(reading, "shelf.moved"), count(reading, "shelf.kept")) == (0, kept)


def test_where_nothing_is_old_nothing_is_purged_and_nothing_noted(reading: Reading, client: Client) -> None:
    choose(client, 30)
    purge(reading.database, reading.tenant)
    before = count(reading, "audit.purged")
    assert purge(reading.database, reading.tenant) == 0
    assert count(reading, "audit.purged") == before


def test_for_ever_is_for_ever(reading: Reading, client: Client) -> None:
    assert choose(client, None)[1]["days"] is None
    add(reading, 30_000, action="shelf.ancient")
    assert purge(reading.database, reading.tenant) == 0
    assert count(reading, "shelf.ancient") == 1


def test_two_workers_do_not_purge_at_once(reading: Reading, client: Client) -> None:
    choose(client, 30)
    add(reading, 31)
    with reading.database.owner(reading.tenant) as other:
        other.execute("select pg_advisory_lock(hashtextextended('dougong audit ' || current_schema(), 0))")
        assert purge(reading.database, reading.tenant) == 0
    assert purge(reading.database, reading.tenant) > 0


def test_the_sweep_purges_daily() -> None:
    (daily,) = (sweeper for sweeper in sweepers() if sweeper.run is purge_old_entries)
    assert daily.every == 86_400


def test_who_may_not_read_the_log_does_not_shorten_it(reading: Reading, client_of: Callable[..., Client]) -> None:
    assert choose(client_of(reading.bob), 30)[0] == 403
    with audit.under(), pytest.raises(Exception, match="permission denied"):
        reading.run("delete from _audit")
