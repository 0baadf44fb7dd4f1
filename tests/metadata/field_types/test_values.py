"""Values of each field type: what they become, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types import load_value
from dougong_metadata.field_types.picklist import choices
from dougong_metadata.label import Label
from dougong_metadata.model.types import FieldModel, RecordType

MakeField = Callable[..., FieldModel]
ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("name", "options", "value", "loaded"),
    [
        ("text", {}, "  a b ", "a b"),
        ("text", {}, "   ", None),
        ("long_text", {}, "a\r\nb\x07", "a\nb"),
        ("rich_text", {}, '<p onclick="x">Hi <script>alert(1)</script><b>you</b></p>', "<p>Hi <b>you</b></p>"),
        ("rich_text", {}, "<p> </p>", None),
        ("integer", {}, 5.0, 5),
        ("decimal", {"scale": 2}, 12.5, "12.50"),
        ("decimal", {"scale": 2}, "-0", "0.00"),
        ("decimal", {"scale": 0}, 7, "7"),
        ("decimal", {"scale": 3}, "1.5e2", "150.000"),
        ("decimal", {"precision": 38, "scale": 2}, "9" * 36 + ".01", "9" * 36 + ".01"),
        ("currency", {}, "1234.5", "1234.50"),
        ("percent", {}, "0.25", "0.2500"),
        ("percent", {"scale": 0}, 1, "1.00"),
        ("date", {}, "2024-02-29", "2024-02-29"),
        ("datetime", {}, "2026-01-02T09:30:00+08:00", "2026-01-02T01:30:00Z"),
        ("datetime", {}, "2026-01-02T09:30:00.120Z", "2026-01-02T09:30:00.12Z"),
        ("time", {}, "09:30", "09:30:00"),
        ("picklist", {"values": ["x"]}, "draft", "draft"),
        ("multi_picklist", {"values": ["x"]}, ["in print", "draft", "draft"], ["draft", "in print"]),
        ("multi_picklist", {"values": ["x"]}, [], None),
        ("lookup", {}, ID.upper(), ID),
        ("email", {}, " A.b@Example.COM ", "A.b@example.com"),
        ("phone", {}, "138 0013 8000", "+8613800138000"),
        ("phone", {"region": "US"}, "(650) 253-0000 ext. 12", "+16502530000;ext=12"),
        ("url", {}, "https://example.com/a?b=c", "https://example.com/a?b=c"),
        ("colour", {}, "#ABCDEF", "#abcdef"),
        ("file", {}, [ID, ID.upper()], [ID]),
        ("signature", {}, ID, [ID]),
        (
            "geolocation",
            {},
            {"latitude": 31.23040001, "longitude": 121, "accuracy": None},
            {"latitude": 31.2304, "longitude": 121.0},
        ),
        (
            "address",
            {},
            {"detail": " 南京路  1 号", "city": "上海市"},
            {"country": "CN", "city": "上海市", "detail": "南京路 1 号"},
        ),
        ("address", {}, {"country": "CN"}, None),
        ("external_key", {}, " 007 ", "007"),
        ("json", {}, {"b": [1, None]}, {"b": [1, None]}),
    ],
)
def test_a_value_becomes_canonical(
    name: str, options: dict[str, Any], value: Any, loaded: Any, make_field: MakeField
) -> None:
    assert load_value(value, make_field(name, **options)) == loaded


@pytest.mark.parametrize(
    ("name", "options", "value", "code"),
    [
        ("text", {}, 5, "not_text"),
        ("text", {}, "a\nb", "single_line"),
        ("text", {"max_length": 3}, "abcd", "too_long"),
        ("text", {}, "a\x00", "bad_character"),
        ("text", {}, "\ud800", "bad_character"),
        ("long_text", {}, "x" * 100_001, "too_long"),
        ("integer", {}, "5", "not_whole"),
        ("integer", {}, True, "not_whole"),
        ("integer", {}, 2**63, "out_of_range"),
        ("integer", {"min": 1}, 0, "below_min"),
        ("rating", {}, 6, "above_max"),
        ("decimal", {"scale": 2}, "1.005", "too_many_decimals"),
        ("decimal", {"precision": 4, "scale": 2}, "100", "out_of_range"),
        ("decimal", {}, "1e99999", "not_a_number"),
        ("decimal", {}, float("nan"), "out_of_range"),
        ("decimal", {"precision": 38}, 12345678901234567890123.0, "inexact"),
        ("decimal", {"precision": 38, "scale": 2}, 123456789012345678.12, "inexact"),
        ("decimal", {}, "1e500", "out_of_range"),
        ("decimal", {}, float("inf"), "out_of_range"),
        ("currency", {"max": 10}, "10.01", "above_max"),
        ("boolean", {}, 1, "not_a_boolean"),
        ("date", {}, "2026-02-30", "not_a_date"),
        ("date", {}, "0000-01-01", "not_a_date"),
        ("date", {}, "10000-01-01", "not_a_date"),
        ("datetime", {}, "2026-01-02T09:30:00", "zone_needed"),
        ("datetime", {}, "0001-01-01T00:00:00+08:00", "not_a_datetime"),
        ("time", {}, "24:00", "not_a_time"),
        ("picklist", {"values": ["x"]}, "nope", "not_a_choice"),
        ("picklist", {"values": ["x"]}, "gone", "inactive_choice"),
        ("lookup", {}, "{" + ID + "}", "not_an_id"),
        ("email", {}, "a@b", "not_an_email"),
        ("email", {}, "a..b@c.de", "not_an_email"),
        ("phone", {}, "12", "not_a_phone"),
        ("url", {}, "javascript:alert(1)", "not_a_url"),
        ("colour", {}, "red", "not_a_colour"),
        ("file", {"max_files": 1}, [ID, ID.replace("3", "4")], "too_many"),
        ("geolocation", {}, {"latitude": 91, "longitude": 0}, "not_a_place"),
        ("address", {"parts_required": ["city"]}, {"detail": "x"}, "part_required"),
        ("json", {"max_bytes": 10}, ["x" * 20], "too_large"),
        ("json", {}, [[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]], "too_deep"),
    ],
)
def test_a_value_is_refused_with_its_code(
    name: str, options: dict[str, Any], value: Any, code: str, make_field: MakeField
) -> None:
    with pytest.raises(FieldValueError) as caught:
        load_value(value, make_field(name, **options))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "text", "loaded"),
    [
        ("integer", "1,234", 1234),
        ("integer", "１２３ ", 123),
        ("integer", "12.0", 12),
        ("decimal", "¥1,234.50", "1234.50"),
        ("decimal", "(12.5)", "-12.50"),
        ("decimal", "1 234.5", "1234.50"),
        ("currency", "￥ 1,234,567.8 元", "1234567.80"),
        ("currency", "USD 12", "12.00"),
        ("percent", "25.5%", "0.2550"),
        ("percent", "25％", "0.2500"),
        ("percent", "0.3", "0.3000"),
        ("boolean", "是", True),
        ("boolean", "No", False),
        ("boolean", "1", True),
        ("date", "2026/1/2", "2026-01-02"),
        ("date", "2026年1月2日", "2026-01-02"),
        ("date", "2026-01-02T00:00:00", "2026-01-02"),
        ("date", "20260102", "2026-01-02"),
        ("date", "46024", "2026-01-02"),
        ("datetime", "2026/1/2 9:30", "2026-01-02T01:30:00Z"),
        ("datetime", "2026年1月2日 9时30分", "2026-01-02T01:30:00Z"),
        ("datetime", "2026-01-02T09:30:00Z", "2026-01-02T09:30:00Z"),
        ("datetime", "2026-01-02", "2026-01-01T16:00:00Z"),
        ("datetime", "46024.5", "2026-01-02T04:00:00Z"),
        ("time", "下午3:05", "15:05:00"),
        ("time", "12:30 am", "00:30:00"),
        ("picklist", "草稿", "draft"),
        ("picklist", " DRAFT ", "draft"),
        ("multi_picklist", "在印、草稿", ["draft", "in print"]),
        ("phone", "13800138000.0", "+8613800138000"),
        ("url", "example.com/a", "https://example.com/a"),
        ("colour", "ABC", "#aabbcc"),
        ("geolocation", "31.2304，121.4737", {"latitude": 31.2304, "longitude": 121.4737}),
        ("address", "上海市 南京路 1 号", {"country": "CN", "detail": "上海市 南京路 1 号"}),
        ("text", "a\n b", "a b"),
        ("rich_text", "a & b\nc", "a &amp; b<br>c"),
        ("json", "[1]", [1]),
    ],
)
def test_a_cell_is_understood(name: str, text: str, loaded: Any, make_field: MakeField) -> None:
    options = {"values": ["x"]} if "picklist" in name else {}
    field = make_field(name, **options)
    assert load_value(field.type.read_text(text, field, "Asia/Shanghai"), field) == loaded


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("decimal", "1.234,56"),
        ("decimal", "12,34"),
        ("integer", "1.5"),
        ("date", "02/01/2026"),
        ("date", "2026-13-01"),
        ("boolean", "maybe"),
        ("percent", "1e5%"),
        ("picklist", "未知"),
        ("datetime", "soon"),
        ("geolocation", "1,2,3"),
    ],
)
def test_a_cell_that_could_mean_something_else_is_refused(name: str, text: str, make_field: MakeField) -> None:
    field = make_field(name, **({"values": ["x"]} if "picklist" in name else {}))
    with pytest.raises(FieldValueError):
        load_value(field.type.read_text(text, field, "Asia/Shanghai"), field)


def test_choices_are_narrowed_by_record_type_and_controlling_field(make_field: MakeField) -> None:
    from dataclasses import replace

    field = replace(make_field("picklist", values=["x"]), controlled_by="age")
    assert [value.value for value in choices(field)] == ["draft", "in print", 'say "a\\b"']
    assert [value.value for value in choices(field, row={"age": "old"})] == ["draft", "in print"]
    assert [value.value for value in choices(field, row={"age": None})] == ["draft"]
    novel = RecordType("novel", Label("Novel", "小说"), picklists={"f": ("in print",)})
    assert [value.value for value in choices(field, novel, {"age": "old"})] == ["in print"]


def test_search_finds_phones_as_people_write_them_and_rich_text_by_its_words(make_field: MakeField) -> None:
    assert make_field("phone").type.search_text("+8613800138000;ext=12") == "+8613800138000 13800138000"
    assert make_field("rich_text").type.search_text("<p>a &amp; <b>b</b></p><p>c</p>") == "a & b c"
