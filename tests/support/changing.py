"""A tenant whose metadata changes: small documents, and what its tables look like. Used by the tests of releases."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.documents import Document
from dougong_metadata.model.compile import compile_model
from dougong_platform.releases.provision import provision
from dougong_platform.releases.publish import publish
from dougong_platform.releases.release import Release
from dougong_tenants import Database, Tenant, new_id

_numbers = itertools.count(1)
Fields = Mapping[str, Mapping[str, Any]]

TEXT = {"type": "text"}
SHELF: Fields = {"name": TEXT}
BOOK: Fields = {"title": TEXT, "price": TEXT, "shelf": {"type": "lookup", "to": "shelf"}}


def an_object(name: str, fields: Fields, **more: Any) -> Document:
    """A document of kind object; its first field is the name field."""
    return Document("object", name, {"name_field": next(iter(fields)), "fields": fields, **more})


@dataclass
class Changing:
    """A tenant with shelves and books; `change` publishes further fields."""

    database: Database
    tenant: Tenant

    def publish(self, *documents: Document, **more: Any) -> Release:
        """Publish these documents in place of all others."""
        return publish(self.database, self.tenant, model=compile_model(documents), **more)

    def books(self, fields: Fields, **more: Any) -> Release:
        """Publish books with these fields, and the shelves as they are."""
        return self.publish(an_object("shelf", SHELF), an_object("book", fields, **more))

    def run(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """Run a statement as the schema's owner; its rows."""
        with self.database.owner(self.tenant) as connection:
            cursor = connection.execute(sql.encode(), params)
            return cursor.fetchall() if cursor.description else []

    def add(self, table: str, rows: int = 1, **columns: str) -> list[str]:
        """Insert rows; a column's value is SQL over `g`, the row's number from 1. Their ids."""
        ids = [str(new_id()) for _ in range(rows)]
        names = "".join(f", {name}" for name in columns)
        values = "".join(f", {value}" for value in columns.values())
        self.run(
            f"insert into {table} (id{names}) select id{values} from unnest(%s::uuid[]) with ordinality t (id, g)",
            [ids],
        )
        return ids

    def values(self, column: str, table: str = "book") -> list[Any]:
        """The column's values by id."""
        return [row[0] for row in self.run(f"select {column} from {table} order by id")]

    def number(self) -> int:
        """The tenant's current release."""
        with self.database.transaction(self.tenant, read_only=True) as tx:
            return tx.entry.release

    def shape(self) -> dict[str, Any]:
        """Columns, indexes, constraints and triggers of the schema as it stands."""
        return {
            "columns": self.run(
                "select table_name, column_name, data_type, is_nullable, column_default"
                " from information_schema.columns where table_schema = current_schema() order by 1, 2"
            ),
            "indexes": self.run(
                "select tablename, replace(indexdef, quote_ident(schemaname) || '.', ''), indisvalid from pg_indexes"
                " join pg_index on indexrelid = (quote_ident(schemaname) || '.' || quote_ident(indexname))::regclass"
                " where schemaname = current_schema() order by 1, indexname"
            ),
            "constraints": self.run(
                "select conname, pg_get_constraintdef(oid), convalidated from pg_constraint"
                " where connamespace = current_schema()::regnamespace order by 1"
            ),
            "triggers": self.run(
                "select tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid where not"
                " tgisinternal and c.relnamespace = current_schema()::regnamespace"
            ),
            "functions": self.run(
                "select proname from pg_proc where pronamespace = current_schema()::regnamespace"
                " and proname like '\\_fill\\_%'"
            ),
            "columns_known": self.run("select object, field, physical, storage, state from _column order by 1, 2, 3"),
        }


def changing(database: Database, **more: Any) -> Changing:
    """A new tenant with shelves and books under release 1."""
    documents = [an_object("shelf", SHELF), an_object("book", {**BOOK, **more})]
    return Changing(database, provision(database, f"changing_{next(_numbers)}", documents=documents))
