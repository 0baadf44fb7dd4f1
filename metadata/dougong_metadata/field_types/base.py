"""What a field type is. One file per type implements this; the registry collects them; one contract test runs over all.

Three capabilities hang beside the type and are None where it has none: how an import reads text, what search
finds, how a person filters by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

# What a value looks like outside the database: exactly what the JSON API shows. Decimals are text ("12.50"),
# dates ISO 8601 text, ids lower-case uuid text, several values a list.
Canonical = str | int | bool | list[Any] | dict[str, Any] | None


class FieldType:
    """A type of field. Stateless: one instance per process.

    `pg_type` is the column's type; `expression_type` one of text, number, money, boolean, date, datetime, time,
    record, list, json, place; `operators` are those offered by the filter builder.
    """

    name: ClassVar[str]
    label: ClassVar[Mapping[str, str]]
    icon: ClassVar[str]  # a Tabler icon's name
    pg_type: ClassVar[str]
    expression_type: ClassVar[str]
    options: ClassVar[type[Schema]]  # the type's own keys in a field's document
    operators: ClassVar[tuple[str, ...]] = ("=", "!=", "blank", "not blank")
    internal: ClassVar[bool] = False  # True: not offered to administrators (id, version …)
    sortable: ClassVar[bool] = True
    groupable: ClassVar[bool] = True
    points_to: ClassVar[str | None] = None  # "any" for lookups, or the object's name (user, department)
    indexable: ClassVar[bool] = True  # False: `index` and `unique` are refused
    searches: ClassVar[bool] = False  # True: `searchable` may be set
    derived: ClassVar[bool] = False  # True: in the model the field has the type of its result instead
    computed: ClassVar[bool] = False  # True: the engine fills it; no default, never required

    def load(self, value: Any, field: FieldModel) -> Canonical:
        """The canonical form of a JSON value; blank text is None. Raises FieldValueError.

        Never called with None. Lone surrogates and NUL are refused for every type by the caller.
        """
        raise NotImplementedError

    def wire(self, value: Canonical) -> str | None:
        """The text PostgreSQL reads for `pg_type` (what follows `::`), from the canonical form."""
        return None if value is None else str(value)

    def cast_type(self, field: FieldModel) -> str:
        """The SQL type that a computed value is cast to before it is stored: numeric(18,2) for a numeric column."""
        return self.pg_type

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """Import and forms: what `load` takes, from a cell's text ("1,234.50", "是", "2026/1/2"). Or FieldValueError.

        `zone` is the IANA time zone in which the reader means times without one.
        """
        return text

    def search_text(self, value: Canonical) -> str | None:
        """What search finds this value by, or None."""
        return None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        """Codes that `load` may raise for this field, for the API's documentation."""
        return ()
