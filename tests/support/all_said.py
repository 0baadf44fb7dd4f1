"""All that an answer says, for tests of what it must not say."""

from __future__ import annotations

import re
from typing import Any

import orjson

# Their digits are chance: any number of four digits stands in one of them now and then.
_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MOMENT = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*"
_CHANCE = re.compile(f"{_ID}|{_MOMENT}")


def all_said(answer: Any) -> str:
    """As JSON, without ids and moments."""
    return _CHANCE.sub("", orjson.dumps(answer, default=_plain).decode())


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)
