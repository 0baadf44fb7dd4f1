"""What holds for every field type there is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import FieldValueError, UnknownName
from dougong_metadata.field_types import field_type_named, load_value, offered, registered
from dougong_metadata.field_types.base import FieldType
from dougong_metadata.field_types.messages import MESSAGES, sentence
from dougong_metadata.model.types import FieldModel
from dougong_metadata.registering import Registry

MakeField = Callable[..., FieldModel]
EXPRESSION_TYPES = {"text", "number", "money", "boolean", "date", "datetime", "time", "record", "list", "json", "place"}
texts = st.text(max_size=60)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=15,
)
LIKELY = [
    "12.50",
    "-0.00",
    "1e400",
    "1e-9",
    "0.255",
    "NaN",
    "Infinity",
    "2026-01-31",
    "0001-01-01",
    "9999-12-31T23:59:59-23:59",
    "2026-01-02T03:04:05.120000+08:00",
    "2026-01-02T03:04",
    "09:30",
    "24:00",
    "23:59:59.5",
    "draft",
    "gone",
    'say "a\\b"',
    ["in print", "draft"],
    ["nope"],
    "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
    "3f2504e04f8911d39a0c0305e82c3301",
    ["3f2504e0-4f89-11d3-9a0c-0305e82c3301"] * 2,
    "A.b+c@Example.COM",
    "ä@bücher.de",
    "a@b",
    "13800138000",
    "+1 650 253 0000",
    "021-12345678 转 12",
    "400-820-8820",
    "https://例え.jp/ä?b=1",
    "http://[::1",
    "javascript:alert(1)",
    "#ABCDEF",
    "#abc",
    {"latitude": 39.9, "longitude": -0.0},
    {"latitude": 91, "longitude": 0},
    {"city": "上海市", "detail": " 南京路 1 号 "},
    {"country": "CN"},
    {"city": 1},
    {"a": [1, {"b": None}]},
    [1.5, 10**30],
    "<p>Hi <script>x</script><b>you</b></p>",
    "<br>",
    "a\nb",
    "  ",
    "x\x00",
    "\ud800",
    {"\ud800": 1},
    True,
    0,
    5,
    -3,
    2**63,
    5.0,
    0.1,
    "😀" * 60,
    "１２",
    "²",
    "٣",
]
TYPES = sorted(registered())


def attempt(load: Callable[[], Any]) -> tuple[Any, FieldValueError | None]:
    """What `load` gives, or how it refuses."""
    try:
        return load(), None
    except FieldValueError as fault:
        return None, fault


@pytest.mark.parametrize("name", TYPES)
def test_a_type_says_what_it_is(name: str) -> None:
    field_type = field_type_named(name)
    assert field_type.name == name
    assert field_type.label["en"]
    assert field_type.label["zh"]
    assert field_type.icon
    assert field_type.expression_type in EXPRESSION_TYPES
    assert field_type.operators


@pytest.mark.parametrize("name", TYPES)
@given(value=json_values | st.sampled_from(LIKELY))
@settings(max_examples=60, deadline=None)
def test_any_json_value_loads_or_is_refused_with_a_sentence(name: str, value: Any, make_field: MakeField) -> None:
    field = make_field(name)
    loaded, fault = attempt(lambda: load_value(value, field))
    if fault is not None:
        assert fault.code in MESSAGES
        assert fault.code in (*field.type.checks(field), "bad_character", "too_deep")
        assert "{" not in sentence(fault, field.label, "en").replace(str(fault.data.get("value", "")), "")
        assert sentence(fault, field.label, "zh")
    elif loaded is not None:
        json.dumps(loaded, allow_nan=False)
        assert load_value(loaded, field) == loaded
        wire = field.type.wire(loaded)
        assert isinstance(wire, str)
        assert "\x00" not in wire
    field.type.search_text(loaded)


@pytest.mark.parametrize("name", TYPES)
@given(text=texts | st.sampled_from([value for value in LIKELY if isinstance(value, str)]))
@settings(max_examples=60, deadline=None)
@example(text="")
def test_any_cell_is_read_or_refused_and_an_empty_one_is_blank(name: str, text: str, make_field: MakeField) -> None:
    field = make_field(name)
    loaded, fault = attempt(lambda: load_value(field.type.read_text(text, field, "Asia/Shanghai"), field))
    assert fault is None or fault.code in MESSAGES
    if not text:
        assert (loaded, fault) == (None, None)


@pytest.fixture(scope="module")
def connection(module_database_url: str) -> Any:
    with psycopg.connect(module_database_url, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("name", [name for name in TYPES if not field_type_named(name).derived])
def test_postgresql_reads_what_goes_over_the_wire_and_answers_the_canonical_form(
    name: str, make_field: MakeField, connection: Any
) -> None:
    field = make_field(name)
    seen = 0
    for value in LIKELY:
        loaded, _ = attempt(lambda value=value: load_value(value, field))
        if loaded is None:
            continue
        seen += 1
        wire = field.type.wire(loaded)
        kind = field.type.pg_type
        back = connection.execute(
            f"select to_jsonb(%s::{kind}), (%s::{kind})::{field.type.cast_type(field)}::text", [wire, wire]
        ).fetchone()
        answered = back[0]
        if kind == "numeric":
            assert back[1] == loaded
        elif kind == "timestamptz":
            assert field.type.load(str(answered), field) == loaded
        else:
            assert answered == loaded
    assert seen


def test_two_types_of_one_name_are_refused() -> None:
    registry: Registry[FieldType] = Registry("field type")
    registry.add(field_type_named("text"))
    with pytest.raises(ValueError, match="there twice"):
        registry.add(field_type_named("text"))


def test_an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        field_type_named("curency")
    assert caught.value.message("en") == "“curency” is not a field type; did you mean “currency”?"
    assert caught.value.message("zh") == "没有名为「curency」的字段类型；是不是「currency」？"


def test_internal_types_are_not_offered() -> None:
    assert "identifier" not in offered()
    assert "formula" in offered()


def test_every_code_has_both_languages() -> None:
    for english, chinese in MESSAGES.values():
        assert english.count("{") == chinese.count("{")


def test_the_base_refuses_to_guess() -> None:
    with pytest.raises(NotImplementedError):
        FieldType().load("x", None)  # type: ignore[arg-type]  # never reached
