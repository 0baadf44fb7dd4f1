"""Amounts in the tenant's currency: an amount in another one counts with the rate that its record keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement

from dougong_metadata.expressions.sql import parameter, sql
from dougong_platform.access.rights import Rights
from dougong_platform.query.rows import ReadRows
from dougong_platform.storage.tables import Tables

ENV_CURRENCY = "env_currency"  # bound to the tenant's currency


class MoneyRows(ReadRows):
    """Rows whose amounts, while `in_one_currency`, are in the tenant's; blank where no rate is known."""

    _converting = False

    def __init__(self, tables: Tables, rights: Rights, object: str, prefix: str = "") -> None:
        super().__init__(tables, rights, object, prefix)
        self.beside: dict[tuple[str, ...], ColumnElement[Any]] = {}  # columns that groups bring, by name

    @contextmanager
    def in_one_currency(self) -> Iterator[None]:
        """What is compiled meanwhile is converted."""
        self._converting = True
        try:
            yield
        finally:
            self._converting = False

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """As ReadRows has it, or converted."""
        if path in self.beside:
            return self.beside[path]
        found = super().column(path)
        if not self._converting or path[0] == "$user":
            return found
        field = self.field(path)
        rate, currency = field.settings.get("rate_field"), field.settings.get("currency_field")
        if not rate or not currency or not field.is_stored:
            return found
        _, row = self._row(path[:-1])
        return sql(
            "(CASE WHEN {} IS NULL OR {} = {} THEN {} ELSE {} * {} END)",
            row.c[currency],
            row.c[currency],
            parameter(ENV_CURRENCY, "text"),
            found,
            found,
            row.c[rate],
        )
