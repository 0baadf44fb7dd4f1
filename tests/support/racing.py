"""Things that several people do at the same instant, over connections of their own. For the tests of approvals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from dougong_metadata.errors import Fault
from dougong_platform.errors import CallerOutdated

PATIENCE = 30  # seconds: whoever takes longer hangs


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each gives, or the Fault that it raises, all begun at the same moment. Anything else that is raised is
    raised here: nobody is told of a server's error."""
    barrier = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)
    wrong: list[BaseException] = []

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(PATIENCE)
            answers[number] = work()
        except Fault as fault:
            answers[number] = fault
        except BaseException as problem:  # noqa: BLE001 - told below, in the test's own thread
            wrong.append(problem)

    threads = [threading.Thread(target=run, args=(number, work), daemon=True) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "somebody waits for ever"
    if wrong:
        raise wrong[0]
    assert all(one.status < 500 for one in answers if isinstance(one, Fault)), answers
    return answers


def again(work: Callable[[], Any]) -> Any:
    """As a request does: once more, with a new caller, where what was remembered of him was old."""
    try:
        return work()
    except CallerOutdated:
        return work()


def faults(answers: Sequence[Any]) -> list[Fault]:
    """Those who were told why not."""
    return [one for one in answers if isinstance(one, Fault)]
