"""How a command finds servers: by URL, running in the home, or started for as long as the command lasts."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from dougong_platform.servers.child import alive
from dougong_platform.servers.embedded import Addresses, embedded
from dougong_platform.servers.errors import ServerUnreachable
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings

SUPPORT = Path(__file__).parents[2] / "support"


def answer(settings: Settings) -> int:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("select 42").fetchone()
        assert row is not None
        return int(row[0])


def test_a_command_starts_servers_and_stops_them_when_it_ends(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with embedded(settings) as filled:
        assert answer(filled) == 42
        state = Home.open(settings.home).state()
        assert alive(state["postgres_pid"])
    assert not alive(state["postgres_pid"])
    assert not alive(state["redis_pid"])


def test_a_command_uses_the_servers_that_run_already(tmp_path: Path) -> None:
    script = SUPPORT / "hold_servers.py"
    with subprocess.Popen([sys.executable, str(script), str(tmp_path / "home")], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with embedded(Settings(home=tmp_path / "home")) as filled:
            assert answer(filled) == 42
            assert Home.open(tmp_path / "home").state()["owner"] == holder.pid
        assert holder.poll() is None
        holder.terminate()
        assert holder.wait(60) == 0


def test_servers_wait_for_the_last_command_that_uses_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    script = (
        "import sys, time; from pathlib import Path\n"
        "from dougong_platform.servers.embedded import embedded; from dougong_platform.settings import Settings\n"
        "import psycopg\n"
        "with embedded(Settings(home=Path(sys.argv[1]))) as filled:\n"
        "    print('in', flush=True); sys.stdin.readline()\n"
        "    print(psycopg.connect(filled.database_url).execute('select 42').fetchone()[0])\n"
    )
    command = [sys.executable, "-c", script, str(settings.home)]
    with embedded(settings):
        guest = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert guest.stdout is not None
        assert guest.stdout.readline() == "in\n"
        # The owner now leaves; it must wait for its guest, who asks a second later.
        threading.Timer(1.0, lambda: guest.stdin and (guest.stdin.write("go\n"), guest.stdin.flush())).start()
    assert guest.stdout.read() == "42\n"
    assert guest.wait(60) == 0


def test_given_urls_are_used_as_they_are(tmp_path: Path, servers: Addresses) -> None:
    settings = Settings(home=tmp_path / "home", database_url=servers.database_url, redis_url=servers.redis_url)
    with embedded(settings) as filled:
        assert filled.database_url == servers.database_url
        assert filled.secret
        assert not (tmp_path / "home" / "postgres").exists()


def test_a_url_that_does_not_answer_names_its_variable(tmp_path: Path, servers: Addresses) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        port = nobody.getsockname()[1]
        away = f"postgresql://x:secret@127.0.0.1:{port}/x"
        settings = Settings(home=tmp_path / "home", database_url=away, redis_url=servers.redis_url)
        with pytest.raises(ServerUnreachable, match="Check DATABASE_URL") as caught, embedded(settings):
            pass
        assert "secret" not in str(caught.value)
        settings = Settings(
            home=tmp_path / "home", database_url=servers.database_url, redis_url=f"redis://127.0.0.1:{port}/0"
        )
        with pytest.raises(ServerUnreachable, match="Check REDIS_URL"), embedded(settings):
            pass


def test_the_secret_is_made_once(tmp_path: Path) -> None:
    home = Home.open(tmp_path)
    assert home.secret("application") == home.secret("application")
    assert home.secret("application") != home.secret("other")
