"""SQL text compiled once and sent for many tenants: the schema is a placeholder until a tenant asks.

The comment with the release keeps a prepared plan from meeting another release's column types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.elements import ClauseElement

SCHEMA = "§"  # no schema can be called this; quoted in every statement as "§"
_PLACEHOLDER = f'"{SCHEMA}"'
DIALECT = psycopg.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` with "§" for the schema and %(name)s parameters; `params` are the values known when it was compiled."""

    text: str
    params: Mapping[str, Any]

    def for_tenant(self, schema: str, release: int) -> str:
        """The text for one tenant's schema under one release; equal text is prepared once per connection."""
        return place(self.text, schema, release)


@lru_cache(maxsize=8_000)
def place(text: str, schema: str, release: int) -> str:
    """Any SQL text with "§" in it, for one schema and release."""
    quoted = '"' + schema.replace('"', '""').replace("%", "%%") + '"'
    return f"/* r{release} */ {text.replace(_PLACEHOLDER, quoted)}"


def compile_statement(statement: ClauseElement, *, inline: bool = False) -> Statement:
    """Compile a SQLAlchemy statement to psycopg text; cache the result under what shaped it.

    `inline` writes bound values into the text as literals, for constants of rules that the planner should see.
    """
    options = {"literal_binds": True} if inline else {"render_postcompile": True}
    compiled = statement.compile(dialect=DIALECT, compile_kwargs=options)
    return Statement(str(compiled), {} if inline else dict(compiled.params))
