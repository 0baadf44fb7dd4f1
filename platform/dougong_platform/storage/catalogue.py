"""Physical names of one release: which table holds an object, which column a field. Read by everything that makes SQL.

A table is named as its object and a column as its field; a release stores only the exceptions, which arise when a
field changes its type or when a retired column stands in the way (`amount_2`). A physical name never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

LONGEST = 63  # bytes of a PostgreSQL identifier


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Exceptions only. `key` is equal where the exceptions are ("" for none), so such tenants share statements."""

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    key: str = ""

    @classmethod
    def of(cls, tables: Mapping[str, str], columns: Mapping[tuple[str, str], str]) -> Catalogue:
        """A catalogue from all names or from the exceptions alone; names that follow the rule are left out."""
        odd_tables = {o: t for o, t in sorted(tables.items()) if t != o}
        odd_columns = {(o, f): c for (o, f), c in sorted(columns.items()) if c != f}
        if not odd_tables and not odd_columns:
            return PLAIN
        text = orjson.dumps([list(odd_tables.items()), [[*k, v] for k, v in odd_columns.items()]])
        return cls(odd_tables, odd_columns, blake2b(text, digest_size=8).hexdigest())

    def table(self, object: str) -> str:
        """The table that holds `object`'s records."""
        return self.tables.get(object, object)

    def column(self, object: str, field: str) -> str:
        """The column that holds `field`."""
        return self.columns.get((object, field), field)

    def sequence(self, object: str, field: str) -> str:
        """The sequence from which an auto-number field takes its numbers; it outlives changes of the column."""
        return shorten(f"_seq_{object}_{field}")

    def json(self) -> dict[str, Any]:
        """{"tables": {object: table}, "columns": {"object.field": column}} as `_release.catalogue` keeps it."""
        return {"tables": dict(self.tables), "columns": {f"{o}.{f}": c for (o, f), c in self.columns.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Catalogue:
        """The inverse of `json`."""
        columns = {}
        for path, name in (stored.get("columns") or {}).items():
            object, _, field_name = path.partition(".")
            columns[object, field_name] = name
        return cls.of(stored.get("tables") or {}, columns)


PLAIN = Catalogue()


def shorten(name: str, tag: str = "") -> str:
    """`name` (and `tag`) as an identifier of at most 63 bytes; what is cut is replaced by a hash of the whole."""
    whole = f"{name}_{tag}" if tag else name
    if len(whole) <= LONGEST:
        return whole
    tail = f"_{tag}" if tag else ""
    return f"{name[: LONGEST - len(tail) - 9]}_{blake2b(name.encode(), digest_size=4).hexdigest()}{tail}"
