"""`publisher`: publishes in processes that are killed as soon as a step is done. For the tests of releases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from changing import Changing
from dougong_metadata.documents import Document
from dougong_metadata.folders import write_folder
from dougong_platform.releases.publish import resume

PATIENCE = 60  # seconds


class Publisher:
    """Starts publishes in processes of their own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(
        self, it: Changing, documents: Sequence[Document], folder: Path, most_columns: int = 0, moves: str = ""
    ) -> int:
        """Publish these documents in place of all others; the process' id. `moves`: "sale.old=new …"."""
        write_folder(folder, documents)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{it.database.dsn} {it.tenant.name} {folder} {most_columns} {moves}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def kill_at(
        self,
        it: Changing,
        documents: Sequence[Document],
        mark: str,
        folder: Path,
        target: int,
        most_columns: int = 0,
        moves: str = "",
    ) -> str:
        """Publish (or go on with a killed publish), and kill it as soon as `mark` is to be seen; the state it left."""
        pid = self.start(it, documents, folder, most_columns, moves)
        try:
            with it.database.owner(it.tenant) as connection:
                deadline = time.monotonic() + PATIENCE
                while True:
                    row = connection.execute(
                        "select done ? %s, state from _publish where target = %s", [mark, target]
                    ).fetchone()
                    if (row is not None and (row[0] or row[1] not in ("preparing", "switched"))) or not alive(pid):
                        break
                    assert time.monotonic() < deadline, f"{mark} was never reached"
        finally:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        ((state,),) = it.run("select state from _publish where target = %s", [target])
        return str(state)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def resumed(it: Changing, target: int = 2) -> int:
    """The release after resuming; the killed process' backend may hold its lock for a moment."""
    deadline = time.monotonic() + PATIENCE
    while True:
        release = resume(it.database, it.tenant)
        ((state,),) = it.run("select state from _publish where target = %s", [target])
        if release is not None or state == "done":
            return it.number()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def publisher() -> Iterator[Publisher]:
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "publish_child.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Publisher(process)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(10)
