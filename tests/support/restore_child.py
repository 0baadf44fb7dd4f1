"""Saves or restores in a process of its own, to be killed: `python restore_child.py save|restore DSN HOME FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from dougong_platform.backups import restore, save
from dougong_tenants import Database, tenancy


def main(action: str, dsn: str, home: str, file: str) -> None:
    database = Database(dsn, 2, secret="test")
    print("begun", flush=True)
    if action == "save":
        save(database, tenancy.get(database, "library"), Path(home), Path(file))
    else:
        restore(database, Path(home), Path(file), "library")


if __name__ == "__main__":
    main(*sys.argv[1:])
