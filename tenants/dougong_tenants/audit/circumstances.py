"""Who is acting at the moment, by what and from where: kept beside the running request, so that no function between
the door and `note` hands it on. Set by the engine's HTTP layer for each request, and by the command line and the jobs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Circumstances(NamedTuple):
    """`actor`: a user's id; `via`: session, token, cli or job; `ip`: the address a request came from."""

    actor: str | None = None
    via: str | None = None
    ip: str | None = None


_NOTHING_KNOWN = Circumstances()
_present: ContextVar[Circumstances] = ContextVar("dougong_circumstances", default=_NOTHING_KNOWN)


def circumstances() -> Circumstances:
    """Those of this moment, in this thread."""
    return _present.get()


def acting(actor: str, via: str) -> None:
    """It is known now who acts, until the block of `under` ends in which this is said."""
    _present.set(Circumstances(actor, via, _present.get().ip))


@contextmanager
def under(*, actor: str | None = None, via: str | None = None, ip: str | None = None) -> Iterator[None]:
    """These circumstances, for as long as the block lasts."""
    before = _present.set(Circumstances(actor, via, ip))
    try:
        yield
    finally:
        _present.reset(before)
