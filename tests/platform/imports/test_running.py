"""An import is tried, run, killed, resumed and undone; what was acknowledged is there once and nothing is half
there."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import import_worker
from dougong_platform.http.caller import Caller
from dougong_platform.imports import batches, steps, store
from dougong_platform.imports.errors import FileUnreadable, MappingInvalid, WrongState
from dougong_platform.imports.handlers import import_rows
from dougong_platform.imports.run import work
from dougong_platform.imports.values import column_values
from dougong_platform.jobs import Work
from dougong_platform.records import create, update
from dougong_tenants import Database, Tenant
from dougong_tenants.people import create_user
from library import as_user, make_library

HEADER = "title,isbn,genre,price,pages"
MAPPING = {"columns": {name: {"field": name} for name in HEADER.split(",")}, "key": None}


@dataclass
class Importing:
    """An administrator's imports of books."""

    database: Database
    tenant: Tenant
    url: str
    user: str
    home: Path

    @property
    def caller(self) -> Caller:
        return as_user(self.database, self.tenant, self.user)

    def upload(self, text: str, mapping: dict[str, Any] | None = MAPPING, object: str = "book") -> store.Import:
        return steps.upload(
            self.caller, object, "books.csv", io.BytesIO(text.encode()), self.home, 1 << 26, None, mapping
        )

    def run(self, text: str, mapping: dict[str, Any] | None = MAPPING, object: str = "book") -> store.Import:
        job = self.upload(text, mapping, object)
        steps.start(self.caller, job.id)
        work(self.database, self.tenant, job.id)
        return self.read(job.id)

    def read(self, identifier: str) -> store.Import:
        with self.database.transaction(self.tenant) as tx:
            return store.read(tx, identifier)

    def errors(self, identifier: str, *, trial: bool = False) -> list[dict[str, Any]]:
        with self.database.transaction(self.tenant) as tx:
            return store.errors_of(tx, identifier, trial=trial)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.database.transaction(self.tenant) as tx:
            return tx.rows(sql)

    def titles(self, prefix: str) -> list[str]:
        return [
            row[0]
            for row in self.rows(
                f"select title from book where deleted_at is null and title like '{prefix}%%' order by title".replace(
                    "%%", "%"
                )
            )
        ]


@pytest.fixture(scope="module")
def importing(make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Importing]:
    url = make_database()
    database, tenant = make_library(url)
    user = create_user(
        database, tenant, {"name": "Ann", "email": "ann@library.test"}, permission_sets=["administrator"]
    ).id
    yield Importing(database, tenant, url, user, tmp_path_factory.mktemp("home"))
    database.close()


def lines(prefix: str, count: int) -> str:
    return HEADER + "\n" + "".join(f"{prefix} {n:05},{prefix}{n:05},{'ab'[n % 2]},{n}.50,{n}\n" for n in range(count))


def test_good_rows_come_in_and_bad_ones_are_told_with_their_line(importing: Importing) -> None:
    job = importing.run(HEADER + "\nOne,r1,a,9.99,10\nTwo,r2,nonsense,x,10\n,r3,a,1,1\nFour,r4,b,-3,1\n")
    assert (job.state, job.created, job.failed, job.done) == ("done", 1, 3, 4)
    found = {(e["line"], e["field"], e["code"]) for e in importing.errors(job.id)}
    assert found == {
        (3, "genre", "not_a_choice"),
        (3, "price", "not_a_number"),
        (4, "title", "required"),
        (5, "price", "validation"),
    }


def test_a_trial_says_what_the_run_will_say_and_keeps_nothing(importing: Importing) -> None:
    text = lines("trial", 30) + "bad,trialbad,nonsense,1,1\n"
    job = importing.upload(text)
    steps.check(importing.caller, job.id)
    work(importing.database, importing.tenant, job.id)
    tried = importing.read(job.id)
    assert (tried.state, tried.created, tried.failed) == ("checked", 30, 1)
    assert importing.titles("trial") == []
    assert importing.rows(f"select count(*) from _history where cause_ref = '{job.id}'") == [(0,)]
    steps.start(importing.caller, job.id)
    work(importing.database, importing.tenant, job.id)
    ran = importing.read(job.id)
    assert (ran.state, ran.created, ran.failed) == ("done", 30, 1)
    assert len(importing.titles("trial")) == 30


