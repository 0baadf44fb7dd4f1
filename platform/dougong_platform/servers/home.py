"""DOUGONG_HOME on disk: its folders, generated secrets, and the locks that say who runs the servers in it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from dougong_platform.servers.errors import FolderUnusable

_LONGEST_SOCKET = 90  # bytes; the kernel takes 107 for folder and file name together


@dataclass(frozen=True, slots=True)
class Home:
    """The folder with everything that the embedded servers keep."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> Home:
        """Create what is missing and prove that it can be written. Raises FolderUnusable."""
        try:
            path = path.expanduser().resolve()
            path.mkdir(parents=True, exist_ok=True)
            # As root, PostgreSQL runs under another user and has to pass through; it cannot list.
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for name in ("secrets", "log", "files"):
                (path / name).mkdir(mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except (OSError, RuntimeError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            raise FolderUnusable(folder=str(path), reason=reason) from problem
        return cls(path)

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def files(self) -> Path:
        """Uploaded files, one folder per tenant."""
        return self.path / "files"

    def secret(self, name: str) -> str:
        """A random secret of this home, made at its first use; 43 characters, safe in a URL."""
        file = self.path / "secrets" / name
        if not file.exists():
            fresh = file.with_name(f"{name}.{os.getpid()}.new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(32))
            try:
                os.link(fresh, file)  # fails if another process was first: then its secret counts
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return file.read_text().strip()

    def socket_folder(self) -> Path:
        """A folder for the Unix socket: in here, or under the temporary folder where this path is too long."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET:
            return inside
        mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"dougong-{os.geteuid()}-{mark}")

    def state(self) -> dict[str, Any]:
        """What the running servers said of themselves (database_url, redis_url, owner …); {} if nothing runs."""
        try:
            found = orjson.loads((self.path / "servers.json").read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state file in one step; readable by its owner only, for it holds passwords."""
        fresh = self.path / f"servers.json.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(orjson.dumps(state, option=orjson.OPT_INDENT_2))
        fresh.replace(self.path / "servers.json")

    def clear_state(self) -> None:
        (self.path / "servers.json").unlink(missing_ok=True)

    @contextmanager
    def owner_lock(self) -> Iterator[bool]:
        """True for the one process that may run servers here. The kernel frees it even after kill -9."""
        with (self.path / "servers.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def user_lock(self) -> Iterator[None]:
        """Held by every command while it uses servers that another process runs."""
        with (self.path / "users.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            yield

    @contextmanager
    def no_users(self) -> Iterator[None]:
        """Wait until no other command uses the servers, and keep new ones waiting: hold it while stopping them."""
        with (self.path / "users.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
