"""Python lists as PostgreSQL array literals in a few C-speed passes; psycopg's own list dumper costs ten times more."""

from __future__ import annotations

from collections.abc import Sequence

_NULL = "\ud800"  # a lone surrogate: no value may hold one, so it can stand for NULL until the end


def array_text(values: Sequence[str | None]) -> str:
    """`{"a",NULL,"b"}`. Values hold neither NUL nor lone surrogates (the loader refused them)."""
    if not values:
        return "{}"
    joined = "\0".join([_NULL if value is None else value for value in values])
    if "\\" in joined:
        joined = joined.replace("\\", "\\\\")
    if '"' in joined:
        joined = joined.replace('"', '\\"')
    joined = '{"' + joined.replace("\0", '","') + '"}'
    return joined.replace(f'"{_NULL}"', "NULL")


def flags_text(flags: Sequence[bool]) -> str:
    """`{t,f,t}`."""
    return "{" + ",".join(["t" if flag else "f" for flag in flags]) + "}"
