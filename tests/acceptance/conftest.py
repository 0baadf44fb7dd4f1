"""Real data written by others; it lies beside the project and is never copied into it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dougong_metadata.folders import read_folder
from dougong_platform.releases.provision import FirstAdministrator, provision
from dougong_tenants import Database, Tenant

HERE = Path(__file__).parent
DATA = Path(os.environ.get("DOUGONG_TEST_DATA", HERE.parents[1].parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; its tests skip where it is absent, because its licences do not let it into the
    project."""
    if not DATA.is_dir():
        pytest.skip(f"the real data is not at {DATA}: its licences keep it outside the project")
    return DATA


@pytest.fixture(scope="module")
def tenant_of(database: Database, data: Path) -> Callable[[str], Tenant]:
    """`tenant_of("maven_crm")`: a tenant whose release 1 holds that folder's documents, with an administrator.

    Without the data there is nothing to ask such a tenant: its tests skip.
    """

    def make(folder: str) -> Tenant:
        who = FirstAdministrator(f"admin@{folder.replace('_', '')}.test", "a long password 1", "Admin")
        return provision(
            database, folder, documents=read_folder(HERE / folder / "metadata"), administrator=who, locale="en"
        )

    return make


@pytest.fixture
def dougong(module_database_url: str, redis_url: str, tmp_path: Path) -> Callable[..., str]:
    """Runs the command line against the module's database; its output. A status other than 0 fails the test."""

    def run(*arguments: str) -> str:
        environment = {
            **os.environ,
            "DATABASE_URL": module_database_url,
            "REDIS_URL": redis_url,
            "DOUGONG_SECRET": "the suite's secret",
            "DOUGONG_HOME": str(tmp_path),
            "LANG": "C.UTF-8",
        }
        done = subprocess.run(
            [sys.executable, "-m", "dougong_platform.cli", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
