"""The signal that stops `dougong up`: raised as `Stopped` in the main thread wherever it is, and never lost.

Python swallows what is raised in finalisers and around forks, so the signal is also remembered: loops `check()`. While
a child is being started nothing is raised (`held`): its number must be known before it can be stopped.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked us to stop."""


class Stopping:
    """What is known about the wish to stop. One per process: `STOPPING`."""

    def __init__(self) -> None:
        self.asked = False
        self._holds = 0

    def listen(self) -> None:
        """From now on the signals raise Stopped, once; those that follow are ignored while everything ends."""
        for number in SIGNALS:
            signal.signal(number, self._on_signal)

    def deafen(self) -> None:
        """Ignore the signals from now on."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def check(self) -> None:
        """Raise Stopped if a signal came, unless a child is being started."""
        if self.asked and not self._holds:
            raise Stopped

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raise nothing inside; a signal that came meanwhile is raised at the end."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
        self.check()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        self.deafen()
        self.check()


STOPPING = Stopping()
