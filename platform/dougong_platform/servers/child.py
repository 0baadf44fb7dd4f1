"""One child process of ours: started with its log file, asked to stop politely, then less politely."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from dougong_platform.servers.system_user import SystemUser, before_exec

_LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside as .1 at the next start


class Child:
    """A program that runs under us. It is told (`death_signal`) if we die without stopping it."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name, self.process, self.log = name, process, log
        self._group_ended = False

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        user: SystemUser | None = None,
        needs: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        death_signal: int = signal.SIGTERM,
    ) -> Child:
        """Run `command` in a process group of its own, so that Ctrl-C reaches only us and we choose the order."""
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_name(log.name + ".1"))
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
                cwd=folder,
                start_new_session=True,
                # Only system calls between fork and exec, prepared beforehand; starting happens in the main thread.
                preexec_fn=before_exec(user, needs, death_signal),  # noqa: PLW1509 - the reason stands above
            )
        return cls(name, process, log)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, *steps: tuple[int, float]) -> None:
        """Send each signal and wait its seconds; SIGKILL to the whole group if none of them helped."""
        for number, seconds in steps:
            if not self.running:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        self.end_group()

    def end_group(self) -> None:
        """Kill what is left of the process group: workers whose parent was killed would go on serving."""
        if self._group_ended:  # its number may belong to somebody else by now
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._group_ended = True

    def tail(self, lines: int = 8) -> str:
        """The last lines of the log."""
        return tail(self.log, lines)


def tail(log: Path, lines: int = 8) -> str:
    """The last lines of a log file, "" if there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


def port_is_free(host: str, port: int) -> bool:
    """Whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """A loopback port that is free now: the preferred one if possible, so that addresses stay over restarts."""
    if preferred and port_is_free("127.0.0.1", preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def alive(pid: int) -> bool:
    """Whether this process runs. An ended one that nobody has reaped (containers without init) does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait for a process that is not our child to end."""
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
