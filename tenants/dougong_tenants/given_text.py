"""Text from outside made fit for PostgreSQL, where a wrong value finds nothing. Used for e-mails, ids, devices."""

from __future__ import annotations


def storable(text: str) -> str:
    """Without NUL, which PostgreSQL refuses, and with ? for half surrogate pairs, which are no text."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
