"""SQL text of the write path: expressions, names and constants become text once per shape, and are sent per tenant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement

from dougong_platform.http.caller import Caller
from dougong_platform.storage.statements import DIALECT, place
from dougong_tenants import TenantTransaction

_MARK = re.compile(r"%\((\w+)\)s|%%")
_ENVIRONMENT = {"env_user": "::uuid", "env_timezone": "::text", "env_locale": "::text"}


class Statement:
    """SQL with "§" for the schema and %(name)s parameters; `run` sends it for one tenant."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = _MARK.sub(lambda found: found.group(0) + _ENVIRONMENT.get(found.group(1) or "", ""), text)

    def run(self, tx: TenantTransaction, caller: Caller, values: Mapping[str, Any]) -> list[Any]:
        """All rows as tuples of canonical values ([] where it returns none)."""
        cursor = tx.execute(place(self.text, caller.tenant.schema, caller.release.number), values)
        return cursor.fetchall() if cursor.description is not None else []


def fragment(element: ColumnElement[Any]) -> str:
    """A SQLAlchemy expression as text whose constants are literals, so that only env_… parameters remain."""
    compiled = element.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    params = compiled.params

    def inline(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None or name.startswith("env_"):
            return found.group(0)
        return literal(params[name])

    return _MARK.sub(inline, str(compiled))


def literal(value: Any) -> str:
    """A constant as SQL text in which % is doubled."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, list | tuple):
        return f"array[{', '.join(literal(v) for v in value)}]"
    return "'" + str(value).replace("'", "''").replace("%", "%%") + "'"


def quoted(name: str) -> str:
    """A name of ours as an SQL identifier."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
