"""Publishes folders in processes of their own, to be killed. A line `DSN TENANT FOLDER MOST_COLUMNS` on stdin (then
`PIPELINE.STAGE=STAGE` as often as wanted) starts one and is answered with its pid; everything is imported once, so that
a start costs a fork."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from dougong_platform.releases.export import folder_model
from dougong_platform.releases.publish import publish
from dougong_tenants import Database, tenancy


def run(dsn: str, tenant: str, folder: str, most: str, *moves: str) -> None:
    database = Database(dsn, 2, secret="the suite's secret")
    publish(
        database,
        tenancy.get(database, tenant),
        model=folder_model(Path(folder)),
        most_columns=int(most) or None,
        stages=dict(move.split("=") for move in moves),
    )


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
