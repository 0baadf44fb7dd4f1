"""The system objects' documents and the tables that the tenants package makes for them say the same."""

from __future__ import annotations

import psycopg
import pytest

from dougong_metadata.model.compile import compile_model
from dougong_metadata.system import NAMES
from dougong_tenants.people.tables import LATER, STATEMENTS

INTEGERS = {"smallint", "integer", "bigint"}
NAMES_OF_TYPES = {"timestamp with time zone": "timestamptz", "uuid[]": "uuid[]"}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_a_system_object_is_a_column_of_its_type(name: str, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in (*STATEMENTS, *LATER):
            connection.execute(statement)
        rows = connection.execute(
            "select attname, format_type(atttypid, null) from pg_attribute"
            " where attrelid = quote_ident(%s)::regclass and attnum > 0 and not attisdropped",
            [name],
        ).fetchall()
    columns = {column: NAMES_OF_TYPES.get(kind, kind) for column, kind in rows}
    fields = compile_model([]).objects[name].fields
    assert columns.keys() == fields.keys()
    for column, kind in columns.items():
        wanted = fields[column].type.pg_type
        assert kind == wanted or {kind, wanted} <= INTEGERS, column
