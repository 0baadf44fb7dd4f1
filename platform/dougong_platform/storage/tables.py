"""SQLAlchemy tables of a model's objects, in the placeholder schema; statements are built on these."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Time,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.types import TypeEngine, UserDefinedType

from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.storage.catalogue import Catalogue
from dougong_platform.storage.statements import SCHEMA

_UUID: TypeEngine[Any] = UUID(as_uuid=False)
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(),
    "boolean": Boolean(),
    "smallint": SmallInteger(),
    "integer": Integer(),
    "bigint": BigInteger(),
    "numeric": Numeric(),
    "date": Date(),
    "time": Time(),
    "timestamptz": DateTime(timezone=True),
    "uuid": _UUID,
    "uuid[]": ARRAY(_UUID),
    "text[]": ARRAY(Text()),
    "jsonb": JSONB(),
    "bytea": LargeBinary(),
}


class _Foreign(UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, pg_type: str) -> None:
        self.pg_type = pg_type

    def get_col_spec(self, **_: Any) -> str:
        return self.pg_type


# Text that is a code rather than words: it sorts and is looked up as it stands, so its index is on the column itself.
_CODES = frozenset({"picklist", "colour", "auto_number", "external_key", "record_type"})


def column_type(pg_type: str) -> TypeEngine[Any]:
    """The SQLAlchemy type of a field type's `pg_type`; one that an installed field type brings is passed through."""
    return _TYPES.get(pg_type) or _Foreign(pg_type)


def is_column_type(pg_type: str) -> bool:
    """Whether some field type has this `pg_type`."""
    return pg_type in _TYPES


def sorted_by_key(field: FieldModel) -> bool:
    """Whether this field sorts by `sort_key(column)` (words) rather than by the column (codes, numbers, dates)."""
    return field.type.pg_type == "text" and field.type.name not in _CODES and not field.system


def sort_key(column: ColumnElement[Any]) -> ColumnElement[bytes]:
    """Chinese by pinyin (common characters), Latin without regard to case; the first 200 characters count.

    Indexes on words are on this expression, then id, both ascending: sort by it and by id in the same direction,
    nulls last ascending and nulls first descending. Long values differ only in what follows: compare `=` on the
    column too.
    """
    function: ColumnElement[bytes] = getattr(func, SCHEMA).sort_key(column, type_=LargeBinary())
    return function


class Tables:
    """All tables of one (model, catalogue), made when first asked for. Columns have the *field's* name as key."""

    def __init__(self, model: Model, catalogue: Catalogue) -> None:
        self._model, self._catalogue = model, catalogue
        self._metadata = MetaData(schema=SCHEMA)
        self._made: dict[str, Table] = {}
        self._lock = Lock()

    def __getitem__(self, object: str) -> Table:
        found = self._made.get(object)
        if found is None:
            with self._lock:
                found = self._made.get(object) or self._make(object)
                self._made[object] = found
        return found

    def _make(self, object: str) -> Table:
        names = self._catalogue
        columns = [
            Column(names.column(object, f.name), column_type(f.type.pg_type), key=f.name, primary_key=f.name == "id")
            for f in self._model.object(object).fields.values()
            if f.is_stored
        ]
        return Table(names.table(object), self._metadata, *columns)


@dataclass(frozen=True, slots=True)
class Named:
    """A model with its physical names, equal where hash and key are: what caches are keyed by."""

    hash: str
    key: str
    model: Model = field(compare=False)
    catalogue: Catalogue = field(compare=False)


@lru_cache(maxsize=500)
def _tables(named: Named) -> Tables:
    return Tables(named.model, named.catalogue)


def tables(model: Model, catalogue: Catalogue) -> Tables:
    """The tables of this model under these physical names, shared by all tenants for which both are equal."""
    return _tables(Named(model.hash, catalogue.key, model, catalogue))


def table(model: Model, catalogue: Catalogue, object: str) -> Table:
    """The table of one object: `table(...).c[field]` by the field's api name. Use `.alias()` for joins."""
    return tables(model, catalogue)[object]
