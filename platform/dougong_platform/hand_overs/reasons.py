"""Why a record stayed, in words, where the write path has not said so already. Used by the API and the screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REASONS = {
    "new_owner": ("Somebody else was given it meanwhile.", "期间已换了负责人。"),
    "in_bin": ("It went to the recycle bin meanwhile.", "期间已移入回收站。"),
    "gone": ("It was removed for good meanwhile.", "期间已被彻底删除。"),
    "object_gone": ("Its object no longer exists.", "所属对象已不存在。"),
    "changed_since": ("Its owner was changed, or it was deleted, since.", "此后已换负责人或已删除。"),
}


def reason(code: str, message: str | None, locale: str) -> str:
    """The sentence."""
    if message:
        return message
    return REASONS.get(code, (code, code))[locale.startswith("zh")]


def told(left: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A row of store.left_of with its sentence as `message`."""
    return {**left, "message": reason(left["code"], left["message"], locale)}
