"""The servers, the tenant and the 100,000 rows that every benchmark shares; the same rows for the reference."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from benchmarks.client import Connection
from dougong_metadata.folders import read_folder
from dougong_platform.people.acting import acting_as
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_platform.servers.embedded import Servers
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings
from dougong_tenants import Database, Tenant
from dougong_tenants.people.users import create_user, find_user
from dougong_tenants.tokens import issue

FOLDER = Path(__file__).parent
STAGES = ("open", "quoted", "won", "lost")
INDUSTRIES = ("software", "retail", "energy", "health", "transport")
WORDS = ("Cloud", "Router", "数据", "平台", "Upgrade", "Licence", "升级", "Pump", "Support", "仓储", "Fleet", "Valve")
PASSWORD = "benchmark-pass-1"
GROW = """
with given as (select (select array_agg(id) from company) as companies, %(users)s::uuid[] as users,
                      array['open', 'quoted', 'won', 'lost'] as stages)
insert into deal (id, title, company, stage, amount, close_date, probability, note, owner, created_at)
select gen_random_uuid(), 'Grown ' || g, companies[1 + (random() * (cardinality(companies) - 1))::int],
       stages[1 + (random() * 3)::int], round((random() ^ 2 * 900000)::numeric, 2),
       date '2025-01-01' + (random() * 699)::int, round(random()::numeric, 2), 'Seen twice, wants a demo',
       users[1 + (random() * (cardinality(users) - 1))::int], now() - g * interval '1 second'
  from given, generate_series(1, %(rows)s) g
"""


class World:
    """Use as a context manager. `rows` deals and a tenth as many companies, in our tables and in the reference's."""

    def __init__(self, scale: float = 1.0) -> None:
        self.rows = int(100_000 * scale)
        self.scale = scale
        self.folder = Path(tempfile.mkdtemp(prefix="dougong-bench-"))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.grown = False

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        settings = Settings(
            home=self.folder, database_url=os.environ.get("BENCH_DATABASE_URL")
        )  # another server, if named
        home = Home.open(self.folder)
        self.servers = Servers(home, settings)
        addresses = self.servers.start()
        self.dsn, self.redis_url, self.secret = addresses.database_url, addresses.redis_url, secrets.token_hex(16)
        self.database = Database(self.dsn, 8, secret=self.secret)
        self.database.install()
        self.tenant = self._make_tenant()
        self._fill()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
        self.database.close()
        self.servers.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_tenant(self) -> Tenant:
        tenant = provision(
            self.database,
            "bench",
            documents=read_folder(FOLDER / "metadata"),
            administrator=FirstAdministrator("admin@bench.test", PASSWORD, "Admin"),
        )
        self.users = [find_user(self.database, tenant, "admin@bench.test")]
        for number in range(20):
            made = create_user(
                self.database,
                tenant,
                {"name": f"Rep {number}", "email": f"rep{number}@bench.test"},
                password=PASSWORD if number == 0 else None,
                permission_sets=["rep"],
            )
            self.users.append(made.id)
        self.token = issue(self.database, tenant, str(self.users[0]), name="bench").token
        return tenant

    def caller(self, user: str | None = None) -> Any:
        """The administrator, as imports and jobs act for him; or another user."""
        return acting_as(self.database, self.tenant, str(user or self.users[0]), cause="benchmark")

    @property
    def size(self) -> str:
        """How many rows `grow` leaves in our table, in words."""
        return f"{int(1_000_000 * self.scale):,}"

    def grow(self) -> None:
        """Fill our table up to 1,000,000 rows of the same kind, once; the reference's keeps its 100,000."""
        if self.grown:
            return
        self.grown = True
        with self.connect() as connection:
            connection.execute(f'set search_path = "{self.tenant.schema}"'.encode())
            row = connection.execute("select count(*) from deal").fetchone()
            missing = max(0, int(1_000_000 * self.scale) - (row[0] if row else 0))
            connection.execute(GROW, {"rows": missing, "users": [str(user) for user in self.users[1:]]})
            connection.execute("vacuum analyze deal")

    def connect(self) -> psycopg.Connection[Any]:
        """A superuser's connection, for filling tables and for the reference's schema."""
        return psycopg.connect(self.dsn, autocommit=True)

    def _fill(self) -> None:
        dice = random.Random(7)
        companies = [
            (
                str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                f"Company {n} {dice.choice(WORDS)}",
                f"C{n:06}",
                dice.choice(INDUSTRIES),
            )
            for n in range(self.rows // 10)
        ]
        start = date(2025, 1, 1)
        self.company_ids = [row[0] for row in companies]
        self.deal_ids = [str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in range(self.rows)]
        with self.connect() as connection:
            connection.execute((FOLDER / "reference" / "schema.sql").read_bytes())
            with connection.cursor().copy("copy reference.account_user from stdin") as copy:
                for number, user in enumerate(self.users):
                    copy.write_row((user, f"User {number}", f"u{number}@bench.test"))
            digest = hashlib.sha256(self.token.encode()).digest()
            connection.execute("insert into reference.token values (%s, %s, null, true)", (digest, self.users[0]))
            schema = f'"{self.tenant.schema}"'
            for target in (f"{schema}.company", "reference.company"):
                with connection.cursor().copy(
                    f"copy {target} (id, name, code, industry, owner) from stdin".encode()
                ) as copy:
                    for row in companies:
                        copy.write_row((*row, self.users[1]))
            columns = (
                "(id, title, company, stage, amount, close_date, probability, note, source_key, owner, created_by,"
                " updated_by)"
            )
            for target in (f"{schema}.deal", "reference.deal"):
                dice.seed(11)
                with connection.cursor().copy(f"copy {target} {columns} from stdin".encode()) as copy:
                    for number, record in enumerate(self.deal_ids):
                        owner = dice.choice(self.users)
                        copy.write_row(
                            (
                                record,
                                f"{dice.choice(WORDS)} {dice.choice(WORDS)} {number}",
                                dice.choice(self.company_ids),
                                dice.choice(STAGES),
                                round(dice.random() ** 2 * 900_000, 2),
                                start + timedelta(days=dice.randrange(700)),
                                dice.randrange(100) / 100,
                                "Seen twice, wants a demo",
                                f"K{number:08}",
                                owner,
                                owner,
                                owner,
                            )
                        )
            connection.execute("vacuum analyze")

    @cached_property
    def port(self) -> int:
        """Ours; each of the three web servers starts when it is first asked for."""
        return self._serve("dougong_platform.wsgi:app")

    @cached_property
    def by_hand_port(self) -> int:
        """The hand-written Flask + psycopg + orjson."""
        return self._serve("benchmarks.reference.by_hand:app")

    @cached_property
    def by_orm_port(self) -> int:
        """The usual stack."""
        return self._serve("benchmarks.reference.by_orm:app")

    def _serve(self, target: str) -> int:
        """One granian worker with four threads: the same for every application."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.dsn,
            "REDIS_URL": self.redis_url,
            "DOUGONG_SECRET": self.secret,
            "DOUGONG_HOME": str(self.folder),
            "DOUGONG_RATE_LIMIT": "100000000",
            "REFERENCE_DSN": self.dsn,
            "PYTHONPATH": str(FOLDER.parent),
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
            "--blocking-threads",
            "4",
            "--no-access-log",
            "--log-level",
            "warning",
            target,
        ]
        self.processes.append(subprocess.Popen(command, env=environment, cwd=FOLDER.parent))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                Connection(port).socket.close()
            except OSError:
                time.sleep(0.1)
            else:
                return port
        raise RuntimeError(f"{target} does not answer")
