"""Runs a home's servers until it is told to stop or is killed: `python hold_servers.py HOME`. For tests of killing."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from dougong_platform.servers.embedded import Servers
from dougong_platform.servers.home import Home
from dougong_platform.settings import Settings


def main(path: Path) -> None:
    home = Home.open(path)
    with home.owner_lock() as ours:
        assert ours
        servers = Servers(home, Settings(home=path), durable=False)
        servers.start()
        print("serving", flush=True)
        signal.sigwait({signal.SIGTERM})
        servers.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main(Path(sys.argv[1]))
