"""How a column's data becomes another type's: one SQL expression per pair of storages. Used by plan and publish.

An expression gives null for what it cannot convert and never fails, since it also runs inside other people's
writes. Dates and times meet in the tenant's time zone. What stands in no row here cannot be converted: the old
column is retired with its data and the field starts blank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.releases.columns import storage_of
from dougong_platform.storage import Catalogue
from dougong_platform.storage.structure import quote


@dataclass(frozen=True, slots=True)
class Conversion:
    """`expression` and `blank` hold {v} for the old value; `safe` means that no value can be refused."""

    expression: str
    blank: str = "{v} is null"
    safe: bool = False

    def convert(self, value: str) -> str:
        """The new value, null where it cannot be had."""
        return self.expression.replace("{v}", value)

    def refused(self, value: str, new: str | None = None) -> str:
        """A condition: there is an old value that has no new one."""
        return f"(not ({self.blank.replace('{v}', value)}) and {new or self.convert(value)} is null)"


_EMPTY_TEXT = "btrim(coalesce({v}, '')) = ''"
_EMPTY_LIST = "coalesce(cardinality({v}), 0) = 0"
_NUMBERS = ("numeric", "bigint", "integer", "smallint")
_LIMITS = {"bigint": "9223372036854775807", "integer": "2147483647", "smallint": "32767"}
_TRUE, _FALSE = "'true','yes','y','t','1','是','真','对'", "'false','no','n','f','0','否','假','错'"


def conversion(old: FieldModel, new: FieldModel, model: Model, names: Catalogue, zone: str) -> Conversion | None:
    """From the column of `old` to that of `new`, or None. `model` and `names` are of the release that holds `old`."""
    source, target = storage_of(old), storage_of(new)
    if source.startswith("uuid:") and target == "text" and old.to is not None:
        to = model.objects[old.to]
        name, table = quote(names.column(to.name, to.name_field)), quote(names.table(to.name))
        return Conversion(f"(select {name}::text from {table} where id = {{v}})", safe=True)
    made = _FROM.get((source, target))
    found = made(zone) if made is not None else None
    return found if found is None or target not in ("text", "text[]") else _within_values(found, new)


def _within_values(found: Conversion, new: FieldModel) -> Conversion:
    """What becomes a picklist has to be one of its values."""
    if new.picklist is None:
        return found
    allowed = "array[" + ", ".join(literal(v) for v in new.picklist.values) + "]::text[]"
    matches = "<@" if new.type.pg_type == "text[]" else "= any"
    value = found.expression
    test = f"({value}) <@ {allowed}" if matches == "<@" else f"({value}) = any({allowed})"
    return Conversion(f"(case when {test} then {value} end)", found.blank)


def literal(text: str) -> str:
    """A text literal; standard_conforming_strings is on in every supported version."""
    return "'" + text.replace("'", "''") + "'"


def _to_text(expression: str) -> Callable[[str], Conversion]:
    return lambda zone: Conversion(expression.replace("{zone}", literal(zone)), safe=True)


def _checked(expression: str, blank: str = "{v} is null") -> Callable[[str], Conversion]:
    return lambda zone: Conversion(expression.replace("{zone}", literal(zone)), blank)


def _integral(target: str) -> Callable[[str], Conversion]:
    most = _LIMITS[target]
    return _checked(
        f"(case when {{v}} = trunc({{v}}::numeric) and abs({{v}}::numeric) <= {most} then {{v}}::{target} end)"
    )


def _text_to(target: str) -> Callable[[str], Conversion]:
    if target == "numeric":
        return _checked("_number({v})", _EMPTY_TEXT)
    most = _LIMITS[target]
    return _checked(
        f"(case when _number({{v}}) = trunc(_number({{v}})) and abs(_number({{v}})) <= {most}"
        f" then _number({{v}})::{target} end)",
        _EMPTY_TEXT,
    )


_FROM: dict[tuple[str, str], Callable[[str], Conversion]] = {
    ("text", "boolean"): _checked(
        f"(case when lower(btrim({{v}})) in ({_TRUE}) then true when lower(btrim({{v}})) in ({_FALSE}) then false end)",
        _EMPTY_TEXT,
    ),
    ("text", "date"): _checked("_day({v})", _EMPTY_TEXT),
    ("text", "timestamptz"): _checked("_moment({v}, {zone})", _EMPTY_TEXT),
    ("text", "time"): _checked("_clock({v})", _EMPTY_TEXT),
    ("text", "text[]"): _to_text(
        "(case when btrim({v}) <> '' then regexp_split_to_array(btrim({v}), '\\s*[;；\\n]\\s*') end)"
    ),
    ("text[]", "text"): _checked("(case when cardinality({v}) = 1 then ({v})[1] end)", _EMPTY_LIST),
    ("boolean", "text"): _to_text("{v}::text"),
    ("date", "text"): _to_text("to_char({v}, 'YYYY-MM-DD')"),
    ("timestamptz", "text"): _to_text("to_char({v} at time zone {zone}, 'YYYY-MM-DD HH24:MI:SS')"),
    ("time", "text"): _to_text("to_char({v}, 'HH24:MI:SS')"),
    ("date", "timestamptz"): _to_text("({v}::timestamp at time zone {zone})"),
    ("timestamptz", "date"): _to_text("({v} at time zone {zone})::date"),
    ("timestamptz", "time"): _to_text("({v} at time zone {zone})::time"),
    **{(number, "text"): _to_text("{v}::text") for number in _NUMBERS},
    **{("text", number): _text_to(number) for number in _NUMBERS},
    **{("boolean", number): _to_text(f"{{v}}::integer::{number}") for number in _NUMBERS},
    **{(number, "boolean"): _checked("(case {v} when 1 then true when 0 then false end)") for number in _NUMBERS},
    **{(number, "numeric"): _to_text("{v}::numeric") for number in _NUMBERS if number != "numeric"},
    **{(a, b): _integral(b) for a in _NUMBERS for b in _LIMITS if a != b},
}
