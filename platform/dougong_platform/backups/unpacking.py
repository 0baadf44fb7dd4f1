"""Puts the files of a backup in their place: beside it first, renamed at the end of the database's transaction."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dougong_platform.backups.archive import Reader
from dougong_platform.files.store import FileStore

_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.thumbnail)?")
_STAGING = ".restoring-"
_DAY = 86_400  # seconds


@contextmanager
def unpacked(store: FileStore, archive: Reader) -> Iterator[Callable[[str], None]]:
    """The files, written to a folder that nobody looks at; calling what is yielded gives them their tenant's schema.
    If the block fails, they are gone. What a killed restore left here is removed after a day."""
    _forget_killed(store)
    staging, placed = f"{_STAGING}{uuid.uuid4().hex}", list[Path]()
    folder = store.folder(staging)

    def place(schema: str) -> None:
        if folder.exists():
            target = store.folder(schema)
            shutil.rmtree(target, ignore_errors=True)  # of a tenant dropped long ago: this name is only now given out
            folder.rename(target)
            placed.append(target)

    try:
        for name in archive.files():
            if not _NAME.fullmatch(name):
                archive.damaged(f"files/{name} is no file's name")
            _write(store.path(staging, name[:36], name[36:]), archive.chunks(f"files/{name}"))
        yield place
    except BaseException:
        for one in (folder, *placed):
            shutil.rmtree(one, ignore_errors=True)
        raise


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _forget_killed(store: FileStore) -> None:
    for folder in store.folder("").glob(f"{_STAGING}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _DAY:
                shutil.rmtree(folder)
