"""How work grows with what it is given, for tests of speed: the same promise on every machine, however slow or busy.
The budgets in milliseconds are held by `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable

TURNS = 5


def cpu_seconds(work: Callable[[], object]) -> float:
    """The least that the work takes of this process's own time: what other processes take does not count."""
    taken = []
    for _ in range(TURNS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken)


def growth(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times as long the large work takes as the small one."""
    work = cpu_seconds(small)  # also warms up what both use
    return cpu_seconds(large) / min(work, cpu_seconds(small))
