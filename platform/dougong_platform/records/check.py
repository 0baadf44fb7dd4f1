"""One thing that a row must satisfy, as a SQL condition that is true where the row is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel


@dataclass(frozen=True, slots=True)
class Check:
    """`condition` over the new row `n`; `roots` are the fields it looks at (an error there silences a validation)."""

    code: str
    condition: str
    field: FieldModel | None = None
    data: Mapping[str, Any] = attribute(default_factory=dict)
    message: Label | None = None
    roots: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()  # the fields of a unique key
    name: str | None = None  # of the validation
