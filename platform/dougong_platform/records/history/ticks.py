"""Ticks of stages' checklists in a record's history: entries of op "tick" and "untick" hold the item under KEY.

Written by the noun `pipelines`; read by timelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KEY = "_tick"  # no field is called so
OPS = ("tick", "untick")


def told(op: str, changes: Mapping[str, Any]) -> dict[str, str] | None:
    """{pipeline, stage, item} of a history entry of op tick or untick; None for other entries."""
    if op not in OPS:
        return None
    return {name: changes[KEY][name] for name in ("pipeline", "stage", "item")}
