"""What a visitor has set on a report, as the address says it, and the addresses that say something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from dougong_metadata.report_order import sort_key, sort_texts
from dougong_platform.errors import BadRequest
from dougong_platform.reports.asked import Asked, Point

SETS = ("period", "compare", "owner", "department", "where")
CUSTOM = "custom"  # the period whose days the form gives in `from` and `to`
_LONGEST_KEYS = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Visit:
    """`key`: the report's. `cursor`: where a list goes on."""

    key: str
    asked: Asked = field(default_factory=Asked)
    cursor: str | None = None

    @property
    def base(self) -> str:
        """The report's own address."""
        return f"/reports/{quote(self.key)}"

    @property
    def query(self) -> dict[str, str]:
        """What was set, by parameter."""
        given = {name: getattr(self.asked, name) for name in SETS}
        if self.asked.sort is not None:
            given["sort"] = ",".join(self.asked.sort)
        return {name: value for name, value in given.items() if value is not None}

    @property
    def is_set(self) -> bool:
        """Whether anything but the order differs from the report."""
        return any(name in self.query for name in SETS)

    def url(self, part: str = "", **changes: str | None) -> str:
        """The report's address (or of its `part`) with these in place of what is set; None takes one away."""
        query = {name: value for name, value in {**self.query, **changes}.items() if value is not None}
        return self.base + (f"/{part}" if part else "") + (f"?{urlencode(query)}" if query else "")

    @property
    def edit_url(self) -> str:
        """Where it is changed, in the order that is seen, with the comparison that this needs."""
        keys = [sort_key(text) for text in self.asked.sort or ()]
        compared = any(key is not None and key.role in ("before", "change") for key in keys)
        query = {name: self.query[name] for name in ("sort", *(("compare",) if compared else ())) if name in self.query}
        return f"{self.base}/edit" + (f"?{urlencode(query)}" if query else "")

    def without(self, name: str) -> str:
        """The report's address with one setting less."""
        query = {one: value for one, value in self.query.items() if one != name}
        return self.base + (f"?{urlencode(query)}" if query else "")

    def records_url(self, row: tuple[Any, ...], column: tuple[Any, ...] = (), value: str | None = None) -> str:
        """Where the records of a cell are."""
        return self.url("records", row=keys_text(row) or None, column=keys_text(column) or None, value=value)


def visit_of(key: str, given: Mapping[str, str]) -> Visit:
    """The visit that a query string says; what is empty is as in the report."""
    said = {name: given.get(name, "").strip() or None for name in SETS}
    if said["period"] == CUSTOM:
        first, last = given.get("from", "").strip(), given.get("to", "").strip()
        said["period"] = f"{first}..{last}" if first or last else None
    sort = sort_texts(given.get("sort", "")[:_LONGEST_KEYS]) or None
    return Visit(key, Asked(**said, sort=sort), given.get("cursor") or None)


def point_of(given: Mapping[str, str]) -> Point:
    """The cell that a query string names. Raises BadRequest."""
    return Point(_keys(given.get("row")), _keys(given.get("column")), given.get("value") or None)


def keys_text(keys: tuple[Any, ...]) -> str:
    """Keys as a query string has them; "" for none."""
    return orjson.dumps(list(keys)).decode() if keys else ""


def _keys(text: str | None) -> tuple[Any, ...]:
    if not text:
        return ()
    try:
        found = orjson.loads(text) if len(text) <= _LONGEST_KEYS else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, list) or any(isinstance(one, list | dict) for one in found):
        raise BadRequest(en="The keys of a row or column must be a JSON list.", zh="行或列的键须为 JSON 列表。")
    return tuple(found)
