"""Whatever part of a Chinese run or beginning of a word somebody types: it is among the words of the text."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from dougong_platform.search.words import normal, question, vector, words

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)


@given(text=CHINESE, data=st.data())
def test_every_piece_of_a_chinese_run_is_found_by_its_pairs(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    asked, runs = question(piece)
    found = words(f"前缀 {text} suffix")
    for part in asked.split(" & "):
        word = part.strip("':*")
        assert any(one.startswith(word) if part.endswith(":*") else one == word for one in found)
    assert runs == (normal(piece),)


@given(st.text(max_size=300))
def test_no_text_makes_words_that_need_quoting(text: str) -> None:
    for word in words(text):
        assert not any(char in "'\\:&|!()<>*" or char.isspace() for char in word)
        assert 0 < len(word) <= 64
    asked, _ = question(text)
    assert not any(char in asked for char in "\\|!()<>")


def test_full_width_letters_and_upper_case_are_found_as_plain_ones() -> None:
    assert words("ＧＴＸ Pro") == {"gtx", "pro"}


def test_a_phone_number_is_found_by_its_end() -> None:
    assert {"5678", "13812345678"} <= words("+86 13812345678")


def test_a_huge_text_stays_below_what_postgresql_can_store_and_takes_no_second() -> None:
    text = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(3_000_000))
    started = time.perf_counter()
    made = vector(text)
    assert len(made.encode()) < 1_000_000
    assert time.perf_counter() - started < 15


def test_nothing_but_signs_asks_for_nothing() -> None:
    assert question("!&| ':* ()") == ("", ())
