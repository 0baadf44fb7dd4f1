"""Backup and restore: all of a tenant comes back elsewhere; what is no whole backup is refused, and leaves nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict

from dougong_platform import records
from dougong_platform.backups import errors, restore, save
from dougong_platform.backups.archive import SEAL, seal
from dougong_platform.cli import main
from dougong_platform.errors import BadCursor
from dougong_platform.files.store import FileStore
from dougong_platform.integrity import check
from dougong_platform.people.acting import acting_as
from dougong_platform.query import get, list_records
from dougong_platform.query.changes import changes_since
from dougong_platform.releases.restore import restore as restore_release
from dougong_platform.search import find
from dougong_tenants import Database, Tenant, tenancy
from dougong_tenants.people import get_user
from dougong_tenants.sign_in import SignedIn, sign_in
from furnished import PASSWORD, furnish
from house import ROOT

CHILD = str(ROOT / "tests" / "support" / "restore_child.py")
NOT_COMPARED = {"_engine", "_outbox", "_idempotency", "_unconverted"}


@dataclass
class Place:
    """A database and a home."""

    database: Database
    home: Path

    def tenant(self, name: str = "library") -> Tenant:
        return tenancy.get(self.database, name)

    def caller(self, name: str = "library") -> Any:
        tenant = self.tenant(name)
        return acting_as(self.database, tenant, get_user(self.database, tenant, "ann@library.test"), cause="user")

    def wrong(self, name: str = "library") -> list[Any]:
        return [found for _, all_ in check(self.database, self.tenant(name), self.home) for found in all_]

    def rows(self, name: str = "library") -> dict[str, list[str]]:
        """Table -> its rows as JSON, sorted; transaction ids are not compared."""
        with self.database.owner(self.tenant(name)) as connection:
            tables = connection.execute(
                "select relname::text from pg_class where relkind = 'r' and"
                " relnamespace = current_schema()::regnamespace order by 1"
            ).fetchall()
            return {
                table: [
                    row[0]
                    for row in connection.execute(
                        f"""select (to_jsonb(t) - 'xid')::text from "{table}" t order by 1""".encode()
                    )
                ]
                for (table,) in tables
                if table not in NOT_COMPARED
            }

    def left(self) -> tuple[list[Any], list[Any], list[Path]]:
        """What there is of tenants: schemas, their roles, files."""
        with self.database.administrator() as connection:
            schemas = connection.execute("select nspname from pg_namespace where nspname like 't\\_%'").fetchall()
            role = connection.execute("select count(*) from dougong.membership").fetchall()
        return schemas, role, list((self.home / "files").glob("t_*"))


@pytest.fixture(scope="module")
def original(make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    database, _ = furnish(make_database(), home)
    yield Place(database, home)
    database.close()


@pytest.fixture(scope="module")
def file(original: Place) -> Path:
    """The backup of `original`."""
    path = original.home / "library.backup"
    saved = save(original.database, original.tenant(), original.home, path)
    assert (saved.files, saved.missing) == (2, ())
    return path


@pytest.fixture(scope="module")
def installed(make_database: Callable[..., str]) -> str:
    """The name of a database with a control schema and no tenant."""
    url = make_database()
    database = Database(url, 1, secret="test")
    database.install()
    database.close()
    return str(conninfo_to_dict(url)["dbname"])


@pytest.fixture
def elsewhere(installed: str, make_database: Callable[..., str], tmp_path: Path) -> Iterator[Place]:
    """Another installation."""
    database = Database(make_database(installed), 3, secret="another secret")
    database.install()
    yield Place(database, tmp_path / "elsewhere")
    database.close()


NOTHING: tuple[list[Any], list[Any], list[Path]] = ([], [(0,)], [])


def test_everything_comes_back_in_another_installation(original: Place, file: Path, elsewhere: Place) -> None:
    done = restore(elsewhere.database, elsewhere.home, file, "library")
    assert (done.rows, done.files) == (48, 2)
    assert elsewhere.rows() == original.rows()
    assert elsewhere.wrong() == []
    before, after = original.caller(), elsewhere.caller()
    assert after.release == before.release
    for object in ("book", "shelf", "page", "loan"):
        asked: dict[str, Any] = {"sort": ["id"], "count": True, "limit": 100}
        assert list_records(after, object, **asked) == list_records(before, object, **asked)
        assert list_records(after, object, deleted=True, **asked) == list_records(before, object, deleted=True, **asked)
    assert find(after, "长篇") == find(before, "长篇") != []
    assert elsewhere.tenant().label == original.tenant().label
    store, schema = FileStore(elsewhere.home), "t_library"
    for path in (p for p in FileStore(original.home).folder(schema).glob("??/*") if p.is_file()):
        assert store.path(schema, path.name[:36], path.name[36:]).read_bytes() == path.read_bytes()


def test_people_sign_in_as_before_and_the_tenant_is_worked_in(file: Path, elsewhere: Place) -> None:
    restore(elsewhere.database, elsewhere.home, file, "library")
    entered = sign_in(elsewhere.database, "bob@library.test", PASSWORD, address="127.0.0.1")
    assert isinstance(entered, SignedIn)
    caller = elsewhere.caller()
    numbers = [row["number"] for row in list_records(caller, "book", fields=["number"], limit=100).records]
    made = records.create(caller, "book", [{"title": "After"}]).records[0]
    assert get(caller, "book", str(made.id))["number"] not in numbers
    restore_release(elsewhere.database, elsewhere.tenant(), 1)  # the retired field comes back with what it held
    shades = [row["shade"] for row in list_records(elsewhere.caller(), "book", fields=["shade"], limit=100).records]
    assert shades.count("green") == len(numbers)
    assert elsewhere.wrong() == []


def test_a_copy_stands_beside_the_original(original: Place, file: Path) -> None:
    try:
        restore(original.database, original.home, file, "library", "annex")
        assert original.rows("annex") == original.rows()
        records.create(original.caller("annex"), "shelf", [{"name": "Only here"}])
        assert original.wrong() == original.wrong("annex") == []
        assert len(original.rows("annex")["shelf"]) == len(original.rows()["shelf"]) + 1
    finally:
        tenancy.drop(original.database, "annex")
        shutil.rmtree(original.home / "files" / "t_annex")


def test_a_reader_of_changes_starts_anew(original: Place, file: Path, elsewhere: Place) -> None:
    cursor = changes_since(original.caller(), None, None)["cursor"]
    restore(elsewhere.database, elsewhere.home, file, "library")
    with pytest.raises(BadCursor):
        changes_since(elsewhere.caller(), None, cursor)
    assert changes_since(elsewhere.caller(), None, None)["changes"]


def test_an_emptied_tenant_is_replaced_and_a_used_one_is_not(original: Place, file: Path, elsewhere: Place) -> None:
    with pytest.raises(errors.TenantNotEmpty):
        restore(original.database, original.home, file, "library")
    tenancy.create(elsewhere.database, tenancy.NewTenant("library"), _engine_tables)
    restore(elsewhere.database, elsewhere.home, file, "library")
    assert elsewhere.rows() == original.rows()
    with pytest.raises(errors.TenantNotEmpty):
        restore(elsewhere.database, elsewhere.home, file, "library")


def _engine_tables(connection: Any, tenant: Tenant) -> None:
    from dougong_platform.storage.engine_tables import upgrade_on

    upgrade_on(connection)


def test_the_backup_of_another_tenant_is_not_mistaken_for_this_one(file: Path, elsewhere: Place) -> None:
    with pytest.raises(errors.BackupOfAnother):
        restore(elsewhere.database, elsewhere.home, file, "acme")
    assert elsewhere.left() == NOTHING


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_changed_byte_is_noticed_wherever_it_is(file: Path, elsewhere: Place, tmp_path: Path, place: float) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 0x41
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    with pytest.raises(errors.BackupDamaged):
        restore(elsewhere.database, elsewhere.home, damaged, "library")
    assert elsewhere.left() == NOTHING


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04", "cut"])
def test_other_files_are_refused(file: Path, elsewhere: Place, tmp_path: Path, content: bytes | str) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(content if isinstance(content, bytes) else file.read_bytes()[:-1000])
    with pytest.raises(errors.BackupDamaged) as refused:
        restore(elsewhere.database, elsewhere.home, foreign, "library")
    assert str(foreign) in refused.value.message("zh")
    assert elsewhere.left() == NOTHING


def forged(file: Path, target: Path, changed: dict[str, Callable[[bytes], bytes]]) -> Path:
    """A backup whose hashes are right and whose members were rewritten."""
    import hashlib

    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        new.comment = b"0" * SEAL
        contents = orjson.loads(old.read("contents.json"))
        for name in contents["members"]:
            data = changed.get(name, bytes)(old.read(name))
            contents["members"][name] = [len(data), hashlib.sha256(data).hexdigest()]
            new.writestr(name, data)
        new.writestr("contents.json", orjson.dumps(contents))
    with target.open("r+b") as written:
        seal(written)
    return target


def heading(**more: Any) -> dict[str, Callable[[bytes], bytes]]:
    return {"dougong.json": lambda data: orjson.dumps({**orjson.loads(data), **more})}


FORGERIES: dict[str, dict[str, Callable[[bytes], bytes]]] = {
    "rows that are no rows": {"tables/book": lambda data: data.replace(b"\t", b"\n", 40)},
    "links to nowhere": {"tables/shelf": lambda data: b""},
    "documents under another hash": {"tables/_document": lambda data: data.replace(b"long_text", b"text")},
    "a table of the engine's own": heading(tables={"_outbox": ["topic"]}),
    "a heading of another shape": heading(unknown=1),
    "a release that is not there": heading(release=9),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_backup_is_refused_and_leaves_nothing(file: Path, elsewhere: Place, tmp_path: Path, what: str) -> None:
    with pytest.raises(errors.BackupDamaged):
        restore(elsewhere.database, elsewhere.home, forged(file, tmp_path / "forged", FORGERIES[what]), "library")
    assert elsewhere.left() == NOTHING


@pytest.mark.parametrize("more", [{"format": 3}, {"engine": {"search": 99}}, {"engine": {"later": 1}}])
def test_a_backup_of_a_later_version_is_refused(
    file: Path, elsewhere: Place, tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(errors.BackupTooNew):
        restore(elsewhere.database, elsewhere.home, forged(file, tmp_path / "later", heading(**more)), "library")
    assert elsewhere.left() == NOTHING


def test_what_is_written_meanwhile_is_in_the_backup_whole_or_not_at_all(
    original: Place, elsewhere: Place, tmp_path: Path
) -> None:
    begun, ended, caller = threading.Event(), threading.Event(), original.caller()

    def write() -> None:
        while not ended.is_set():
            shelf = records.create(caller, "shelf", [{"name": "Meanwhile"}]).records[0].id
            book = records.create(caller, "book", [{"title": "Meanwhile", "shelf": shelf}]).records[0].id
            records.update(caller, "book", [{"id": book, "note": "changed"}])
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        for number in range(3):
            save(original.database, original.tenant(), original.home, tmp_path / str(number))
    finally:
        ended.set()
        writer.join()
    restore(elsewhere.database, elsewhere.home, tmp_path / "2", "library")
    assert elsewhere.wrong() == []
    assert any("Meanwhile" in row for row in elsewhere.rows()["book"])


def killed_after(seconds: float, *arguments: object) -> int:
    """Run the child and kill it so long after it has begun; its exit status."""
    child = subprocess.Popen([sys.executable, CHILD, *map(str, arguments)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    time.sleep(seconds)
    child.kill()
    child.stdout.close()
    return child.wait()


def test_a_killed_restore_leaves_nothing_half(file: Path, elsewhere: Place) -> None:
    killed = 0
    for seconds in (0.1, 0.25, 0.5, 0.8):
        code = killed_after(seconds, "restore", elsewhere.database.dsn, elsewhere.home, file)
        deadline = time.monotonic() + 30
        while (found := tenancy.find(elsewhere.database, "library")) is None and code != 0:
            if not _running(elsewhere) or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        if found is None:
            killed += 1
            assert elsewhere.left()[:2] == NOTHING[:2]
        else:
            assert elsewhere.wrong() == []
            tenancy.drop(elsewhere.database, "library")
    assert killed
    restore(elsewhere.database, elsewhere.home, file, "library")
    assert elsewhere.wrong() == []


def _running(place: Place) -> bool:
    """Whether the killed child's connection is still there: PostgreSQL notices with its next word."""
    with place.database.administrator() as connection:
        rows = connection.execute(
            "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and application_name like '%owner'"
        ).fetchall()
    return bool(rows)


