"""Processor time of processes, where the system tells it (Linux): on a busy machine it says more than a clock does."""

from __future__ import annotations

import os
import resource
from pathlib import Path


def worked(pid: int) -> float:
    """Seconds that a process's first thread has worked; 0.0 where the system does not tell."""
    path = Path(f"/proc/{pid}/schedstat")
    return int(path.read_text().split()[0]) / 1e9 if path.exists() else 0.0


def ended_children(pid: int | None) -> float:
    """Seconds that the ended children of a process have worked; 0.0 where the system does not tell."""
    path = Path(f"/proc/{pid}/stat")
    if pid is None or not path.exists():
        return 0.0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def own_children() -> float:
    """The same of this process."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
