"""`dougong check`: a furnished tenant is clean; what can go wrong is put wrong in a copy of it, and named."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict

from dougong_platform.cli import main
from dougong_platform.integrity import CHECKS, check, repair_indexes, repair_search
from dougong_tenants import Database, Tenant
from dougong_tenants.tenancy import get
from furnished import furnish


@dataclass
class Copy:
    """A copy of the furnished tenant, to be damaged."""

    database: Database
    home: Path

    @property
    def tenant(self) -> Tenant:
        return get(self.database, "library")

    def damage(self, *statements: str) -> None:
        """Run SQL past every constraint."""
        with self.database.administrator() as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute('set search_path = "t_library"')
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, sql: str, *params: str) -> list[tuple[Any, ...]]:
        with self.database.owner(self.tenant) as connection:
            return connection.execute(sql.encode(), params or None).fetchall()

    def wrong(self) -> dict[str, list[tuple[str, str, int]]]:
        """Check -> [(subject, English text, count)], without the checks that found nothing."""
        found = dict(check(self.database, self.tenant, self.home))
        assert list(found) == list(CHECKS)
        return {name: [(f.subject, f.text.en, f.count) for f in all_] for name, all_ in found.items() if all_}


@pytest.fixture(scope="module")
def original(make_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """(name of the database to copy, home with its files)."""
    url, home = make_database(), tmp_path_factory.mktemp("home")
    database, _ = furnish(url, home)
    database.close()
    return str(conninfo_to_dict(url)["dbname"]), home


@pytest.fixture
def copy(original: tuple[str, Path], make_database: Callable[..., str], tmp_path: Path) -> Iterator[Copy]:
    name, home = original
    shutil.copytree(home, tmp_path / "home", dirs_exist_ok=True)
    database = Database(make_database(name), 2, secret="test")
    database.install()
    yield Copy(database, tmp_path / "home")
    database.close()


def test_a_tenant_that_was_used_as_intended_is_clean(copy: Copy) -> None:
    assert copy.wrong() == {}


BOOK = "update book set {} where id = (select min(id::text)::uuid from book where deleted_at is null)"

# what is done -> (the check that tells it, its subject, a part of its sentence)
DAMAGE: dict[str, tuple[str, str, str, str]] = {
    "a link to nowhere": (BOOK.format("shelf = gen_random_uuid()"), "links", "book.shelf", "do not exist"),
    "an owner who never was": ("update loan set owner = gen_random_uuid()", "links", "loan.owner", "do not exist"),
    "a detail without a parent": ("update page set book = null", "links", "page.book", "no parent"),
    "a live detail of a deleted parent": (
        "update book set deleted_at = now() where id = (select book from page limit 1)",
        "links",
        "page.book",
        "deleted parent",
    ),
    "two of a unique key": (
        (
            "do $$ begin execute (select 'drop index ' || indexname from pg_indexes where tablename = 'shelf' and"
            " schemaname = 't_library' and indexname like '_uq%'); end $$; update shelf set code = 'same'"
        ),
        "unique_keys",
        "shelf.code",
        "not unique",
    ),
    "a value that the picklist does not have": (BOOK.format("genre = 'z'"), "picklists", "book.genre", "does not have"),
    "one of several values": (BOOK.format("tags = '{p,zz}'"), "picklists", "book.tags", "does not have"),
    "a record type that is none": (BOOK.format("record_type = 'x'"), "picklists", "book.record_type", "does not have"),
    "a sequence that fell back": (
        "select setval('_seq_book_number', 2)",
        "numbers",
        "book.number",
        "numbers would repeat",
    ),
    "a search entry lost": ("delete from _search where title = 'Volume 7'", "search", "book", "without a search entry"),
    "a stale title": ("update _search set title = 'x' where title = 'Volume 7'", "search", "book", "stale"),
    "stale words": ("update _search set words = 'x' where title = 'Volume 7'", "search", "book", "stale"),
    "an entry of no record": (
        "insert into _search values (gen_random_uuid(), 'book', 'x', 'x', 'x')",
        "search",
        "book",
        "without a live record",
    ),
    "an entry of no object": (
        "insert into _search values (gen_random_uuid(), 'none', 'x', 'x', 'x')",
        "search",
        "_search",
        "do not exist",
    ),
    "a version past history": (BOOK.format("version = 99"), "history", "book", "version"),
    "a value changed past history": (BOOK.format("price = 99"), "history", "book.price", "not what history says"),
    "a list changed past history": (BOOK.format("tags = '{r}'"), "history", "book.tags", "not what history says"),
    "a moment changed past history": (
        "update book set at = now() where title = 'Volume 7'",
        "history",
        "book.at",
        "not what history says",
    ),
    "a value that history never told": (BOOK.format("pages = 3"), "history", "book.pages", "not what history says"),
    "deleted past history": (BOOK.format("deleted_at = now()"), "history", "book", "deleted where history says live"),
    "gone past history": ("delete from shelf where code = 'new'", "history", "shelf", "without having been purged"),
    "a column lost": ("alter table book drop column pages", "tables", "book.pages", "missing"),
    "a column of another type": ("alter table book alter pages type numeric", "tables", "book.pages", "instead of"),
    "a table lost": ("drop table page", "tables", "page", "missing"),
    "an engine table lost": ("drop table _comment", "tables", "_comment", "missing"),
    "an index lost": (
        (
            "do $$ begin execute (select 'drop index ' || min(indexname) from pg_indexes where tablename = 'book' and"
            " schemaname = 't_library' and indexname like '_ix%'); end $$"
        ),
        "tables",
        "_ix_book",
        "missing",
    ),
    "an index that is not valid": (
        (
            "update pg_index set indisvalid = false where indexrelid = (select min(indexname) from pg_indexes where"
            " schemaname = 't_library' and indexname like '_ix%')::regclass"
        ),
        "tables",
        "_ix_",
        "invalid",
    ),
    "a foreign key lost": (
        (
            "do $$ begin execute (select 'alter table book drop constraint ' || min(conname) from pg_constraint"
            " where conrelid = 'book'::regclass and contype = 'f'); end $$"
        ),
        "tables",
        "book.",
        "foreign key",
    ),
    "a sequence lost": ("drop sequence _seq_book_number cascade", "tables", "_seq_book_number", "missing"),
    "a column nobody knows": ("alter table book add stray text", "tables", "book.stray", "no release"),
    "a table nobody knows": ("create table stray (id uuid)", "tables", "stray", "no release"),
    "an old engine": (
        "update _engine set applied = applied - 1 where noun = 'search'",
        "tables",
        "search",
        "start Dougong",
    ),
    "a file of another size": ("update _file set size = size + 1 where field is null", "files", "files", "other bytes"),
    "a file of no record": (
        "update _file set record = gen_random_uuid() where field is null",
        "files",
        "book",
        "do not exist",
    ),
    "a field naming no file": (BOOK.format("cover = array[gen_random_uuid()]"), "files", "book.cover", "do not exist"),
    "work that nobody does": (
        "insert into _outbox (topic, due) values ('x', now() - interval '1 day')",
        "outbox",
        "_outbox",
        "hour",
    ),
    "work given up": ("insert into _outbox (topic, dead) values ('x', true)", "outbox", "_outbox", "dead letters"),
    "a user who left but may sign in": (
        "update \"user\" set active = false where name = 'Bob'",
        "people",
        "members",
        "inactive",
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_named(copy: Copy, what: str) -> None:
    statement, name, subject, words = DAMAGE[what]
    copy.damage(statement)
    wrong = copy.wrong()
    assert name in wrong, wrong
    assert any(s.startswith(subject) and words in text and count for s, text, count in wrong[name]), wrong[name]


def test_lost_and_changed_bytes_are_named(copy: Copy) -> None:
    plain, picture = sorted(
        (p for p in (copy.home / "files" / "t_library").glob("??/*") if p.suffix == ""), key=lambda p: p.stat().st_size
    )
    plain.write_bytes(b"other words"[: plain.stat().st_size])
    picture.unlink()
    texts = {text: count for _, text, count in copy.wrong()["files"]}
    assert texts == {"have lost their bytes": 1, "have other bytes than were uploaded": 1}


def test_search_is_repaired_from_the_records(copy: Copy) -> None:
    copy.damage(
        "delete from _search where title like 'Volume 1%'",
        "update _search set text = 'x', words = 'x' where title like 'Volume 2%'",
        "insert into _search select gen_random_uuid(), o, 'x', 'x', 'x' from unnest(array['book', 'no']) o",
    )
    assert set(copy.wrong()) == {"search"}
    repair_search(copy.database, copy.tenant)
    assert copy.wrong() == {}


def test_indexes_are_made_those_of_the_release(copy: Copy) -> None:
    """As after an update of Dougong that indexes otherwise."""
    ((name, definition),) = copy.rows(
        "select indexname, indexdef from pg_indexes where tablename = 'book' and indexdef like '%(owner, created_at%'"
    )
    copy.damage(
        f'drop index "{name}"',
        'create index "_ix_book_owner_old" on book (owner, created_at, id) where deleted_at is null',
        "create index by_hand on book (created_by)",
    )
    assert copy.wrong() == {"tables": [(name, "this index of book is missing", 1)]}
    repair_indexes(copy.database, copy.tenant)
    assert copy.wrong() == {}
    assert copy.rows("select indexdef from pg_indexes where indexname = %s", name) == [(definition,)]
    kept = copy.rows("select indexname from pg_indexes where indexname in ('_ix_book_owner_old', 'by_hand')")
    assert kept == [("by_hand",)]  # what an administrator of the database made is his


def test_the_command_prints_a_line_per_check_and_ends_with_status_2(
    copy: Copy, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"DATABASE_URL": copy.database.dsn, "REDIS_URL": redis_url, "DOUGONG_SECRET": "test"}
    for name, value in {**settings, "DOUGONG_HOME": str(copy.home), "LC_ALL": "C"}.items():
        monkeypatch.setenv(name, value)
    clean = CliRunner().invoke(main, ["check", "--tenant", "library"])
    assert (clean.exit_code, clean.output.count("✓")) == (0, len(CHECKS)), clean.output
    copy.damage("update book set price = 1, genre = 'z'", "delete from _search")
    damaged = CliRunner().invoke(main, ["check", "--tenant", "library"])
    assert damaged.exit_code == 2
    assert damaged.output.count("✗") == 3
    assert "book.genre holds values" in damaged.output
    again = CliRunner().invoke(main, ["check", "--tenant", "library", "--repair", "search"])
    assert again.output.count("✗") == 2