def test_a_killed_backup_leaves_no_file_of_that_name(original: Place, tmp_path: Path) -> None:
    target = tmp_path / "killed"
    for seconds in (0.02, 0.1, 0.2):
        killed_after(seconds, "save", original.database.dsn, original.home, target)
        if target.exists():
            zipfile.ZipFile(target).close()
            target.unlink()
    save(original.database, original.tenant(), original.home, target)
    assert [path.name for path in tmp_path.iterdir()] == ["killed"]
    with pytest.raises(errors.BackupExists):
        save(original.database, original.tenant(), original.home, target)


def test_the_commands_say_what_they_did(
    original: Place, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"DATABASE_URL": original.database.dsn, "REDIS_URL": redis_url, "DOUGONG_SECRET": "test"}
    for name, value in {**settings, "DOUGONG_HOME": str(original.home), "LC_ALL": "C"}.items():
        monkeypatch.setenv(name, value)
    path = str(tmp_path / "file")
    saved = CliRunner().invoke(main, ["backup", "--tenant", "library", path])
    assert (saved.exit_code, "2 files" in saved.output) == (0, True), saved.output
    again = CliRunner().invoke(main, ["restore", "--tenant", "library", path])
    assert (again.exit_code, "--as" in again.output) == (1, True)
    try:
        made = CliRunner().invoke(main, ["restore", "--tenant", "library", "--as", "branch", path])
        assert (made.exit_code, "Tenant branch is there" in made.output) == (0, True), made.output
        assert CliRunner().invoke(main, ["check", "--tenant", "branch"]).exit_code == 0
    finally:
        assert CliRunner().invoke(main, ["tenant", "drop", "--yes", "branch"]).exit_code == 0
    assert not (original.home / "files" / "t_branch").exists()
