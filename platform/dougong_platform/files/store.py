"""Bytes on disk: DOUGONG_HOME/files/<tenant's schema>/<two letters>/<id>. A name never shows half a file.

Called by uploads, downloads and the sweep; knows nothing of rows and rights.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dougong_platform.errors import TooLarge, Unavailable
from dougong_platform.files.recognise import HEAD

_CHUNK = 256 * 1024
THUMBNAIL = ".thumbnail"


@dataclass(frozen=True, slots=True)
class Received:
    """A complete temporary file: `keep` gives it its name, `drop` forgets it."""

    path: Path
    size: int
    sha256: bytes
    head: bytes

    def drop(self) -> None:
        """Remove the temporary file if it still is one."""
        with suppress(FileNotFoundError):
            self.path.unlink()


class FileStore:
    """The files of all tenants of one home."""

    def __init__(self, home: Path) -> None:
        self._root = home / "files"

    def receive(self, schema: str, id: str, stream: IO[bytes], limit: int) -> Received:
        """Write `stream` to a temporary file and to the disk. Raises TooLarge beyond `limit` bytes, Unavailable when
        the disk is full; either leaves nothing."""
        path = self.path(schema, id).with_suffix(".part")
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge(limit=f"{limit // 1024 // 1024} MB" if limit >= 1048576 else f"{limit} B")
                    digest.update(chunk)
                    head = head or chunk[:HEAD]
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            with suppress(OSError):
                path.unlink()
            if isinstance(error, OSError):
                raise Unavailable from error
            raise
        return Received(path, size, digest.digest(), head)

    def keep(self, schema: str, id: str, received: Received) -> None:
        """Give a received file its name, durably."""
        received.path.replace(self.path(schema, id))
        folder = os.open(received.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def folder(self, schema: str) -> Path:
        """The folder of all files of a tenant."""
        return self._root / schema

    def path(self, schema: str, id: str, ending: str = "") -> Path:
        """Where a file is; ids are UUIDs of ours, so no name of a user's ever becomes a path."""
        return self.folder(schema) / id[-2:] / f"{id}{ending}"

    def remove(self, schema: str, id: str) -> None:
        """Remove a file and its thumbnail; nothing happens if they are gone."""
        for ending in ("", THUMBNAIL, ".part"):
            with suppress(FileNotFoundError):
                self.path(schema, id, ending).unlink()

    def forget(self, schema: str) -> None:
        """Remove all files of a tenant that was dropped."""
        shutil.rmtree(self.folder(schema), ignore_errors=True)

    def older_than(self, schema: str, seconds: float) -> Iterator[str]:
        """Ids of the files on disk that were last written so long ago."""
        latest = time.time() - seconds
        for path in (self._root / schema).glob("??/*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < latest:
                    yield path.name[:36]
