"""Where the bytes of uploaded files go."""

from __future__ import annotations

from dougong_platform.files.store import FileStore
from dougong_platform.http.endpoint import engine


def store() -> FileStore:
    """The installation's files."""
    return FileStore(engine().dougong.home)