def test_a_key_updates_what_exists_and_says_what_stayed_the_same(importing: Importing) -> None:
    mapping = {**MAPPING, "key": "isbn"}
    importing.run(lines("key", 10), mapping)
    again = importing.run(lines("key", 10).replace("3.50", "99.50", 1) + "new,keynew,a,1,1\n", mapping)
    assert (again.created, again.updated, again.unchanged) == (1, 1, 9)


def test_the_same_key_twice_in_a_file_is_an_error_at_the_later_line(importing: Importing) -> None:
    job = importing.run(HEADER + "\nA,dup1,a,1,1\nB,dup2,a,1,1\nC,dup1,a,1,1\n", {**MAPPING, "key": "isbn"})
    assert (job.created, job.failed) == (2, 1)
    (fault,) = importing.errors(job.id)
    assert (fault["line"], fault["code"]) == (4, "repeated_key")
    assert "2" in fault["message"]


def test_each_claim_gives_one_batch_and_no_batch_is_given_twice(importing: Importing) -> None:
    job = importing.upload(lines("claim", 5))
    with importing.database.transaction(importing.tenant) as tx:
        batches.open_batches(tx, job.id, 20 * batches.ROWS, trial=False)
    given: list[int] = []

    def take() -> None:
        while True:
            with importing.database.transaction(importing.tenant) as tx:
                number = batches.claim(tx, job.id, trial=False)
            if number is None:
                return
            given.append(number)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(20))


