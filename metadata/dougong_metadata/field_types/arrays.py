"""PostgreSQL's text form of an array, used by the types whose column is one."""

from __future__ import annotations

from typing import Any


def array_text(items: list[Any]) -> str:
    """`{"a","b"}`: what `::text[]` or `::uuid[]` reads; every item is quoted."""
    quoted = (str(item).replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"
