"""A process that works off a hand-over or its undo: `python hand_over_worker.py URL TENANT HAND_OVER work|undo`. For
tests that kill it."""

from __future__ import annotations

import sys

from dougong_platform.hand_overs.run import work
from dougong_platform.hand_overs.undoing import work_undo
from dougong_tenants import Database
from dougong_tenants.tenancy import get

if __name__ == "__main__":
    url, tenant, identifier, do = sys.argv[1:]
    database = Database(url, 2, secret="test")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    (work_undo if do == "undo" else work)(database, get(database, tenant), identifier)
