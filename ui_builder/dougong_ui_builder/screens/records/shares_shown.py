"""What the record page shows of shares: its team, with whom else it is shared, and what the reader may do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dougong_platform import shares
from dougong_platform.http.caller import Caller
from dougong_platform.shares import Relation
from dougong_ui_builder.screens.record_values.reading import Found


@dataclass(frozen=True, slots=True)
class Shown:
    """`entries` as `shares.list_shares` tells them; `editable`: the reader may change the record."""

    entries: list[dict[str, Any]]
    may_share: bool
    editable: bool
    owner: str | None
    relations: tuple[Relation, ...] = ()
    roles: list[str] = field(default_factory=list)

    @property
    def active(self) -> list[dict[str, Any]]:
        """Those that open something now."""
        return [one for one in self.entries if one["active"]]

    @property
    def team(self) -> list[dict[str, Any]]:
        """Members: shares with a role."""
        return [one for one in self.active if one["role"]]

    @property
    def others(self) -> list[dict[str, Any]]:
        """Those with whom it is shared beside the team."""
        return [one for one in self.active if not one["role"]]

    @property
    def expired(self) -> list[dict[str, Any]]:
        """Those of the last 30 days that open nothing any more."""
        return [one for one in self.entries if not one["active"]]


def is_shared_singly(found: Found) -> bool:
    """Whether the record can have shares of its own: details are as open as their parent."""
    return found.object.parent is None and not found.object.system and not found.deleted


def shown(caller: Caller, found: Found, *, editable: bool, whole: bool = False) -> Shown | None:
    """For the page; `whole` with what the drawer's forms offer. None where the record has no shares of its own."""
    if not is_shared_singly(found):
        return None
    name = found.object.name
    return Shown(
        shares.shares_of(caller, name, found.id, editable=editable),
        caller.rights.may(name, "share"),
        editable,
        found.displays.get("owner"),
        shares.relations_of(caller, name),
        shares.roles_in_use(caller, name) if whole else [],
    )
