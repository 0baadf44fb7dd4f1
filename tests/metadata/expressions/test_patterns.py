"""REGEX() matches what Java's and Salesforce's patterns match, and no pattern keeps the database busy."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions import check, lift_literals
from dougong_metadata.expressions.conversions import ValueRefused
from dougong_metadata.expressions.patterns import MAX_STATES, MAX_TEXT, translated
from dougong_metadata.expressions.printing import quoted

MATCHES = [
    ("abc", "abc", True),
    ("abc", "ab", False),  # the whole text
    ("^abc$", "abc", True),
    ("a|b", "b", True),
    ("^a$|^b$", "b", True),
    (r"\d{5}(-\d{4})?", "94105", True),
    (r"\d{5}(-\d{4})?", "94105-1234", True),
    (r"\d{5}(-\d{4})?", "9410", False),
    (r"[a-zA-Z0-9._|\\%#~`=?&/$^*!}{+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,4}", "a.b@example.org", True),
    (r"((\d{3})[ -]?)?\d{3}-\d{4}", "415 555-0100", True),
    (r"[^\d\s]+", "abc", True),
    (r"[^\d\s]+", "a1", False),
    (r"[\w.-]+", "a_b.c-d", True),
    (r"[]", "", None),
    (r".*", "a\nb", False),  # a dot is no line break
    (r"(.|\n)*", "a\nb", True),
    (r"\p{IsHan}{2,4}", "斗拱", True),
    (r"\p{IsHan}+", "dou", False),
    (r"(?i)abc", "aBC", True),
    (r"a{0}b", "b", True),
    (r"(a|)b", "b", True),
    (r"()b", "b", True),
    (r"a*?b+?", "aab", True),
    (r"\u4e66+", "书书", True),
    (r"a\.b", "a.b", True),
    (r"a\.b", "axb", False),
    (r"[a\]b]+", "a]b", True),
    (r"[a-c-]+", "a-c", True),
    (r"\bcat\b.*", "cat food", True),
    (r"\bcat\b.*", "cats", False),
    (r"\(\)\[\]\{\}\*\+\?\^\$\|\\", r"()[]{}*+?^$|\\"[:-1], True),
    (r"'%:{}"[:3], "'%:", True),
]


@pytest.mark.parametrize(("pattern", "text", "result"), MATCHES, ids=[f"{p} ~ {t}" for p, t, _ in MATCHES])
def test_a_pattern_matches_a_whole_text(answer: Any, pattern: str, text: str, result: bool | None) -> None:
    if result is None:
        with pytest.raises(ValueRefused):
            translated(pattern)
        return
    answer.put({"title": text, "note": pattern})
    assert answer(f"REGEX(title, {quoted(pattern)})") is result


REFUSED = [
    (r"(a)\1", "refers back"),
    (r"(?=a)b", "looks ahead or behind"),
    (r"(?!a)b", "looks ahead or behind"),
    (r"(?<=a)b", "looks ahead or behind"),
    (r"(?<name>a)", "kind that is not supported"),
    (r"(?m)a", "kind that is not supported"),
    ("(a", "lacks a `)`"),
    ("a)", "closes nothing"),
    ("*a", "repeats nothing"),
    ("a**", "behind another repetition"),
    ("a++", "behind another repetition"),
    ("a{2", "is no repetition"),
    ("a{x}", "is no repetition"),
    ("a{3,2}", "from few to many"),
    ("a{256}", "at most 255"),
    ("[a", "lacks a `]`"),
    ("[z-a]", "runs backwards"),
    ("[a&&[b]]", "inside `[…]`"),
    ("a^b", "in its middle"),
    ("(a$)b", "in its middle"),
    (r"\p{Greek}", "not known"),
    (r"\Qa\E", "not supported"),
    ("a\\", "single backslash"),
    (r"(\ba)+", "inside a group"),
    ("(a{100}){100}", "too large"),
    ("((a{1,20}){1,20}){1,20}", "too large"),
    ("(a|b)*a(a|b){200}", "too large"),
    ("a" * 501, "more than 500"),
    ("(" * 30 + "a" + ")" * 30, "nested"),
]


@pytest.mark.parametrize(("pattern", "words"), REFUSED, ids=[p[:30] for p, _ in REFUSED])
def test_a_pattern_that_is_wrong_or_dangerous_is_refused_when_it_is_published_and_when_a_query_brings_it(
    scope: Any, pattern: str, words: str
) -> None:
    text = f"REGEX(title, {quoted(pattern)})"
    with pytest.raises(ExpressionError) as caught:
        check(text, scope())
    assert words in caught.value.message("en")
    assert caught.value.position == text.index('"')
    assert caught.value.message("zh") != caught.value.message("en")
    shape, values = lift_literals(text)
    checked = check(shape, scope())
    with pytest.raises(ExpressionError) as caught:
        checked.bind(values, source=text)
    assert caught.value.position == text.index('"')


def test_a_pattern_stands_in_quotation_marks(scope: Any) -> None:
    for text in ("REGEX(title, note)", 'REGEX(title, "a" & note)', "REGEX(title, 5)", 'REGEX(title, "")'):
        with pytest.raises(ExpressionError) as caught:
            check(text, scope())
        assert "a pattern in quotation marks" in caught.value.message("en")


HOSTILE = [
    r"(a+)+",
    r"(a|aa)*b",
    r"(.*)(.*)(.*)(.*)x",
    r"((a{1,10}){1,10})+",
    r"(((((a*)*)*)*)*)*b",
    r"([ab]*a[ab]{60}){3}c",
    r"[ab]*a[ab]{150}[ab]*b[ab]{150}[ab]*a[ab]{100}",
    r"(?i)[\u0001-\uFFFF]{250}x*",
    r"(a?b?a?b?a?b?a?b?a?b?){40}",
    r"(([ab]{0,9}){9}){4}",
    r"([ab]*[ab]*[ab]*){100}!",
    r".{0,250}.{0,240}x",
    r"(|a|b)*c",
    r"([ab]{0,20}a){12}[ab]*",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_keeps_the_database_busy(answer: Any, pattern: str) -> None:
    for text in ("a" * MAX_TEXT, "a" * (MAX_TEXT - 1) + "!", "ab" * (MAX_TEXT // 2), "aab" * (MAX_TEXT // 3)):
        answer.put({"title": text})
        answer.connection.execute("SET statement_timeout = '5s'")
        try:
            assert answer(f"REGEX(title, {quoted(pattern)})") in (True, False)
        finally:
            answer.connection.execute("RESET statement_timeout")


def test_a_text_that_is_too_long_is_not_matched(answer: Any) -> None:
    answer.put({"title": "a" * (MAX_TEXT + 1)})
    assert answer('REGEX(title, "a+")') is None


def attempt(pattern: str) -> tuple[str, ValueRefused | None]:
    try:
        return translated(pattern), None
    except ValueRefused as refused:
        return "", refused


# Patterns of what is supported; Python's `re` reads them the same way.
_ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\d", r"\w", r"\s", r"\.", "书", "-", "[a-c1]"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    quantified = st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,3}", "{1,}"])).map(
        lambda pair: f"({pair[0]}){pair[1]}"
    )
    either = st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})")
    return st.one_of(quantified, either, st.lists(inner, min_size=1, max_size=3).map("".join))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pattern=st.recursive(_ATOMS, _grown, max_leaves=8), texts=st.lists(st.text("ab1._ 书-\n", max_size=8), max_size=4)
)
def test_a_drawn_pattern_matches_what_another_engine_matches(answer: Any, pattern: str, texts: list[str]) -> None:
    own, refused = attempt(pattern)
    if refused is not None:
        assert "too large" in refused.en
        return
    python = re.compile(pattern.replace(".", "[^\n\r]").replace(r"\[^" + "\n\r]", r"\."), re.ASCII)
    for text in ("", *texts):
        found = answer.connection.execute("SELECT %s::text ~ %s::text", (text, own)).fetchone()[0]
        assert found is (python.fullmatch(text) is not None), (pattern, own, text)


@settings(max_examples=500, deadline=None)
@given(st.text(r"ab\()[]{}*+?|^$.,-0123456789dwspPbuQ书<=!:i&", max_size=40))
def test_whatever_is_written_is_translated_or_refused_at_once(pattern: str) -> None:
    began = time.process_time()
    _, refused = attempt(pattern)
    assert refused is None or refused.en.startswith("The pattern ")
    assert time.process_time() - began < 5  # some milliseconds; what runs away does not come back at all


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(r"ab\()[]{}*+?|^$.,-0123456789dwspPbuQ书<=!:i&", max_size=30))
def test_whatever_is_translated_is_a_pattern_for_postgresql(answer: Any, pattern: str) -> None:
    own, refused = attempt(pattern)
    if refused is None:
        answer.connection.execute("SELECT 'abba'::text ~ %s::text", (own,))


def test_the_budget_holds_what_people_write() -> None:
    assert MAX_STATES == 500
    for pattern in (r"\d{18}|\d{17}[Xx]", r"(\d{1,3}\.){3}\d{1,3}", r"[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){2,7}", r".{200}"):
        assert translated(pattern)
