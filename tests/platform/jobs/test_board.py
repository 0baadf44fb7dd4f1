"""What people see of jobs and do about them: over HTTP, on the command line, in the audit log, as gauges."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import redis
from click.testing import CliRunner

from dougong_platform.cli.group import main
from dougong_platform.jobs import Work, handles, put
from dougong_platform.jobs.gauges import KEY, record
from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.sweep import Swept
from reading import Client, Reading


@pytest.fixture
def topic(reading: Reading) -> Iterator[str]:
    """A topic whose handler fails for good until `_broken` is emptied."""
    reading.run("delete from _outbox")
    name = f"topic_{uuid.uuid4().hex[:8]}"
    _broken.add(name)

    @handles(name, attempts=1)
    def work(work: Work) -> None:
        if name in _broken:
            raise ValueError(f"no paper in {work.payload.get('shelf')}")

    yield name
    reading.run("delete from _outbox")


_broken: set[str] = set()


def fail(reading: Reading, topic: str, **payload: object) -> int:
    with reading.database.transaction(reading.tenant) as tx:
        identifier = put(tx, topic, dict(payload))
    relay(reading.database, reading.tenant)
    return identifier


def test_jobs_are_counted_by_topic_and_listed_with_their_error_and_payload(
    reading: Reading, client: Client, topic: str
) -> None:
    identifier = fail(reading, topic, shelf="red")
    with reading.database.transaction(reading.tenant) as tx:
        put(tx, "records", {"object": "book", "op": "update", "count": 3, "ids": ["a", "b", "c"]})
        put(tx, "automation", {"automation": "remind", "object": "book", "ids": ["a"]}, delay=60)
    status, body = client.get("/api/v1/jobs")
    assert status == 200
    counts = {one["topic"]: one for one in body["topics"]}
    assert (counts["records"]["due"], counts["automation"]["later"], counts[topic]["dead"]) == (1, 1, 1)
    assert counts["records"]["label"] == "Changes of records"
    assert [one["topic"] for one in body["jobs"]] == ["automation", "records", topic]
    assert body["jobs"][0]["summary"] == "“remind” · 1 · Books"
    assert body["jobs"][1]["summary"] == "3 · Books · changed"
    status, body = client.get("/api/v1/jobs", state="dead")
    (dead,) = body["jobs"]
    assert (dead["id"], dead["failed"], dead["payload"]) == (
        identifier,
        "ValueError: no paper in red",
        {"shelf": "red"},
    )
    assert client.get(f"/api/v1/jobs/{identifier}")[1] == dead


def test_pages_follow_one_another(reading: Reading, client: Client, topic: str) -> None:
    ids = [fail(reading, topic, shelf=number) for number in range(3)]
    _, first = client.get("/api/v1/jobs", limit=2)
    _, second = client.get("/api/v1/jobs", limit=2, before=first["next"])
    assert [one["id"] for one in first["jobs"] + second["jobs"]] == ids[::-1]
    assert second["next"] is None
    assert client.get("/api/v1/jobs", state="lost")[0] == 400
    assert client.get("/api/v1/jobs", limit=0)[0] == 400


def test_a_failed_job_runs_again_with_all_its_attempts(reading: Reading, client: Client, topic: str) -> None:
    identifier = fail(reading, topic, shelf="red")
    _broken.discard(topic)
    assert client.post(f"/api/v1/jobs/{identifier}/again")[0] == 204
    relay(reading.database, reading.tenant)
    assert client.get(f"/api/v1/jobs/{identifier}")[0] == 404  # done
    entry = reading.run("select actor::text, target, details from _audit where action = 'job.run_again'")[-1]
    assert entry[:2] == (reading.ann, str(identifier))
    assert entry[2]["content"] == {"shelf": "red"}


def test_all_of_a_topic_run_again_at_once(reading: Reading, client: Client, topic: str) -> None:
    for number in range(3):
        fail(reading, topic, shelf=number)
    assert client.post("/api/v1/jobs/again", {"topic": "something_else"}) == (200, {"count": 0})
    _broken.discard(topic)
    assert client.post("/api/v1/jobs/again", {"topic": topic}) == (200, {"count": 3})
    relay(reading.database, reading.tenant)
    assert reading.run("select count(*) from _outbox") == [(0,)]


def test_a_failed_job_is_deleted_for_good_and_the_audit_keeps_what_it_was(
    reading: Reading, client: Client, topic: str
) -> None:
    identifier = fail(reading, topic, shelf="red")
    assert client.post(f"/api/v1/jobs/{identifier}", method="DELETE")[0] == 204
    assert client.post(f"/api/v1/jobs/{identifier}", method="DELETE")[0] == 404
    ((details,),) = reading.run(
        "select details from _audit where action = 'job.deleted' and target = %s", [str(identifier)]
    )
    assert details["content"] == {"shelf": "red"}
    assert details["reason"] == "ValueError: no paper in red"


def test_what_did_not_fail_is_neither_run_again_nor_deleted(reading: Reading, client: Client, topic: str) -> None:
    with reading.database.transaction(reading.tenant) as tx:
        identifier = put(tx, topic, {}, delay=60)
    assert client.post(f"/api/v1/jobs/{identifier}/again")[0] == 404
    assert client.post(f"/api/v1/jobs/{identifier}", method="DELETE")[0] == 404
    assert client.get("/api/v1/jobs/nonsense")[0] == 404


def test_it_takes_the_system_right_jobs(reading: Reading, client_of, topic: str) -> None:  # type: ignore[no-untyped-def]  # a fixture
    bob = client_of(reading.bob)
    assert bob.get("/api/v1/jobs")[0] == 403
    assert bob.post("/api/v1/jobs/again", {})[0] == 403


def test_the_operator_sees_all_tenants_and_runs_again(
    reading: Reading, topic: str, monkeypatch: pytest.MonkeyPatch, redis_url: str
) -> None:
    identifier = fail(reading, topic, shelf="red")
    monkeypatch.setenv("DATABASE_URL", reading.database.dsn)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("DOUGONG_SECRET", "test")
    runner = CliRunner()
    shown = runner.invoke(main, ["jobs", "list"])
    assert shown.output.splitlines() == ["tenant\tdue\toldest_s\tfailing\tdead", "library\t0\t0\t0\t1"]
    shown = runner.invoke(main, ["jobs", "show", "--tenant", "library"])
    assert shown.output.startswith(f"{identifier}\t")
    assert "no paper in red" in shown.output
    assert runner.invoke(main, ["jobs", "again", "--tenant", "library"]).exit_code == 2
    _broken.discard(topic)
    assert runner.invoke(main, ["jobs", "again", "--tenant", "library", "--all"]).exit_code == 0
    assert relay(reading.database, reading.tenant) == 1


def test_gauges_show_what_the_last_sweep_found(client: Client, redis_url: str) -> None:
    from dougong_platform.jobs.gauges import show_gauges

    show_gauges(redis_url)
    try:
        record(redis_url, {"library": Swept(("now",), 7, 12.5, 2)})
        text = client.open("/metrics").get_data(as_text=True)
        assert 'dougong_outbox_waiting{tenant="library"} 7.0' in text
        assert 'dougong_outbox_oldest_seconds{tenant="library"} 12.5' in text
        assert 'dougong_outbox_dead{tenant="library"} 2.0' in text
        show_gauges("redis://127.0.0.1:1/0")
        assert client.open("/metrics").status_code == 200  # Redis is away: nothing to show
    finally:
        show_gauges(None)
        with redis.Redis.from_url(redis_url) as found:
            found.delete(KEY)
