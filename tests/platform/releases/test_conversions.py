"""What becomes of values when a field changes its type, held against Python's own reading of them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changing import Changing, an_object, changing
from dougong_metadata.field_types import field_type_named, offered
from dougong_metadata.model.compile import compile_model
from dougong_metadata.model.types import FieldModel, Model
from dougong_platform.releases.columns import storage_of
from dougong_platform.releases.conversions import conversion
from dougong_platform.storage import PLAIN
from dougong_tenants import Database

ZONE = "Asia/Shanghai"
KEYS: dict[str, dict[str, Any]] = {
    "lookup": {"to": "thing"},
    "detail": {"to": "thing"},
    "picklist": {"values": ["a", "1"]},
    "multi_picklist": {"values": ["a", "1"]},
}


def fields_model() -> Model:
    """An object with a field of every offered type that is stored as it is, called as the type."""
    types = [name for name in offered() if not field_type_named(name).derived]
    fields = {f"f_{name}": {"type": name, **KEYS.get(name, {})} for name in types}
    owner = {"name": {"type": "text"}}
    return compile_model([an_object("thing", owner), an_object("sample", {"title": {"type": "text"}, **fields})])


MODEL = fields_model()
FIELDS = [f for f in MODEL.objects["sample"].own_fields if f.name != "title"]


@pytest.fixture(scope="module")
def it(database: Database) -> Changing:
    made = changing(database)
    made.run("create table thing (id uuid, name text)")
    return made


def field(name: str) -> FieldModel:
    return MODEL.objects["sample"].fields[f"f_{name}"]


def converted(it: Changing, old: str, new: str, values: list[Any]) -> list[Any]:
    """Values of a column after the change, None for those that cannot be converted."""
    found = conversion(field(old), field(new), MODEL, PLAIN, ZONE)
    assert found is not None
    kind = field(old).type.pg_type
    rows = it.run(
        f"select {found.convert('v')}, {found.refused('v')} from unnest(%s::{kind}[])"
        " with ordinality t (v, n) order by n",
        [values],
    )
    for value, (result, refused) in zip(values, rows, strict=True):
        assert refused == (result is None and value is not None and str(value).strip() != "")
    return [row[0] for row in rows]


@pytest.mark.parametrize("old", FIELDS, ids=lambda f: f.type.name)
def test_every_pair_of_types_is_converted_by_valid_sql_or_not_at_all(it: Changing, old: FieldModel) -> None:
    for new in FIELDS:
        if storage_of(old) == storage_of(new):
            continue
        found = conversion(old, new, MODEL, PLAIN, ZONE)
        if found is not None:
            value = f"null::{old.type.pg_type}"
            assert it.run(f"select ({found.convert(value)})::{new.type.pg_type}, {found.refused(value)}") == [
                (None, False)
            ]


_settings = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_NUMBER = re.compile(r"[-+]?(\d{1,40}|\d{1,3}(,\d{3}){1,12})(\.\d{1,40})?")


@_settings
@given(st.lists(_texts | st.from_regex(r"[-+]?[0-9]{1,4}(,[0-9]{2,3})?(\.[0-9]{0,3})?", fullmatch=True), max_size=20))
def test_text_to_number(it: Changing, texts: list[str]) -> None:
    expected = []
    for text in texts:
        bare = text.strip(" ")
        expected.append(Decimal(bare.replace(",", "")) if _NUMBER.fullmatch(bare) and bare.isascii() else None)
    found = [None if v is None else Decimal(v) for v in converted(it, "text", "decimal", texts)]
    assert found == expected


@_settings
@given(st.lists(st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)), max_size=10))
def test_dates_survive_becoming_text_and_dates_again(it: Changing, dates: list[dt.date]) -> None:
    texts = converted(it, "date", "text", dates)
    assert converted(it, "text", "date", texts) == [date.isoformat() for date in dates]


@_settings
@given(st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2100, 12, 31)), max_size=10))
def test_dates_survive_becoming_moments_and_dates_again(it: Changing, dates: list[dt.date]) -> None:
    moments = converted(it, "date", "datetime", dates)
    assert converted(it, "datetime", "date", moments) == [date.isoformat() for date in dates]


@pytest.mark.parametrize(
    ("old", "new", "value", "expected"),
    [
        ("text", "date", "2024-02-29", "2024-02-29"),
        ("text", "date", "2023-02-29", None),
        ("text", "date", "2024年2月9日", "2024-02-09"),
        ("text", "date", "9/2/2024", None),
        ("text", "datetime", "2024-02-09 08:30", "2024-02-09T00:30:00Z"),
        ("text", "datetime", "2024-02-09 25:30", None),
        ("text", "datetime", "2024-02-09T08:30:00Z", "2024-02-09T08:30:00Z"),
        ("text", "datetime", "soon", None),
        ("text", "time", "8:30", "08:30:00"),
        ("text", "time", "24:61", None),
        ("text", "boolean", "是", True),
        ("text", "boolean", "No", False),
        ("text", "boolean", "perhaps", None),
        ("text", "integer", "12", 12),
        ("text", "integer", "1.5", None),
        ("text", "integer", "9" * 30, None),
        ("text", "rating", "3", 3),
        ("text", "rating", "40000", None),
        ("decimal", "integer", Decimal("2.00"), 2),
        ("decimal", "integer", Decimal("2.5"), None),
        ("integer", "decimal", 7, "7"),
        ("integer", "text", 7, "7"),
        ("decimal", "text", Decimal("7.50"), "7.50"),
        ("boolean", "integer", True, 1),
        ("integer", "boolean", 2, None),
        ("multi_picklist", "text", ["a"], "a"),
        ("multi_picklist", "picklist", ["a", "1"], None),
        ("text", "multi_picklist", "a; 1", ["a", "1"]),
        ("text", "multi_picklist", "a; x", None),
        ("picklist", "multi_picklist", "a", ["a"]),
        ("integer", "picklist", 1, "1"),
        ("integer", "picklist", 2, None),
    ],
)
def test_single_values(it: Changing, old: str, new: str, value: Any, expected: Any) -> None:
    if isinstance(value, list):
        found = conversion(field(old), field(new), MODEL, PLAIN, ZONE)
        assert found is not None
        assert it.run(f"select {found.convert('v')} from (select %s::text[] as v) t", [value]) == [(expected,)]
    else:
        assert converted(it, old, new, [value]) == [expected]
