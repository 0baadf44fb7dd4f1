"""argon2id hashes of passwords, verified at one cost whether or not there is a hash. Used by sign-in and people."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106's second recommendation: 3 passes over 64 MiB by 4 lanes; some 60 ms. Hashes carry their parameters, so that
# after a change of this setting each is made anew when its person signs in. The suite sets it low.
_KIB = int(os.environ.get("DOUGONG_PASSWORD_MEMORY") or 65_536)
_HASHER = PasswordHasher(memory_cost=_KIB)
# Each hashing holds 64 MiB: a burst of sign-ins must wait rather than fill the memory.
_TURN = BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """The hash with its parameters and salt, as text."""
    with _TURN:
        return _HASHER.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits; without a stored hash a dummy is verified, so that both answers take as long."""
    with _TURN:
        try:
            _HASHER.verify(stored or _dummy(), _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's and should be made anew at the next sign-in."""
    return _HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash("nobody's password")


def _normal(password: str) -> bytes:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
