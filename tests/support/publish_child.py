"""Publishes a folder in a process of its own, to be killed: `python publish_child.py DSN TENANT FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from dougong_platform.releases.export import folder_model
from dougong_platform.releases.publish import publish
from dougong_tenants import Database, tenancy


def main(dsn: str, tenant: str, folder: str) -> None:
    database = Database(dsn, 2, secret="the suite's secret")
    publish(database, tenancy.get(database, tenant), model=folder_model(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
