"""The embedded PostgreSQL: made, stopped, found again, and repaired after each kind of death."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dougong_platform.servers.child import alive, wait_until_gone
from dougong_platform.servers.errors import DataFromOther, FolderUnusable, PortInUse, ServerDied
from dougong_platform.servers.home import Home
from dougong_platform.servers.postgres import Postgres


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home")


@pytest.fixture
def postgres(home: Home) -> Iterator[Postgres]:
    server = Postgres(home, durable=False)
    yield server
    server.stop()


def remember(server: Postgres, text: str) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("create table if not exists note (text text)")
        connection.execute("insert into note values (%s)", (text,))


def remembered(server: Postgres) -> list[str]:
    with psycopg.connect(server.url()) as connection:
        return [row[0] for row in connection.execute("select text from note")]


def test_a_second_start_finds_its_data_and_its_port(home: Home, postgres: Postgres) -> None:
    postgres.start()
    remember(postgres, "first")
    home.write_state({"postgres_port": postgres.port})
    port = postgres.port
    postgres.stop()
    postgres.start()
    assert remembered(postgres) == ["first"]
    assert postgres.port == port


def test_nobody_comes_in_without_the_generated_password(postgres: Postgres) -> None:
    postgres.start()
    secret = postgres.home.secret("postgres")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url().replace(secret, "guess"))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://dougong:guess@127.0.0.1:{postgres.port}/dougong")
    assert (postgres.home.path / "secrets" / "postgres").stat().st_mode & 0o077 == 0
    assert not (postgres.home.path / "postgres.secret").exists()


def test_postgres_is_never_root_and_sorts_by_unicode_without_icu(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.data.stat().st_uid != 0
    with psycopg.connect(postgres.url()) as connection:
        assert connection.info.server_version >= 180000
        locale = connection.execute("select datlocprovider, datlocale from pg_database where datname = 'dougong'")
        assert locale.fetchone() == ("b", "C.UTF-8")


def test_committed_rows_survive_kill_9_of_the_server(home: Home) -> None:
    server = Postgres(home)  # as in production: the suite's own servers do not wait for the disk
    try:
        server.start()
        remember(server, "committed")
        assert server.child is not None
        server.child.process.kill()
        server.child.process.wait()
        assert (server.data / "postmaster.pid").exists()
        server.start()
        assert remembered(server) == ["committed"]
    finally:
        server.stop()


def test_a_pid_file_whose_number_belongs_to_another_program_is_forgotten(home: Home, postgres: Postgres) -> None:
    postgres.start()
    remember(postgres, "kept")
    postgres.stop()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        pid_file = postgres.data / "postmaster.pid"
        pid_file.write_text(f"{other.pid}\n{postgres.data}\n1\n5432\n\n\n\n\n")
        os.chown(pid_file, postgres.data.stat().st_uid, -1)
        try:
            postgres.start()
            assert remembered(postgres) == ["kept"]
            assert other.poll() is None
        finally:
            other.kill()


def test_a_server_whose_supervisor_was_killed_ends_by_itself_or_is_stopped(tmp_path: Path) -> None:
    script = Path(__file__).parents[2] / "support" / "hold_servers.py"
    with subprocess.Popen([sys.executable, str(script), str(tmp_path / "home")], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"serving\n"
        home = Home.open(tmp_path / "home")
        state = home.state()
        with psycopg.connect(state["database_url"]) as connection:
            connection.execute("create table note (text text)")
            connection.execute("insert into note values ('before')")
        holder.kill()
    server = Postgres(home, durable=False)
    with home.owner_lock() as ours:  # the lock of a killed process is free at once
        assert ours
        try:
            server.start()
            assert remembered(server) == ["before"]
            assert not alive(state["postgres_pid"])
            assert wait_until_gone(state["redis_pid"], 10)
        finally:
            server.stop()


def test_an_orphan_that_was_told_nothing_is_stopped_and_followed(home: Home, postgres: Postgres) -> None:
    postgres.start()
    remember(postgres, "kept")
    assert postgres.child is not None
    orphan = postgres.child
    successor = Postgres(home, durable=False)
    try:
        successor.start()
        assert remembered(successor) == ["kept"]
        assert not orphan.running
    finally:
        successor.stop()


def test_a_half_initialised_folder_is_set_aside_and_made_anew(home: Home, postgres: Postgres) -> None:
    (home.path / "postgres").mkdir()
    (home.path / "postgres" / "PG_VERSION").write_text("18\n")
    (home.path / "postgres.new").mkdir()
    (home.path / "postgres.new" / "rest").write_text("of a killed initdb")
    postgres.start()
    remember(postgres, "works")
    assert "set aside" in postgres.notices[0]
    (aside,) = home.path.glob("postgres.set-aside-*")
    assert (aside / "PG_VERSION").exists()
    assert not (home.path / "postgres.new").exists()


def test_data_of_another_version_is_refused_with_both_versions(home: Home, postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(DataFromOther, match=r"PostgreSQL 14.*brings 18"):
        postgres.start()


def test_a_fixed_port_in_use_is_one_clear_sentence(home: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        server = Postgres(home, port=port, durable=False)
        with pytest.raises(PortInUse, match=rf"Port {port} on 127\.0\.0\.1 is in use"):
            server.start()


def test_a_file_in_the_way_of_the_home_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(FolderUnusable, match=r"cannot be used .*Set DOUGONG_HOME") as caught:
        Home.open(tmp_path / "home" / "below")
    assert "DOUGONG_HOME" in caught.value.message("zh")


def test_a_file_in_the_way_of_the_data_is_one_clear_sentence(home: Home, postgres: Postgres) -> None:
    (home.path / "postgres").write_text("a file")
    with pytest.raises(FolderUnusable, match="a file is in the way"):
        postgres.start()


@pytest.mark.skipif(not Path("/proc/self/ns").exists(), reason="needs Linux' read-only /proc as an unwritable folder")
def test_an_unwritable_folder_is_one_clear_sentence() -> None:
    with pytest.raises(FolderUnusable, match="cannot be used"):
        Home.open(Path("/proc/dougong"))


def test_a_damaged_configuration_shows_the_end_of_the_log(home: Home, postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    with (postgres.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting_at_all = 1\n")
    with pytest.raises(ServerDied, match="no_such_setting_at_all"):
        postgres.start()


def test_stopping_cuts_off_a_client_that_does_not_finish(postgres: Postgres) -> None:
    postgres.start()
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("select 1")  # leaves its transaction open
        began = time.monotonic()
        assert postgres.child is not None
        process = postgres.child.process
        postgres.stop()
        assert process.returncode == 0
        assert time.monotonic() - began < 60
        connection.close()


def test_the_first_start_takes_a_few_seconds_at_most(postgres: Postgres) -> None:
    began = time.monotonic()
    postgres.start()
    assert time.monotonic() - began < 40  # generous: this machine may be busy; the benchmark holds the budget


def test_the_child_is_asked_to_end_when_its_parent_dies(tmp_path: Path) -> None:
    """Linux only: the kernel sends the death signal, so kill -9 of `dougong up` leaves nothing running."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells children of a parent's death")
    script = (
        "import sys, time; from pathlib import Path; from dougong_platform.servers.child import Child\n"
        "child = Child.start('sleeper', [sys.executable, '-c', 'import time; time.sleep(60)'], log=Path(sys.argv[1]))\n"
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "log")], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    assert wait_until_gone(pid, 5)
