"""Who does what for which topic of the outbox. Nouns register their handlers here, in a file called `handlers.py`.

@handles("thumbnail")                        # in one transaction with the deletion of its row: exactly once
def draw(work: Work) -> None: work.transaction.execute(…)

@handles("tally", many=True)                 # the same, for as many rows of the topic as wait, up to a batch
def add(works: Sequence[Work]) -> None: works[0].transaction.execute(…)

@handles("letter", outside=True, lease=120)  # outside any, at least once: work.id is a stable key
def post(work: Work) -> None: …

@sweeps(every=3600)                          # for every tenant, about once an hour
def forget(database: Database, tenant: Tenant) -> None: …

@watches(every=15, find=due_tenants)         # for those tenants alone that one statement found
def wake(database: Database, tenant: Tenant) -> None: …
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, TypeVar

from dougong_tenants import Database, Tenant, TenantTransaction

# Each lane has workers of its own, so that none waits for what takes longer: effects in the database; short calls over
# the network; whatever may take minutes.
NOW, OUTSIDE, LONG = "now", "outside", "long"
LANES = (NOW, OUTSIDE, LONG)
LONGEST_PAUSE = 3600  # seconds between two attempts


@dataclass(frozen=True, slots=True)
class Work:
    """One outbox row for one handler. `tx` is None for handlers outside the database; `attempt` counts from 1.

    `id` stays the same over all attempts.
    """

    database: Database
    tenant: Tenant
    tx: TenantTransaction | None
    id: int
    topic: str
    payload: dict[str, Any]
    at: str
    attempt: int

    @property
    def transaction(self) -> TenantTransaction:
        """`tx` of a handler that works in the database."""
        assert self.tx is not None, f"the handler of {self.topic} works outside the database"
        return self.tx


class GivenUp(Exception):
    """Raised by a handler: trying again is useless, the row is a dead letter at once."""


class Missed(Exception):
    """Raised by a handler whose attempt failed in a way that is to be expected: counted, without a trace in the log."""


class Later(Exception):
    """Raised by a handler that has to wait its turn: again in so many seconds; no attempt."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} seconds")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that takes Work, or a sequence of it (`many`); `lease` is how many seconds an attempt outside the
    database may take, `pauses` the seconds after each failed attempt but the last."""

    topic: str
    name: str
    run: Callable[[Any], None]
    outside: bool
    lease: int
    pauses: tuple[float, ...]
    many: bool
    lane: str

    @property
    def attempts(self) -> int:
        """How often it is tried before it is given up."""
        return len(self.pauses) + 1


@dataclass(frozen=True, slots=True)
class Sweeper:
    """A function run for each tenant about every `every` seconds."""

    name: str
    every: int
    run: Callable[[Database, Tenant], None]


@dataclass(frozen=True, slots=True)
class Watcher:
    """`find` names the tenants, by one statement over all, that have something to do; `run` then does it for each, as
    a task of its own. `every` is in seconds."""

    name: str
    every: float
    find: Callable[[Database], list[str]]
    run: Callable[[Database, Tenant], None]


# Events are told whether or not anybody listens; work that nobody knows is kept and becomes a dead letter.
EVENTS = frozenset({"records", "release"})

_handlers: dict[str, dict[str, Handler]] = {}
_sweepers: dict[str, Sweeper] = {}
_watchers: dict[str, Watcher] = {}

Run = TypeVar("Run", bound=Callable[..., None])


def handles(
    topic: str,
    *,
    outside: bool = False,
    many: bool = False,
    lease: int = 300,
    attempts: int = 8,
    pauses: Sequence[float] | None = None,
    lane: str | None = None,
) -> Callable[[Run], Run]:
    """Register a handler; a topic may have several, each gets every row. Its name is its module's and its own.

    Without `pauses`, the pauses between `attempts` double from 2 seconds up to an hour. `lane`: where it waits, NOW for
    handlers in the database, OUTSIDE for others unless they say LONG.
    """
    if many and outside:
        raise ValueError("Many rows are taken at once in the database only.")
    given = tuple(pauses) if pauses is not None else tuple(min(2.0**n, LONGEST_PAUSE) for n in range(1, attempts))
    chosen = lane or (OUTSIDE if outside else NOW)
    if chosen not in LANES or (chosen != NOW) != outside:
        raise ValueError(f"{chosen} is no lane for this handler.")

    def register(run: Run) -> Run:
        name = f"{run.__module__}.{run.__qualname__}"
        known = _handlers.setdefault(topic, {})
        if name in known and known[name].run is not run:
            raise ValueError(f"Topic {topic} has a handler called {name} already.")
        known[name] = Handler(topic, name, run, outside, lease, given, many, chosen)
        return run

    return register


def sweeps(*, every: int) -> Callable[[Run], Run]:
    """Register a function for every tenant's regular work, at most every `every` seconds (30 at least)."""

    def register(run: Run) -> Run:
        name = f"{run.__module__}.{run.__qualname__}"
        _sweepers[name] = Sweeper(name, max(30, every), run)
        return run

    return register


def watches(*, every: float, find: Callable[[Database], list[str]]) -> Callable[[Run], Run]:
    """Register a function for the tenants that `find` names, asked every `every` seconds. It may be sent to a tenant
    twice at once."""

    def register(run: Run) -> Run:
        name = f"{run.__module__}.{run.__qualname__}"
        _watchers[name] = Watcher(name, every, find, run)
        return run

    return register


def handlers(topic: str) -> dict[str, Handler]:
    """The topic's handlers by name; `topic>name` is the share of one handler where there are several."""
    topic, _, name = topic.partition(">")
    known = _handlers.get(topic, {})
    return {key: value for key, value in known.items() if not name or key == name}


def sweepers() -> tuple[Sweeper, ...]:
    """All that was registered with @sweeps."""
    return tuple(_sweepers.values())


def watchers() -> dict[str, Watcher]:
    """All that was registered with @watches, by name."""
    return dict(_watchers)


def load_handlers() -> None:
    """Import every noun's handlers.py, and those of installed packages (entry points of group dougong.handlers)."""
    import dougong_platform

    for noun in iter_modules(dougong_platform.__path__, "dougong_platform."):
        if noun.ispkg and find_spec(f"{noun.name}.handlers") is not None:
            import_module(f"{noun.name}.handlers")
    for point in entry_points(group="dougong.handlers"):
        point.load()
