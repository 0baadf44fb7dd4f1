"""Who is above somebody, level by level, and why there is nobody further up. Used by `approvers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dougong_metadata.model.approval_types import Approvers
from dougong_platform.approvals.people.reasons import reason
from dougong_platform.approvals.state import Text
from dougong_tenants.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Line:
    """The managers of somebody from the first on. `circle`: the last one's manager stands in the line already."""

    users: tuple[str, ...]
    circle: bool

    def above(self, level: int) -> str | None:
        """The one that many levels up."""
        return self.users[level - 1] if level <= len(self.users) else None

    def missing(self, level: int, who: str | None) -> Text:
        """Why there is nobody on that level."""
        if self.circle:
            return reason("circle", who)
        return reason("no_manager", who) if level == 1 else reason("short_line", who, level=level)


def line_of(organisation: Organisation, user: str) -> Line:
    """The line of managers above a user."""
    users = tuple(organisation.line_above(user))
    last = organisation.people.get(users[-1] if users else user)
    return Line(users, last is not None and last.manager is not None)


def levels_of(rule: Approvers, facts: Mapping[Any, Any]) -> int | None:
    """How many levels up a rule goes; None where its expression gives no number. A part of a level is none."""
    if rule.levels_by is None:
        return rule.levels
    value = facts.get(rule.levels_by)
    try:
        return None if value is None else int(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError):
        return None
