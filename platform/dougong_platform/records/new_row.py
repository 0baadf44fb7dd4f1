"""Columns of the row being written, for the expression compiler: the row's own, and those of records it points to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal_column

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.records.statement import fragment, quoted
from dougong_platform.storage.catalogue import Catalogue
from dougong_platform.storage.tables import column_type


class NewRow:
    """The `Rows` of an expression over alias `alias`, whose columns are called as the fields are.

    Collects the fields it was asked for (`used`) and the joins that paths through lookups need.
    """

    def __init__(self, model: Model, catalogue: Catalogue, object: str, alias: str) -> None:
        self._model, self._catalogue, self._object, self.alias = model, catalogue, object, alias
        self.used: dict[str, FieldModel] = {}
        self._joined: dict[tuple[str, ...], tuple[str, str]] = {}

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of `path`; lookups on the way are left joins, so a blank one makes it blank."""
        alias, object = self.alias, self._object
        for length in range(1, len(path)):
            alias, object = self._join(path[:length], alias, object)
        field = self._model.object(object).fields[path[-1]]
        if len(path) == 1:
            self.used[field.name] = field
        name = field.name if len(path) == 1 else self._catalogue.column(object, field.name)
        return literal_column(f"{alias}.{quoted(name).replace('%%', '%')}", column_type(field.type.pg_type))

    def text(self, checked: Checked) -> str:
        """A checked expression as SQL text over this row."""
        return fragment(compile_sql(checked, self))

    @property
    def joins(self) -> str:
        """The joins asked for so far, in order."""
        return " ".join(join for _, join in self._joined.values())

    def _join(self, path: tuple[str, ...], alias: str, object: str) -> tuple[str, str]:
        field = self._model.object(object).fields[path[-1]]
        target = str(field.to)
        if path not in self._joined:
            if len(path) == 1:
                self.used[field.name] = field
            column = field.name if len(path) == 1 else self._catalogue.column(object, field.name)
            joined = f"{self.alias}{len(self._joined) + 1}"
            table = f'"§".{quoted(self._catalogue.table(target))}'
            self._joined[path] = joined, f"left join {table} {joined} on {joined}.id = {alias}.{quoted(column)}"
        return self._joined[path][0], target
