"""How many relays of one tenant may run at once in this process. Used by the worker that calls outside with threads."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Turns:
    """Safe for threads. Whoever is turned away is remembered, so that nothing waits for the next sweep."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._running: Counter[str] = Counter()
        self._turned_away: set[str] = set()
        self._lock = Lock()

    def begin(self, tenant: str) -> bool:
        """Whether the tenant has a place free; if so, `end` has to follow."""
        with self._lock:
            if self._running[tenant] >= self._at_once:
                self._turned_away.add(tenant)
                return False
            self._running[tenant] += 1
            return True

    def end(self, tenant: str) -> bool:
        """Give the place back; whether somebody was turned away meanwhile, who would have looked at newer rows."""
        with self._lock:
            self._running[tenant] -= 1
            if not self._running[tenant]:
                del self._running[tenant]
            turned_away = tenant in self._turned_away
            self._turned_away.discard(tenant)
            return turned_away
