"""From the wizard's form to a mapping: field-3, by-3, unmatched-3 of column 3, text-3-0 and value-3-0 of its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

BLANK = "-"  # a text that is left blank
MOST_TEXTS = 500


def read_mapping(form: Mapping[str, str], header: Sequence[str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that the form says. Values of a column whose field changed are dropped."""
    columns: dict[str, Any] = {}
    known: Mapping[str, Any] = before.get("columns") or {}
    for place, name in enumerate(header):
        field = form.get(f"field-{place}", "")
        if not field:
            continue
        column: dict[str, Any] = {"field": field}
        if by := form.get(f"by-{place}"):
            column["by"] = by
        if (unmatched := form.get(f"unmatched-{place}")) and unmatched != "error":
            column["unmatched"] = unmatched
        old = known.get(name)
        if isinstance(old, dict) and old.get("field") == field and old.get("by", column.get("by")) == column.get("by"):
            if values := read_values(form, place):
                column["values"] = values
        elif isinstance(old, dict) and old.get("field") != field:
            column.pop("by", None)
        columns[name] = column
    return {"columns": columns, "key": form.get("key") or None, "defaults": before.get("defaults") or {}}


def read_values(form: Mapping[str, str], place: int) -> dict[str, str | None]:
    """Texts of one column that become another value (None = blank)."""
    values: dict[str, str | None] = {}
    for number in range(MOST_TEXTS):
        text = form.get(f"text-{place}-{number}")
        if text is None:
            break
        chosen = form.get(f"value-{place}-{number}", "")
        if chosen and chosen != text:
            values[text] = None if chosen == BLANK else chosen
    return values
