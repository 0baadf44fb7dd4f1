"""Query strings are read as every program writes them."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, urlencode

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from dougong_platform.errors import BadRequest
from dougong_platform.http.arguments import Arguments

NAMES = ("filter", "sort", "q", "page size", "排序")
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def read(raw: str) -> Arguments:
    environ = EnvironBuilder().get_environ() | {"QUERY_STRING": raw}
    return Arguments(Request(environ), NAMES)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES), st.sampled_from([quote, quote_plus]), st.booleans())
def test_whatever_is_written_is_read(values: dict[str, str], how: object, untidy: bool) -> None:
    raw = urlencode(values, quote_via=how)  # type: ignore[call-overload]  # either of urllib's two
    given = read(f"&{raw}&&" if untidy else raw)
    assert {name: given.text(name) for name in values} == {name: value or None for name, value in values.items()}


def test_a_name_without_a_value_and_letters_that_nobody_escaped() -> None:
    given = read("sort&q=a=b&filter=100%&page+size=%zz")
    assert [given.text(name) for name in ("sort", "q", "filter", "page size")] == [None, "a=b", "100%", "%zz"]
    assert read("filter=书".encode().decode("latin-1")).text("filter") == "书"


@pytest.mark.parametrize("raw", ["filter=%ff", "filter=a&filter=b", "filter=%00", "filer=a", "&" * 100])
def test_what_cannot_be_meant_is_refused(raw: str) -> None:
    with pytest.raises(BadRequest):
        read(raw)
