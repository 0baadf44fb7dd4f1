"""The embedded PostgreSQL: initialised, started, checked, stopped and repaired by our own code.

`embedded.Servers` is the caller. The data folder is `<home>/postgres`; it is made beside that under another name and
moved into place when complete, with a marker file written last, so a half-made one is always recognised.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from dougong_platform.servers.binaries import postgres_folder
from dougong_platform.servers.child import Child, alive, free_port, port_is_free, wait_until_gone
from dougong_platform.servers.errors import BinariesMissing, DataFromOther, FolderUnusable, PortInUse, ServerDied
from dougong_platform.servers.home import Home
from dougong_platform.servers.stopping import STOPPING
from dougong_platform.servers.system_user import SystemUser, before_exec, server_user

SUPERUSER = "dougong"
_MARKER = "dougong-initialised"
_START_SECONDS = 60.0
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "checkpoint_timeout=1h")


class Postgres:
    """One PostgreSQL server in a home. `durable=False` trades crash safety for speed: tests only.

    `port` fixes the loopback port; without it a free one is chosen, the last one if possible.
    """

    def __init__(self, home: Home, *, port: int | None = None, durable: bool = True) -> None:
        self.home = home
        self.data = home.path / "postgres"
        self.notices: list[str] = []
        self.programs = postgres_folder()
        self.child: Child | None = None
        self.port = 0
        self._fixed_port, self._durable = port, durable
        self._user: SystemUser | None = server_user()
        if os.geteuid() == 0 and self._user is None:
            raise BinariesMissing(program="PostgreSQL user (nobody)", variable="DATABASE_URL")

    # -- addresses -------------------------------------------------------------------------------------------------

    def url(self, database: str = "dougong") -> str:
        """The address of a database over the Unix socket, with the superuser's password in it."""
        password = self.home.secret("postgres")
        folder = quote(str(self.home.socket_folder()), safe="")
        return f"postgresql://{SUPERUSER}:{password}@/{database}?host={folder}&port={self.port}"

    @property
    def pid(self) -> int | None:
        return self.child.process.pid if self.child is not None else None

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the data folder at the first start, repair what an earlier death left, and serve.

        Returns when a connection works. Raises a ServerFault with one clear sentence.
        """
        self._prepare_folders()
        if not (self.data / _MARKER).exists():
            self._set_aside_half_made()
            self._initialise()
        self._check_version()
        self._take_over_orphan()
        remembered = self.home.state().get("postgres_port")
        for attempt in range(3):  # the kernel may give a free port to somebody else between our look and the start
            if self._fixed_port and not port_is_free("127.0.0.1", self._fixed_port):
                raise PortInUse(host="127.0.0.1", port=self._fixed_port, option="DOUGONG_POSTGRES_PORT")
            self.port = self._fixed_port or free_port(remembered)
            with STOPPING.held():
                self.child = self._spawn()
            if self._wait_until_serving(final=attempt == 2):
                break
        self._create_database()

    def stop(self) -> None:
        """Smart (clients may finish), then fast (they are cut off, nothing committed is lost), then immediate."""
        if self.child is not None:
            self.child.stop((signal.SIGTERM, 2.0), (signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0))
            self.child = None

    # -- the data folder -------------------------------------------------------------------------------------------

    def _prepare_folders(self) -> None:
        try:
            sockets = self.home.socket_folder()
            sockets.mkdir(mode=0o700, exist_ok=True)
            if sockets.stat().st_uid not in (os.geteuid(), self._user.uid if self._user else -1):
                raise FolderUnusable(folder=str(sockets), reason="it belongs to somebody else")
            self._give(sockets)
            if self.data.exists() and not self.data.is_dir():
                raise FolderUnusable(folder=str(self.data), reason="a file is in the way")
            if self.data.exists() and self._user and self.data.stat().st_uid != self._user.uid:
                self._give(self.data, deep=True)  # made by another user, or brought back by a backup
        except OSError as problem:
            raise FolderUnusable(folder=str(self.home.path), reason=problem.strerror or str(problem)) from problem

    def _give(self, folder: Path, *, deep: bool = False) -> None:
        if self._user is None:
            return
        os.chown(folder, self._user.uid, self._user.gid)
        if deep:
            for parent, folders, files in os.walk(folder):
                for name in (*folders, *files):
                    os.chown(Path(parent, name), self._user.uid, self._user.gid, follow_symlinks=False)

    def _set_aside_half_made(self) -> None:
        """A folder without our marker was never complete, or is not ours: keep it under another name."""
        if self.data.exists() and any(self.data.iterdir()):
            aside = self.data.with_name(f"postgres.set-aside-{time.strftime('%Y%m%d-%H%M%S')}")
            self.data.rename(aside)
            self.notices.append(f"A half-initialised data folder was set aside as {aside}; a new one was made.")

    def _initialise(self) -> None:
        fresh = self.home.path / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._give(fresh)
        secret = self.home.path / "postgres.secret"
        secret.touch(mode=0o600)
        secret.write_text(self.home.secret("postgres"))
        self._give(secret)
        try:
            done = self._initdb(fresh, secret)
        finally:
            secret.unlink()
        log = self.home.log / "postgres.log"
        with log.open("a") as output:
            output.write(done.stdout + done.stderr)
        if done.returncode != 0:
            raise ServerDied(program="initdb", log=str(log), tail=done.stderr.strip() or done.stdout[-500:])
        (fresh / _MARKER).write_text("complete\n")
        self._give(fresh / _MARKER)
        if self.data.exists():
            self.data.rmdir()
        fresh.rename(self.data)

    def _initdb(self, folder: Path, secret: Path) -> subprocess.CompletedProcess[str]:
        where = ["-D", str(folder), "-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", str(secret)]
        how = ["--encoding=UTF8", "--locale=C", "--no-instructions", *self._locale()]
        return subprocess.run(
            [str(self.programs / "initdb"), *where, *how, *(() if self._durable else ("--no-sync",))],
            capture_output=True,
            text=True,
            check=False,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            # only system calls between fork and exec, prepared beforehand
            preexec_fn=before_exec(self._user, (self.programs, folder), signal.SIGKILL),
        )

    def _locale(self) -> tuple[str, ...]:
        """The builtin provider knows Unicode without ICU; PostgreSQL before 17 has only the C library's."""
        if self._major() >= 17:
            return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        return ("--locale=C.UTF-8",)

    def _major(self) -> int:
        command = [str(self.programs / "postgres"), "--version"]
        output = subprocess.run(command, capture_output=True, text=True, check=True)
        number = re.search(r"\d+", output.stdout)
        assert number is not None
        return int(number[0])

    def _check_version(self) -> None:
        found, ours = (self.data / "PG_VERSION").read_text().strip(), str(self._major())
        if found != ours:
            raise DataFromOther(folder=str(self.data), found=found, ours=ours)

    # -- what an earlier death left ----------------------------------------------------------------------------------

    def _take_over_orphan(self) -> None:
        """Stop a server whose supervisor was killed; forget a postmaster.pid whose number belongs to another program.

        We hold the home's lock, so whatever still runs on this data folder has lost its owner. A pid file of a
        dead server is left to PostgreSQL, which knows from shared memory whether any backend still lives.
        """
        file = self.data / "postmaster.pid"
        try:
            pid = abs(int(file.read_text().splitlines()[0]))
        except (FileNotFoundError, IndexError, ValueError):
            return
        if not alive(pid):
            return
        if self._works_here(pid):
            os.kill(pid, signal.SIGINT)
            if not wait_until_gone(pid, 60):
                os.kill(pid, signal.SIGQUIT)
                wait_until_gone(pid, 10)
        elif not any(self._works_here(process.pid) for process in psutil.process_iter()):
            file.unlink(missing_ok=True)

    def _works_here(self, pid: int) -> bool:
        try:
            return bool(Path(psutil.Process(pid).cwd()) == self.data)
        except (psutil.Error, OSError):
            return False

    # -- the process -------------------------------------------------------------------------------------------------

    def _spawn(self) -> Child:
        settings = [*self._settings(), *(() if self._durable else _QUICK)]
        options = [part for setting in settings for part in ("-c", setting)]
        return Child.start(
            "PostgreSQL",
            [self.programs / "postgres", "-D", self.data, *options],
            log=self.home.log / "postgres.log",
            user=self._user,
            needs=(self.programs, self.data, self.home.socket_folder() / "socket"),
            environment=self._environment(),
            death_signal=signal.SIGINT,
        )

    def _settings(self) -> tuple[str, ...]:
        """Fast on a small machine, safe everywhere. Sizes follow the machine's memory."""
        megabytes = int(psutil.virtual_memory().total // 2**20)
        return (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.home.socket_folder()}",
            f"shared_buffers={min(1024, max(128, megabytes // 8))}MB",
            f"effective_cache_size={max(256, megabytes // 2)}MB",
            "max_connections=100",
            "max_locks_per_transaction=256",  # a backup locks every table of every tenant
            "work_mem=16MB",
            "maintenance_work_mem=128MB",
            "max_wal_size=2GB",
            "checkpoint_timeout=15min",
            "random_page_cost=1.1",
            "jit=off",  # compiling costs more than our short statements take
            "log_line_prefix=%m [%p] ",
            "log_timezone=UTC",
            "timezone=UTC",
            "logging_collector=off",
        )

    def _environment(self) -> dict[str, str]:
        """The surroundings without PG… variables, which would redirect the server and its tools."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return {**kept, "LC_ALL": "C", "LANG": "C"}

    def _wait_until_serving(self, *, final: bool) -> bool:
        """True once a connection works; False if another attempt with another port makes sense."""
        assert self.child is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            STOPPING.check()
            if not self.child.running:
                lines = self.child.tail(12)
                shared = "shared memory block" in lines or "lock file" in lines  # a dying backend needs a moment
                if not final and (shared or "could not bind" in lines):
                    time.sleep(1.0 if shared else 0.0)
                    return False
                raise ServerDied(program="PostgreSQL", log=str(self.child.log), tail=lines)
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                return True
            except psycopg.OperationalError:
                time.sleep(0.03)
        tail = self.child.tail()
        self.stop()
        raise ServerDied(program="PostgreSQL", log=str(self.home.log / "postgres.log"), tail=tail)

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("select 1 from pg_database where datname = 'dougong'").fetchone() is None:
                connection.execute("create database dougong")
