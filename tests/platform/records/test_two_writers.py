"""Two writers at the same moment, over real connections: nobody's change is lost, no key is had twice, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from dougong_platform import records
from dougong_platform.errors import IdempotencyMismatch, RecordsInvalid, StaleVersion
from dougong_platform.records.idempotency import claim, digest, keep


def one(library: Any, object: str = "book", **values: Any) -> str:
    return str(records.create(library.admin, object, [values]).records[0].id)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or raised; all start together."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001  # the outcome is what the test looks at
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def open_write(library: Any) -> Iterator[Any]:
    """A transaction that stays open while the test goes on elsewhere."""
    with library.database.transaction(library.tenant) as tx:
        yield tx


def later(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Start `call` in a thread, give it time to get stuck."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(call())
        except Exception as error:  # noqa: BLE001  # the outcome is what the test looks at
            found.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.3)
    return thread, found


def test_of_two_changes_to_one_version_one_is_told_to_look_again(library: Any) -> None:
    for turn in range(10):
        id = one(library, title="x")
        answers = at_once(
            *(
                lambda n=n, id=id, turn=turn: records.update(
                    library.admin, "book", [{"id": id, "title": f"{turn}-{n}", "version": 1}]
                )
                for n in range(2)
            )
        )
        assert sum(isinstance(a, StaleVersion) for a in answers) == 1, answers
        assert library.row("book", id)["version"] == 2
        assert [v for v, _, _ in library.history(id)] == [1, 2]


def test_of_two_new_records_with_one_key_one_is_refused_by_name(library: Any) -> None:
    for turn in range(10):
        answers = at_once(
            *(
                lambda n=n, turn=turn: records.create(
                    library.admin, "book", [{"title": f"t{n}", "isbn": f"race-{turn}"}]
                )
                for n in range(2)
            )
        )
        (refused,) = [a for a in answers if isinstance(a, Exception)]
        assert isinstance(refused, RecordsInvalid)
        assert [(e.field, e.code) for e in refused.errors] == [("isbn", "not_unique")]


def test_a_partial_batch_loses_only_the_rows_that_collide(library: Any) -> None:
    with open_write(library) as tx:
        records.create(library.admin, "book", [{"title": "first", "isbn": "partial-1"}], tx=tx)
        thread, found = later(
            lambda: records.create(
                library.admin,
                "book",
                [{"title": "a", "isbn": "partial-0"}, {"title": "b", "isbn": "partial-1"}],
                atomic=False,
            )
        )
    thread.join()
    assert [r.ok for r in found[0].records] == [True, False]


def test_upserts_of_one_key_make_one_record(library: Any) -> None:
    for turn in range(5):
        answers = at_once(
            *(
                lambda n=n, turn=turn: records.upsert(
                    library.admin, "book", "isbn", [{"isbn": f"one-{turn}", "title": f"t{n}"}]
                )
                for n in range(4)
            )
        )
        assert all(not isinstance(a, Exception) for a in answers), answers
        assert sum(a.records[0].created for a in answers) == 1
        assert len({a.records[0].id for a in answers}) == 1
        assert library.rows("select count(*) from book where isbn = %s", [f"one-{turn}"]) == [(1,)]


def test_a_parent_that_is_being_deleted_takes_no_new_detail(library: Any) -> None:
    book = one(library, title="x")
    with open_write(library) as tx:
        records.delete(library.admin, "book", [book], tx=tx)
        thread, found = later(lambda: records.create(library.admin, "page", [{"book": book}]))
    thread.join()
    assert isinstance(found[0], RecordsInvalid)
    assert found[0].errors[0].code == "lookup_not_found"


def test_a_detail_that_is_being_made_is_deleted_with_its_parent(library: Any) -> None:
    book = one(library, title="x")
    with open_write(library) as tx:
        page = records.create(library.admin, "page", [{"book": book}], tx=tx).records[0].id
        thread, found = later(lambda: records.delete(library.admin, "book", [book]))
        assert not found
    thread.join()
    assert found[0].records[0].ok
    assert library.row("page", page)["deleted_at"]


def test_a_target_that_blocks_cannot_slip_away_under_a_new_link(library: Any) -> None:
    shelf = one(library, "shelf", name="s")
    with open_write(library) as tx:
        records.create(library.admin, "book", [{"title": "x", "shelf": shelf}], tx=tx)
        thread, found = later(lambda: records.delete(library.admin, "shelf", [shelf]))
    thread.join()
    assert isinstance(found[0], RecordsInvalid)
    assert found[0].errors[0].code == "in_use"


def test_batches_in_opposite_order_do_not_deadlock(library: Any) -> None:
    ids = [r.id for r in records.create(library.admin, "book", [{"title": f"d{n}"} for n in range(50)]).records]
    answers = at_once(
        *(
            lambda n=n: records.update(
                library.admin, "book", [{"id": id, "title": f"by {n}"} for id in (ids if n % 2 else reversed(ids))]
            )
            for n in range(4)
        )
    )
    assert all(not isinstance(a, Exception) for a in answers), answers
    assert {library.row("book", id)["version"] for id in ids} == {5}


def test_an_idempotency_key_has_its_effect_once(library: Any) -> None:
    def write(body: bytes = b"{}") -> Any:
        with library.database.transaction(library.tenant) as tx:
            before = claim(tx, library.admin, "key-1", digest("POST", "/x", body))
            if before is not None:
                return before
            id = records.create(library.admin, "loan", [{"label": "once"}], tx=tx).records[0].id
            keep(tx, library.admin, "key-1", 201, {"id": id})
            return 201, {"id": id}

    answers = at_once(*[write] * 4)
    assert len({str(a) for a in answers}) == 1, answers
    assert library.rows("select count(*) from loan where label = 'once'") == [(1,)]
    with pytest.raises(IdempotencyMismatch):
        write(b"other")


def test_a_key_whose_write_failed_is_free_again(library: Any) -> None:
    for expected in (None, None):
        with pytest.raises(RecordsInvalid), library.database.transaction(library.tenant) as tx:
            assert claim(tx, library.admin, "key-2", b"same") is expected
            records.create(library.admin, "book", [{"title": None}], tx=tx)


def test_a_failed_batch_leaves_the_callers_transaction_usable(library: Any) -> None:
    with library.database.transaction(library.tenant) as tx:
        with pytest.raises(RecordsInvalid):
            records.upsert(library.admin, "book", "isbn", [{"isbn": "sp-1", "title": "x"}, {"isbn": "sp-2"}], tx=tx)
        id = records.create(library.admin, "book", [{"title": "after"}], tx=tx).records[0].id
    assert library.row("book", id)["title"] == "after"
    assert not library.rows("select 1 from book where isbn = 'sp-1'")


_VICTIM = """
import sys
from library import as_user
from dougong_platform import records
from dougong_tenants import Database
from dougong_tenants.tenancy.directory import get
database = Database(sys.argv[1], pool_size=1, secret="test")
caller = as_user(database, get(database, "library"), sys.argv[2])
print("ready", flush=True)
while True:
    made = records.create(caller, "book", [{"title": f"victim {n}", "series": "victim"} for n in range(2000)])
    records.update(caller, "book", [{"id": r.id, "title": f"changed {r.index}"} for r in made.records])
    records.delete(caller, "book", [r.id for r in made.records])
"""


@pytest.mark.parametrize("delay", [0.2, 0.7, 1.3])
def test_a_writer_killed_in_the_middle_leaves_nothing_half_written(library: Any, delay: float) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", _VICTIM, library.database.dsn, library.ann], env=environment, stdout=subprocess.PIPE
    ) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline()
        time.sleep(delay)
        victim.send_signal(signal.SIGKILL)
    time.sleep(0.5)
    whole = library.rows("select count(*) % 2000, count(*) from book where series = 'victim'")[0]
    assert whole[0] == 0
    lost = library.rows("""
        select count(*) from book b left join lateral (select max(h.version) as version, count(*) as entries
        from _history h where h.record = b.id) h on true left join _search s on s.record = b.id
        where b.series = 'victim' and (h.version <> b.version or h.entries <> b.version or
        (s.record is null) <> (b.deleted_at is not null))""")
    assert lost == [(0,)]
