"""Amounts in the tenant's currency: an amount in another one counts with the rate that its record keeps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from dougong_metadata.expressions.checked import Recollection
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.sql import parameter, sql
from dougong_platform.access.rights import Rights
from dougong_platform.query.rows import ReadRows
from dougong_platform.storage.tables import Tables

ENV_CURRENCY = "env_currency"  # bound to the tenant's currency


class MoneyRows(ReadRows):
    """Rows that can also be read with their amounts in the tenant's currency."""

    def __init__(self, tables: Tables, rights: Rights, object: str, prefix: str = "") -> None:
        super().__init__(tables, rights, object, prefix)
        self.beside: dict[tuple[str, ...], ColumnElement[Any]] = {}  # columns that groups bring, by name

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """As ReadRows has it, or what stands beside the record by that name."""
        return self.beside[path] if path in self.beside else super().column(path)

    @property
    def amounts(self) -> Amounts:
        """The same rows so."""
        return Amounts(self)

    def converted(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of a path; an amount in the tenant's currency, blank where no rate is known."""
        found = self.column(path)
        if path[0] == "$user" or path in self.beside:
            return found
        field = self.field(path)
        rate, currency = field.settings.get("rate_field"), field.settings.get("currency_field")
        if not rate or not currency or not field.is_stored:
            return found
        _, row = self._row(path[:-1])
        own = (row.c[currency], row.c[currency], parameter(ENV_CURRENCY, "text"), found)
        return sql("(CASE WHEN {} IS NULL OR {} = {} THEN {} ELSE {} * {} END)", *own, found, row.c[rate])


class Amounts:
    """Rows with amounts in the tenant's currency, for what aggregates are of."""

    def __init__(self, rows: MoneyRows) -> None:
        self._rows = rows

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """As `MoneyRows.converted`."""
        return self._rows.converted(path)

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        """As the rows have it."""
        return self._rows.gather(base, object, link, build)

    def recall(
        self,
        recollection: Recollection,
        values: tuple[ColumnElement[Any], ...],
        moments: tuple[ColumnElement[Any], ...],
    ) -> ColumnElement[Any]:
        """As the rows have it: no rate of the past is kept."""
        return self._rows.recall(recollection, values, moments)
