"""UUIDv7 ids for new records, made in Python because PostgreSQL 15 to 17 have none. Used by every insert."""

from __future__ import annotations

import os
import time
from threading import Lock

_LOCK = Lock()
_RANDOM = 74  # bits after the milliseconds: 12 before the variant, 62 behind it
_LOW = (1 << 62) - 1
_last = 0


def new_ids(count: int) -> list[str]:
    """`count` ids as lower-case text, ascending, and above all earlier ones of this process.

    The milliseconds and 74 random bits count as one number that only rises; within a call it rises by random
    steps, so that neighbours cannot be guessed from one id.
    """
    global _last  # noqa: PLW0603  # one rising number per process is what makes the ids monotonic
    noise = os.urandom(10 + 5 * count)
    with _LOCK:
        number = (time.time_ns() // 1_000_000 << _RANDOM) | (int.from_bytes(noise[:10], "big") >> 7)
        number = max(number, _last)
        found = []
        for start in range(10, 10 + 5 * count, 5):
            number += 1 + int.from_bytes(noise[start : start + 5], "big")
            found.append(number)
        _last = number
    return [_text(n) for n in found]


def new_id() -> str:
    """One id."""
    return new_ids(1)[0]


def _text(number: int) -> str:
    digits = f"{number >> _RANDOM:012x}7{number >> 62 & 0xFFF:03x}{(number & _LOW) | 1 << 63:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
