"""Ids of rows: UUIDv7, which grow with time and so stay together in an index. Used by everything that creates rows."""

from __future__ import annotations

import uuid6


def new_id() -> str:
    """A new id as text."""
    return str(uuid6.uuid7())
