"""Cursors: the sort values of a page's last row, marked with the question they belong to. Used by lists and the feed.

The mark keeps a cursor from being used with another list by mistake; nothing secret depends on it, because a
cursor's values only ever become bound parameters.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import orjson

from dougong_platform.errors import BadCursor

_MARK = 9  # bytes
LONGEST = 4000  # characters
LONGEST_VALUE = 200  # characters of a text that sort_key looks at


def encode(question: Sequence[object], values: Sequence[Any]) -> str:
    """An opaque text for `values` (JSON values) that answers `question`."""
    cut = [v[:LONGEST_VALUE] if isinstance(v, str) else v for v in values]
    payload = orjson.dumps(cut)
    return base64.urlsafe_b64encode(_mark(question, payload) + payload).decode().rstrip("=")


def decode(question: Sequence[object], cursor: str) -> list[Any]:
    """The values of a cursor that `encode` made for the same question. Raises BadCursor."""
    if len(cursor) > LONGEST:
        raise BadCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    mark, payload = raw[:_MARK], raw[_MARK:]
    if mark != _mark(question, payload):
        raise BadCursor
    values = orjson.loads(payload)
    if not isinstance(values, list) or any(isinstance(value, list | dict) for value in values):
        raise BadCursor
    return values


def _mark(question: Sequence[object], payload: bytes) -> bytes:
    asked = blake2b(repr(tuple(question)).encode("utf-8", "replace"), digest_size=16).digest()
    return blake2b(payload, key=asked, digest_size=_MARK).digest()
