"""Shares in a record's history: entries of op "share" and "unshare" hold [before, after] of the share under KEY.

Written by the noun `shares`; read by timelines and the change feed, which show them as `share`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

KEY = "_share"  # no field is called so
OPS = frozenset({"share", "unshare"})
_SHOWN = ("id", "subject", "access", "role", "relations", "expires_at", "note")


def told(op: str, changes: Mapping[str, Any], relations: Collection[str]) -> dict[str, Any] | None:
    """{"before", "after"}, each a share as it is shown or None, with the `relations` that the reader may know.

    None for other operations.
    """
    if op not in OPS:
        return None
    before, after = changes[KEY]
    return {"before": _shown(before, relations), "after": _shown(after, relations)}


def subject_of(changes: Mapping[str, Any]) -> str:
    """With whom the record was shared, or is no more."""
    before, after = changes[KEY]
    return str((after or before)["subject"])


def _shown(share: Mapping[str, Any] | None, relations: Collection[str]) -> dict[str, Any] | None:
    if share is None:
        return None
    return {name: share[name] for name in _SHOWN} | {"relations": [r for r in share["relations"] if r in relations]}
