"""The suite's servers and databases: one PostgreSQL and one Redis per run, shared by all workers.

Fixtures: `servers` (Addresses), `empty_database_url` (a fresh empty database), `make_database` (clone a template),
`redis_url`. DOUGONG_TEST_DATABASE_URL runs the suite against another server (a superuser's URL).
More fixtures live in tests/support/ and are named in `pytest_plugins` below.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql

import chromium
from dougong_platform.servers.embedded import Addresses, Servers
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings
from dougong_platform.staying import settle

pytest_plugins: list[str] = [
    "tenants_fixtures",
    "reading",
    "browsing",
    "shelving",
    "demo_company",
    "killing",
    "identity_provider",
    "hostile_provider",
    "handing",
    "organisation_fixtures",
    "listening",
    "post_office",
    "bindery",
    "approving",
    "counted_shelves",
    "hard_asking",
    "sharing",
    "kept_reports",
]

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile(
    "suite", hypothesis.settings(), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")

os.environ.setdefault("DOUGONG_PASSWORD_MEMORY", "64")  # KiB: hundreds of users are made; hashing is argon2's matter

_DATABASE, _REDIS = "DOUGONG_SUITE_DATABASE_URL", "DOUGONG_SUITE_REDIS_URL"
_running: list[tuple[Servers, Path]] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: at the end no worker is left alone with one of them."""
    slow = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """The thousands of collected tests are no garbage until the end of the run."""
    settle()


def _start_servers() -> None:
    """Start the pair for this run and put their addresses where worker processes inherit them."""
    if _DATABASE in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="dougong-suite-"))
    settings = Settings(home=folder, database_url=os.environ.get("DOUGONG_TEST_DATABASE_URL") or None)
    servers = Servers(Home.open(folder), settings, durable=False)
    _running.append((servers, folder))
    addresses = servers.start()
    os.environ[_DATABASE], os.environ[_REDIS] = addresses.database_url, addresses.redis_url


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """With -n, the controller starts the servers before any worker; without, the first fixture that needs them does."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        _start_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever started the servers stops them; if it is killed, the kernel tells the servers to end."""
    while _running:
        servers, folder = _running.pop()
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(_DATABASE, None)
        os.environ.pop(_REDIS, None)


@pytest.fixture(scope="session")
def servers() -> Addresses:
    """The addresses of the run's PostgreSQL (superuser, database dougong) and Redis."""
    _start_servers()
    return Addresses(os.environ[_DATABASE], os.environ[_REDIS])


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 without xdist, else the worker's number."""
    worker = getattr(request.config, "workerinput", {"workerid": "gw0"})["workerid"]
    return int(worker.removeprefix("gw"))


@pytest.fixture(scope="session")
def make_database(servers: Addresses) -> Iterator[Callable[..., str]]:
    """`make_database(template=None) -> url`: a fresh database, a copy of `template` (a name) if given.

    A copy of a template takes some 30 ms; nobody may be connected to the template. Dropped after the run.
    """
    made: list[str] = []

    def make(template: str | None = None, name: str | None = None) -> str:
        name = name or f"t_{uuid.uuid4().hex[:16]}"
        statement = sql.SQL("create database {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" template {}").format(sql.Identifier(template))
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            connection.execute(statement)
        made.append(name)
        return url_of(servers.database_url, name)

    yield make
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def url_of(url: str, database: str) -> str:
    """The same server's address for another database."""
    head, mark, parameters = url.partition("?")
    scheme, _, rest = head.partition("://")
    host = rest.partition("/")[0]
    return f"{scheme}://{host}/{database}{mark}{parameters}"


@pytest.fixture
def database_url(make_database: Callable[..., str]) -> str:
    """An empty database for one test."""
    return make_database()


@pytest.fixture(scope="module")
def module_database_url(make_database: Callable[..., str]) -> str:
    """An empty database shared by one module's tests."""
    return make_database()


@pytest.fixture(scope="session")
def redis_url(servers: Addresses, worker_number: int) -> str:
    """A Redis database of this worker alone (Redis numbers sixteen of them)."""
    return f"{servers.redis_url.rpartition('/')[0]}/{worker_number % 16}"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program. Missing: a test fails on a build machine (CI set) and skips with advice elsewhere."""
    found = chromium.find()
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(chromium.ADVICE)
    return found
