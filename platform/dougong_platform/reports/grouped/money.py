"""Amounts in the tenant's currency: an amount in another one counts with the rate that its record keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from dougong_metadata.expressions.checked import Recollection
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.expressions.past import is_told
from dougong_metadata.expressions.sql import once, parameter
from dougong_metadata.expressions.types import Type
from dougong_metadata.model.types import FieldModel
from dougong_platform.access.rights import Rights
from dougong_platform.query.past import value_before
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

    def held(self, recollection: Recollection, name: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
        """Another field of the record that is asked of, just before the moment; as it is where history is silent."""
        object, row = self._row(recollection.base)
        field = self._rights.model.object(object).fields[name]
        if not is_told(field):
            return row.c[name]
        return value_before(object, name, Type.of(field).name, row.c.id, row.c[name], moment)

    @property
    def amounts(self) -> Amounts:
        """The same rows so."""
        return Amounts(self)

    def converted(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of a path; an amount in the tenant's currency, blank where no rate is known."""
        found = self.column(path)
        if path[0] == "$user" or path in self.beside:
            return found
        unit = unit_of(self.field(path))
        if unit is None:
            return found
        _, row = self._row(path[:-1])
        return exchanged(found, row.c[unit.currency], row.c[unit.rate])


@dataclass(frozen=True, slots=True)
class Unit:
    """The fields beside an amount that say what it is in: its currency, and the rate into the tenant's."""

    currency: str
    rate: str


def unit_of(field: FieldModel) -> Unit | None:
    """Of an amount that may be in another currency than the tenant's."""
    rate, currency = field.settings.get("rate_field"), field.settings.get("currency_field")
    return Unit(currency, rate) if rate and currency and field.is_stored else None


def exchanged(amount: ColumnElement[Any], currency: ColumnElement[Any], rate: ColumnElement[Any]) -> ColumnElement[Any]:
    """The amount in the tenant's currency, blank where no rate is known."""
    foreign = "CASE WHEN {unit} IS NULL OR {unit} = {own} THEN {amount} ELSE {amount} * {rate} END"
    return once(foreign, unit=currency, own=parameter(ENV_CURRENCY, "text"), amount=amount, rate=rate)


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
        """As the rows have it; an amount of the past with the currency and the rate that its record held then."""
        found = self._rows.recall(recollection, values, moments)
        if recollection.function.name != "VALUE_ON":
            return found
        unit = unit_of(self._rows.field((*recollection.base, recollection.field)))
        if unit is None:
            return found
        currency, rate = (self._rows.held(recollection, name, moments[0]) for name in (unit.currency, unit.rate))
        return exchanged(found, currency, rate)
