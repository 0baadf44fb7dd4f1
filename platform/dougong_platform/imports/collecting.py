"""Python's search for garbage put off while many rows grow. Called where an import's rows are cut and written."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[None]:
    """100,000 rows are a million lists and texts without a cycle: looking for one while they grow takes a tenth of the
    time of writing them and a third of that of cutting them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
