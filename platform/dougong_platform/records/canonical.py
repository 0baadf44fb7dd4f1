"""Values as history keeps them: SQL that turns a column into the JSON text of its canonical form."""

from __future__ import annotations

_QUOTED = frozenset({"numeric", "date", "uuid", "time"})  # their text needs no escaping
_PLAIN = frozenset({"smallint", "integer", "bigint", "boolean", "jsonb"})


def json_text(column: str, pg_type: str) -> str:
    """SQL for `column`'s canonical value as JSON text; NULL where the column is. The session's time zone is UTC."""
    if pg_type in _PLAIN:
        return f"{column}::text"
    if pg_type in _QUOTED:
        return f"'\"' || {column}::text || '\"'"
    if pg_type == "timestamptz":
        return f"'\"' || replace(left({column}::text, -3), ' ', 'T') || 'Z\"'"
    return f"to_json({column})::text"
