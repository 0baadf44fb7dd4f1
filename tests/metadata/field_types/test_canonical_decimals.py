"""Texts that are canonical already skip the Decimal; the answer must be the one that the long way gives."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.cleaning import clean_text, plain
from dougong_metadata.field_types.numbers import load_decimal

NO_BOUND = -(10**60)  # a minimum that refuses nothing, but must be looked at: the long way


def _answer(text: str, precision: int, scale: int, minimum: int | None) -> str | None:
    try:
        return load_decimal(text, precision, scale, minimum)
    except FieldValueError as fault:
        return fault.code


@given(st.from_regex(r"-?[0-9]{0,6}(\.[0-9]{0,5})?", fullmatch=True), st.integers(1, 8), st.integers(0, 5))
@example("-0.00", 5, 2)
@example("0.5", 2, 4)
@example("0.50", 2, 2)
@example("007.00", 6, 2)
@example("1.00\n", 6, 2)
@example("100000.00", 7, 2)
def test_a_canonical_number_is_answered_as_the_long_way_answers_it(text: str, precision: int, scale: int) -> None:
    assert _answer(text, precision, scale, None) == _answer(text, precision, scale, NO_BOUND)


@given(st.text(alphabet="ab １２é\t\r\n\x07中 \u3000", max_size=8))
def test_plain_texts_are_cleaned_as_all_others(text: str) -> None:
    beside = clean_text("\x01" + text)  # the control character forces the long way
    assert clean_text(text) == beside
    assert plain(text) == plain("\x01" + text)
