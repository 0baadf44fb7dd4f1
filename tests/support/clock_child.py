"""Scans a tenant's clock in processes of their own, to be killed. A line `DSN TENANT NOW` on stdin starts one and is
answered with its pid; everything is imported once, so that a start costs a fork."""

from __future__ import annotations

import os
import signal
import sys

from dougong_platform.wakeups import scan
from dougong_platform.wakeups.moments import parsed
from dougong_tenants import Database, tenancy


def run(dsn: str, tenant: str, now: str) -> None:
    database = Database(dsn, 2, secret="test")
    scan(database, tenancy.get(database, tenant), now=parsed(now))


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed need nobody to wait for them
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                run(*line.split())
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
