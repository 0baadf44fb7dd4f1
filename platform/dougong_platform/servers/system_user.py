"""Under which system user a server runs. PostgreSQL refuses to be root, so root hands it to a lesser user."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import stat
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_PR_SET_DEATH_SIGNAL = 1
_PR_SET_KEEP_CAPABILITIES = 8
_PR_AMBIENT = 47
_PR_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SEARCH = 2  # CAP_DAC_READ_SEARCH: may pass through folders closed to others, may not write
_OVERRIDE = 1  # CAP_DAC_OVERRIDE: the next best, where containers leave out the former


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A system user that is not root."""

    name: str
    uid: int
    gid: int


def server_user() -> SystemUser | None:
    """Whom root runs PostgreSQL as: dougong, postgres or nobody, the first that exists. None if we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("dougong", "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return SystemUser(name, entry.pw_uid, entry.pw_gid)
    return None


def can_reach(user: SystemUser, path: Path) -> bool:
    """Whether the user may pass through every folder above `path` (mode bits only)."""
    for folder in path.resolve().parents:
        about = folder.stat()
        if about.st_uid == user.uid:
            allowed = about.st_mode & stat.S_IXUSR
        elif about.st_gid == user.gid:
            allowed = about.st_mode & stat.S_IXGRP
        else:
            allowed = about.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def before_exec(user: SystemUser | None, needs: Iterable[Path], death_signal: int) -> Callable[[], None]:
    """A function for `preexec_fn`: becomes the user and asks to be told when the parent process dies.

    `needs` are the paths the program must reach. Where a folder above one of them is closed to the user (a
    home folder of root, mode 0700), the process keeps the one right to pass through folders, and no other.
    """
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    keep_search = user is not None and not all(can_reach(user, path) for path in needs)
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # a signal blocked here would stay blocked there
        if user is not None:
            if library is not None and keep_search:
                library.prctl(_PR_SET_KEEP_CAPABILITIES, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(user.gid)
            os.setuid(user.uid)
            if library is not None and keep_search:
                _keep_search(library)
        if library is not None:
            library.prctl(_PR_SET_DEATH_SIGNAL, death_signal, 0, 0, 0)
            if os.getppid() != parent:  # the parent died before we asked
                os._exit(1)

    return prepare


def _keep_search(library: ctypes.CDLL) -> None:
    for capability in (_SEARCH, _OVERRIDE):
        bit = 1 << capability
        header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
        data = struct.pack("IIIIII", bit, bit, bit, 0, 0, 0)
        if library.capset(header, data) == 0:
            library.prctl(_PR_AMBIENT, _PR_AMBIENT_RAISE, capability, 0, 0)
            return
