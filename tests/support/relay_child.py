"""Relays a tenant's outbox in processes of their own, to be killed. A line `DSN TENANT` on stdin starts one and is
answered with its pid; everything is imported once, so that a start costs a fork."""

from __future__ import annotations

import os
import signal
import sys

from dougong_platform.jobs.relay import relay
from dougong_platform.jobs.topics import load_handlers
from dougong_tenants import Database, tenancy


def run(dsn: str, tenant: str) -> None:
    database = Database(dsn, 2, secret="test")
    found = tenancy.get(database, tenant)
    while True:
        relay(database, found)


def main() -> None:
    load_handlers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need nobody to wait for them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                run(*line.split())
            finally:
                os._exit(1)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