def test_a_killed_worker_loses_nothing_and_writes_nothing_twice(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS", 200)
    job = importing.upload(lines("kill", 3_000))
    steps.start(importing.caller, job.id)
    command = [sys.executable, import_worker.__file__, importing.url, importing.tenant.name, job.id]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
    assert process.stdout is not None
    process.stdout.readline()
    until = time.monotonic() + 60
    with importing.database.transaction(importing.tenant) as tx:  # nobody gets the last batch meanwhile
        tx.rows(
            "select 1 from _import_batch where import = %s::uuid and not trial order by number desc limit 1 for update",
            [job.id],
        )
        while importing.read(job.id).done == 0 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    half = importing.read(job.id)
    assert 0 < half.done < 3_000
    assert len(importing.titles("kill")) % 200 == 0
    importing.rows(
        f"update _import_batch set lease_until = now() - interval '1 s' where import = '{job.id}' and"
        f" state = 'working' returning 1"
    )
    work(importing.database, importing.tenant, job.id)
    whole = importing.read(job.id)
    assert (whole.state, whole.created) == ("done", 3_000)
    assert len(importing.titles("kill")) == len(set(importing.titles("kill"))) == 3_000


def test_undo_takes_back_all_but_what_people_changed_since(importing: Importing) -> None:
    before = create(importing.caller, "book", [{"title": "undo old", "isbn": "undo0", "price": "5.00"}]).records[0].id
    mapping = {**MAPPING, "key": "isbn"}
    job = importing.run(HEADER + "\nundo old,undo0,a,7,1\nundo a,undo1,a,1,1\nundo b,undo2,a,1,1\n", mapping)
    assert (job.created, job.updated) == (2, 1)
    changed = importing.rows("select id from book where isbn = 'undo2'")[0][0]
    update(importing.caller, "book", [{"id": changed, "title": "undo b, by hand"}])
    steps.undo(importing.caller, job.id)
    import_rows(Work(importing.database, importing.tenant, None, 0, "import", {"import": job.id, "do": "undo"}, "", 1))
    undone = importing.read(job.id)
    assert (undone.state, undone.problem) == ("undone", {"undone": 2, "left": 1})
    assert importing.titles("undo") == ["undo b, by hand", "undo old"]
    assert importing.rows(f"select price::text from book where id = '{before}'") == [("5.00",)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB of its own; where the machine lets nobody mount one, the test says so."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a full disk needs a file system of its own, which this user may not mount: {mounted.stderr!r}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_fills_up_is_told_and_nothing_is_imported(importing: Importing, small_disk: Path) -> None:
    there = Importing(importing.database, importing.tenant, importing.url, importing.user, small_disk)
    with pytest.raises(FileUnreadable, match="could not store the file"):
        there.upload(lines("disk", 20_000))
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
    job = there.upload(lines("disk", 4_000))
    with pytest.raises(FileUnreadable, match="Nothing was imported"):
        steps.start(there.caller, job.id)
    assert there.read(job.id).state == "draft"
    assert there.titles("disk") == []


def test_a_mapping_names_the_nearest_right_column_and_field(importing: Importing) -> None:
    with pytest.raises(MappingInvalid, match="did you mean “title”"):
        importing.upload(lines("map", 1), {"columns": {"titel": {"field": "title"}}})
    with pytest.raises(MappingInvalid, match="did you mean “title”"):
        importing.upload(lines("map", 1), {"columns": {"title": {"field": "titel"}}})
    with pytest.raises(MappingInvalid, match="not unique"):
        importing.upload(lines("map", 1), {**MAPPING, "key": "title"})
    with pytest.raises(MappingInvalid, match="Two columns"):
        importing.upload(lines("map", 1), {"columns": {"title": {"field": "title"}, "isbn": {"field": "title"}}})


def test_a_finished_import_cannot_be_started_again(importing: Importing) -> None:
    job = importing.run(lines("again", 2))
    with pytest.raises(WrongState):
        steps.start(importing.caller, job.id)


def test_headers_in_either_language_find_their_fields(importing: Importing) -> None:
    job = importing.upload("书名,ISBN,Price (EUR),备注\nZen,1,2.50,x\n", None)
    fields = {header: column["field"] for header, column in job.mapping["columns"].items()}
    assert fields["书名"] == "title"
    assert fields["ISBN"] == "isbn"
    assert fields["Price (EUR)"] == "price"
    assert job.mapping["key"] == "isbn"


def test_a_name_spelt_otherwise_is_offered_and_mapped(importing: Importing) -> None:
    create(importing.caller, "shelf", [{"name": "GTX Pro", "code": "s1"}, {"name": "MG Special", "code": "s2"}])
    mapping: dict[str, Any] = {
        "columns": {"title": {"field": "title"}, "shelf": {"field": "shelf", "by": "name"}},
        "key": None,
    }
    text = "title,shelf\nspelt a,GTXPro\nspelt b,MG Special\n"
    job = importing.upload(text, mapping)
    found = column_values(importing.caller, job)[0]
    assert {(s.text, s.fits, s.nearest) for s in found.seen} == {
        ("GTXPro", False, "GTX Pro"),
        ("MG Special", True, None),
    }
    mapping["columns"]["shelf"]["values"] = {"GTXPro": "GTX Pro"}
    job = importing.run(text, mapping)
    assert (job.created, job.failed) == (2, 0)
    assert importing.rows("select s.name from book b join shelf s on s.id = b.shelf where b.title = 'spelt a'") == [
        ("GTX Pro",)
    ]


def test_somebody_elses_import_does_not_exist(importing: Importing) -> None:
    from dougong_platform.errors import NotFound

    job = importing.upload(lines("own", 1))
    bob = create_user(
        importing.database, importing.tenant, {"name": "Bob", "email": "bob@library.test"}, permission_sets=["reader"]
    ).id
    with pytest.raises(NotFound):
        steps.start(as_user(importing.database, importing.tenant, bob, "reader"), job.id)
