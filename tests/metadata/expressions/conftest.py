"""A small model (books on shelves), rows of it in a real PostgreSQL, and `answer`: what an expression gives there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg.types.string import StrDumper
from sqlalchemy import column, select, table
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.sql.elements import ColumnElement

from dougong_metadata.expressions import Checked, Scope, Shape, check, compile_sql, lift_literals
from dougong_metadata.field_types import registered
from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, PicklistModel, PicklistValue

ZONE = "Asia/Shanghai"
USER = "0190b5d4-0000-7000-8000-000000000001"


def field(object: str, name: str, kind: str, position: int, **options: Any) -> FieldModel:
    return FieldModel(object, name, registered()[kind], Label.of(None, name), position, **options)


def choices(name: str, *values: str) -> PicklistModel:
    return PicklistModel(name, Label.of(None, name), {v: PicklistValue(v, Label(v.title(), f"{v}值")) for v in values})


GENRES = choices("genre", "novel", "poetry", "essay")
FIELDS: Mapping[str, Mapping[str, FieldModel]] = {
    "book": {
        f.name: f
        for f in (
            field("book", "id", "identifier", 0, system=True),
            field("book", "title", "text", 1),
            field("book", "note", "text", 2),
            field("book", "genre", "picklist", 3, picklist=GENRES),
            field("book", "tags", "multi_picklist", 4, picklist=choices("tags", "new", "rare", "old")),
            field("book", "price", "currency", 5),
            field("book", "weight", "decimal", 6),
            field("book", "pages", "integer", 7),
            field("book", "stock", "integer", 8),
            field("book", "lent", "boolean", 9),
            field("book", "due", "date", 10),
            field("book", "bought", "date", 11),
            field("book", "created_at", "datetime", 12, system=True),
            field("book", "opens", "time", 13),
            field("book", "shelf", "lookup", 14, to="shelf"),
            field("book", "owner", "user", 15, to="user", system=True),
            field("book", "place", "address", 16),
        )
    },
    "shelf": {
        f.name: f
        for f in (
            field("shelf", "id", "identifier", 0, system=True),
            field("shelf", "name", "text", 1),
            field("shelf", "keeper", "user", 2, to="user"),
        )
    },
    "user": {
        f.name: f
        for f in (
            field("user", "id", "identifier", 0, system=True),
            field("user", "name", "text", 1),
            field("user", "manager", "user", 2, to="user"),
        )
    },
}


class Books:
    """Rows over one table `book`: a path is the column named by its dotted text, a prior value has `old.` before it."""

    def __init__(self) -> None:
        names = list(FIELDS["book"])
        more = [f"old.{n}" for n in names] + ["shelf.name", "shelf.keeper", "$user.name", "$user.manager", "fresh"]
        self.table = table("book", *(column(n) for n in (*names, *more)))

    def column(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self.table.c[".".join(path)]

    def prior(self, path: tuple[str, ...]) -> ColumnElement[Any]:
        return self.table.c["old." + ".".join(path)]

    def is_new(self) -> ColumnElement[Any]:
        return self.table.c.fresh


def scope_of(mode: Any = "condition", *, saving: bool = False) -> Scope:
    return Scope(FIELDS.__getitem__, "book", mode, saving)


def statement(checked: Checked, *, known: bool = False, prefix: str = "lit") -> str:
    """The SQL text of an expression alone, as psycopg takes it."""
    element = compile_sql(checked, Books(), prefix=prefix, known=known)
    return str(element.compile(dialect=dialects.dialect(paramstyle="pyformat")))


@pytest.fixture(scope="session")
def scope() -> Callable[..., Scope]:
    return scope_of


@pytest.fixture(scope="session")
def fields() -> Mapping[str, Mapping[str, FieldModel]]:
    """The model's fields, by object and name."""
    return FIELDS


@pytest.fixture
def sql_of() -> Callable[..., str]:
    """`sql_of(text, mode="condition", expected=None) -> SQL text`."""

    def compiled(text: str, mode: Any = "condition", saving: bool = False, **options: Any) -> str:
        return statement(check(text, scope_of(mode, saving=saving)), **options)

    return compiled


class _Untyped(StrDumper):
    """Text goes to the server without a type, as the tenants' connections send it: the cast beside it decides."""

    oid = 0


@pytest.fixture(scope="session")
def library(make_database: Callable[..., str]) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database with an empty table `book`, in UTC."""
    with psycopg.connect(make_database(), autocommit=True) as connection:
        connection.adapters.register_dumper(str, _Untyped)
        connection.execute("SET TimeZone = 'UTC'")
        kinds = {n: f.type.pg_type for n, f in FIELDS["book"].items()}
        columns = (
            kinds
            | {f"old.{n}": k for n, k in kinds.items()}
            | {
                "shelf.name": "text",
                "shelf.keeper": "uuid",
                "$user.name": "text",
                "$user.manager": "uuid",
                "fresh": "boolean",
            }
        )
        connection.execute("CREATE TABLE book (" + ", ".join(f'"{n}" {k}' for n, k in columns.items()) + ")")
        yield connection


class Answers:
    """Runs expressions against rows in PostgreSQL."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def put(self, *rows: Mapping[str, Any]) -> None:
        """Replaces the table's rows."""
        self.connection.execute("TRUNCATE book")
        for row in rows:
            names = ", ".join(f'"{n}"' for n in row)
            marks = ", ".join(["%s"] * len(row))
            self.connection.execute(f"INSERT INTO book ({names}) VALUES ({marks})", list(row.values()))

    def rows(self, checked: Checked, parameters: Mapping[str, Any] = {}, *, known: bool = False) -> list[Any]:
        """The expression's value for every row."""
        rows = Books()
        element = compile_sql(checked, rows, known=known).label("answer")
        query = select(element).select_from(rows.table)
        text = str(query.compile(dialect=dialects.dialect(paramstyle="pyformat")))
        found = self.connection.execute(text, {"env_user": USER, "env_timezone": ZONE, **parameters}).fetchall()
        return [row[0] for row in found]

    def __call__(self, text: str, mode: Any = "value", *, known: bool = False) -> Any:
        """The value of an expression without fields, or of the table's only row; checked as it stands and lifted."""
        scope = scope_of(mode, saving=True)
        direct = self.rows(check(text, scope), known=known)
        shape, values = lift_literals(text)
        assert isinstance(shape, Shape)
        lifted_check = check(shape, scope, source=text)
        lifted = self.rows(lifted_check, lifted_check.bind(values, source=text), known=known)
        assert direct == lifted
        return direct[0]


@pytest.fixture(scope="session")
def answers_class() -> type[Answers]:
    return Answers


@pytest.fixture
def answer(library: psycopg.Connection[Any]) -> Answers:
    """`answer(text)`; one row with nothing but blanks unless the test puts others."""
    answers = Answers(library)
    answers.put({"title": None})
    return answers
