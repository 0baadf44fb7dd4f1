"""A tenant and what is read about it at the start of each of its transactions; taken by everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dougong_metadata.label import Label

# Of an alias `t` of dougong.tenant.
COLUMNS = "t.id, t.name, t.label, t.schema, t.role, t.status, t.release, t.stamp, t.locale, t.timezone, t.currency"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One company. `release` and `stamp` are those of the moment it was found; an Entry tells the present ones.

    `role` reads and writes the rows of `schema` and nothing else; `owner` owns the schema and changes its tables.
    """

    id: str
    name: str
    label: Label
    schema: str
    role: str
    status: str  # active | suspended
    release: int = 0
    stamp: int = 1
    locale: str = "zh"
    timezone: str = "Asia/Shanghai"
    currency: str = "CNY"

    @property
    def owner(self) -> str:
        """The role that owns the schema; only releases act as it."""
        return f"{self.role}_owner"


def tenant_of(row: tuple[Any, ...]) -> Tenant:
    """A row of COLUMNS as a Tenant."""
    identifier, name, label, *rest = row
    return Tenant(identifier, name, Label.of(label, name), *rest)


@dataclass(frozen=True, slots=True)
class Entry:
    """The tenant's state in the transaction that was entered.

    A release other than the caller's, or a stamp other than a cached principal's, means: what was cached is old.
    """

    release: int
    stamp: int
    status: str
