"""What was compiled for a shape of batches, kept for the next batch of that shape; one bounded cache per process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

Made = TypeVar("Made")

_MADE: OrderedDict[Hashable, Any] = OrderedDict()
_LOCK = Lock()
_KEPT = 3000


def cached(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` returns, made once per key as long as it stays among the last few thousand."""
    with _LOCK:
        found = _MADE.get(key)
        if found is not None:
            _MADE.move_to_end(key)
            return found  # type: ignore[no-any-return]  # a key always holds what its own `make` returned
    found = make()
    with _LOCK:
        _MADE[key] = found
        if len(_MADE) > _KEPT:
            _MADE.popitem(last=False)
    return found
