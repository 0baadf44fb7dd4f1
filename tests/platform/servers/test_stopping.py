"""A signal to stop is never lost, and never comes between a child's start and our knowing of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from dougong_platform.servers.stopping import SIGNALS, Stopped, Stopping


@pytest.fixture
def stopping() -> Iterator[Stopping]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    made = Stopping()
    made.listen()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def ask() -> None:
    """A signal to ourselves, and bytecodes enough for Python to see it."""
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(100):
        pass


class _Swallows:
    """What is raised while it is destroyed is swallowed, as around forks and in the callbacks of imports."""

    def __del__(self) -> None:
        ask()


def test_a_signal_is_raised_where_we_are_and_later_ones_are_ignored(stopping: Stopping) -> None:
    with pytest.raises(Stopped):
        ask()
    ask()
    with pytest.raises(Stopped):
        stopping.check()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_swallows_is_found_at_the_next_look(stopping: Stopping) -> None:
    stopping.check()
    _Swallows()
    with pytest.raises(Stopped):
        stopping.check()


def test_a_signal_during_the_start_of_a_child_waits_until_it_is_known(stopping: Stopping) -> None:
    known = False
    with pytest.raises(Stopped), stopping.held():
        ask()
        known = True
    assert known
