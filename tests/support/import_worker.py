"""A process that works off an import: `python import_worker.py URL TENANT IMPORT`. For tests that kill it."""

from __future__ import annotations

import sys

from dougong_platform.imports.run import work
from dougong_tenants import Database
from dougong_tenants.tenancy import get

if __name__ == "__main__":
    url, tenant, identifier = sys.argv[1:]
    database = Database(url, 2, secret="test")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    work(database, get(database, tenant), identifier)
