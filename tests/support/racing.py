"""Things that several people do at the same instant, over connections of their own. For the tests of approvals."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from approving import Approving
from dougong_metadata.errors import Fault
from dougong_platform.approvals.moves.deciding import decide_all
from dougong_platform.errors import CallerOutdated
from dougong_tenants import Database

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


def in_processes(company: Approving, verdicts: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str | None]]:
    """Each of these people approves these approvals, in a process of his own, all at the same moment; what each was
    told of each (None: nothing stood in the way)."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(len(verdicts)), context.Queue()
    given = (company.database.dsn, company.name, company.people)
    processes = [
        context.Process(target=_approve, args=(*given, who, list(ids), barrier, answers), daemon=True)
        for who, ids in verdicts.items()
    ]
    for process in processes:
        process.start()
    found = dict(answers.get(timeout=2 * PATIENCE) for _ in processes)
    for process in processes:
        process.join(PATIENCE)
    return found


def _approve(
    dsn: str, name: str, people: dict[str, str], who: str, ids: Sequence[str], barrier: Any, answers: Any
) -> None:
    database = Database(dsn, pool_size=2, secret="test")
    caller = Approving(database, name, people, {}).caller(who)
    barrier.wait(PATIENCE)
    told = decide_all(caller, ids, "approve")
    answers.put((who, {id: None if problem is None else problem.message("en") for id, problem in told}))
    database.close()
