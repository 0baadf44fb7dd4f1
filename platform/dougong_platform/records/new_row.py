"""Columns of the row being written, for the expression compiler: the row's own, and those of records it points to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, literal_column, true
from sqlalchemy.sql import false

from dougong_metadata.expressions import Checked, compile_sql
from dougong_metadata.expressions.compiling import Build
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.access.conditions import PlainRows, gathered
from dougong_platform.records.statement import fragment, quoted
from dougong_platform.storage.catalogue import Catalogue
from dougong_platform.storage.formulas import worked_out
from dougong_platform.storage.tables import column_type, tables

USER_PATH = "$user"


class NewRow:
    """The `SavedRows` of an expression over alias `alias`, whose columns are called as the fields are.

    `kept` tells which fields an update leaves as they are (None: the row is new); the others have their former value
    in `_old_<field>`. Collects the fields it was asked for (`used`) and the joins that paths through lookups need.
    """

    def __init__(
        self,
        model: Model,
        catalogue: Catalogue,
        object: str,
        alias: str,
        kept: Callable[[str], bool] | None = None,
        used: dict[str, FieldModel] | None = None,
    ) -> None:
        self._model, self._catalogue, self._object, self.alias = model, catalogue, object, alias
        self._kept = kept
        self.used: dict[str, FieldModel] = {} if used is None else used
        self._joined: dict[tuple[str, ...], tuple[str, str]] = {}

    def again(self) -> NewRow:
        """The same row for another query: the fields asked for are collected together, the joins apart."""
        return NewRow(self._model, self._catalogue, self._object, self.alias, self._kept, self.used)

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The column at the end of `path`; lookups on the way are left joins, so a blank one makes it blank."""
        return self._column(path, before=False)

    def prior(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        """The same before the save; NULL for a new row. A path is walked from the former lookup."""
        field = self.field(path)
        if field.formula is not None and self._kept is not None:
            return worked_out(field, _Before(self), path[:-1])
        if self._kept is None:
            return literal_column(f"null::{field.type.pg_type}", column_type(field.type.pg_type))
        return self._column(path, before=not self._kept(path[0]))

    def is_new(self) -> ColumnElement[Any]:
        """Whether the row did not exist before: known when the statement is made."""
        return true() if self._kept is None else false()

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        """An aggregate over the stored records of `object` that point by `link` to the record at the end of `base`;
        what the same statement writes is not among them."""
        known = tables(self._model, self._catalogue)
        rows = PlainRows(known, self._model, object, known[object].alias())
        return gathered(rows, self.column((*base, "id")), link, build)

    def text(self, checked: Checked) -> str:
        """A checked expression as SQL text over this row."""
        return fragment(compile_sql(checked, self))

    def text_at(self, path: tuple[str, ...]) -> str:
        """A column as SQL text; a formula is written out."""
        return fragment(self.column(path))

    @property
    def joins(self) -> str:
        """The joins asked for so far, in order."""
        return " ".join(join for _, join in self._joined.values())

    def _column(self, path: tuple[str, ...], *, before: bool) -> ColumnElement[Any]:
        field = self.field(path)
        if field.formula is not None:
            return worked_out(field, self, path[:-1])
        if len(path) == 1:
            text = f"{self.alias}.{self._own(field, before)}"
        else:
            alias = self.alias
            for length in range(1, len(path)):
                alias = self._join(path[:length], alias, before)
            text = f"{alias}.{quoted(self._catalogue.column(field.object, field.name))}"
        return literal_column(text, column_type(field.type.pg_type))

    def _own(self, field: FieldModel, before: bool) -> str:
        self.used[field.name] = field
        return quoted(f"_old_{field.name}" if before else field.name)

    def field(self, path: tuple[str, ...]) -> FieldModel:
        """The field at the end of `path`."""
        object = "user" if path[0] == USER_PATH else self._object
        steps = path[1:] if path[0] == USER_PATH else path
        for step in steps[:-1]:
            object = str(self._model.object(object).fields[step].to)
        return self._model.object(object).fields[steps[-1]]

    def _join(self, path: tuple[str, ...], alias: str, before: bool) -> str:
        """The alias of the record that `path` leads to."""
        key = ("_old", *path) if before and path[0] != USER_PATH else path
        if key not in self._joined:
            joined = f"{self.alias}{len(self._joined) + 1}"
            if path == (USER_PATH,):
                target, link = "user", "%(env_user)s"
            else:
                field = self.field(path)
                target = str(field.to)
                own = len(path) == 1
                column = self._own(field, before) if own else quoted(self._catalogue.column(field.object, field.name))
                link = f"{alias}.{column}"
            table = f'"§".{quoted(self._catalogue.table(target))}'
            there = f"{joined}.id = {link} and {joined}.deleted_at is null"  # as for every reader
            self._joined[key] = joined, f"left join {table} {joined} on {there}"
        return self._joined[key][0]


class _Before:
    """The row before the save, for formulas that prior() and changed() ask for."""

    def __init__(self, row: NewRow) -> None:
        self._row = row

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self._row.prior(path)

    def gather(self, base: tuple[str, ...], object: str, link: str, build: Build) -> ColumnElement[Any]:
        return self._row.gather(base, object, link, build)
