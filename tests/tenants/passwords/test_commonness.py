"""Passwords that guessers try first are refused by rule, and nothing that people choose with care."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_tenants.errors import PasswordRefused
from dougong_tenants.passwords import PasswordRules, check_password, strictest
from dougong_tenants.passwords.policy import kinds_of

COMMON = """
12345678 87654321 11111111 qwertyui poiuytrewq 1qaz2wsx !QAZ@WSX qweasdzxc 1q2w3e4r5t abcdefgh abcabcabc 20202020
19900101 1990-12-31 31121990 P@ssw0rd2024! password123 Admin@123 qwerty!@# letmein123 woaini520 dougong2026 zxcvbnm1
"""
FINE = ["Xk3-9pqLm", "correct horse battery", "我家的猫叫小黑", "tr0ub4dor & more", "dougong-demo", "vier Bücher"]


@pytest.mark.parametrize("password", COMMON.split())
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password, "ann@library.test")


@pytest.mark.parametrize("password", FINE)
def test_what_was_chosen_with_care_is_taken(password: str) -> None:
    if len(password) >= 8:
        check_password(password, "ann@library.test")
    else:
        check_password(password + password[::-1], "ann@library.test")


@pytest.mark.parametrize(
    "password",
    ["my annabelle rose", "AnnaBelle-1999", "lighthouse@library.test!", "the Lighthouse", "王小明的猫很好看"],
)
def test_name_and_address_do_not_stand_in_a_password(password: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(password, "lighthouse@library.test", names=("Annabelle Wu", "王小明"))


def test_short_names_may_happen_to_stand_in_it() -> None:
    check_password("an ox in the wood", "an@library.test", names=("Ox Li",))


@pytest.mark.parametrize(
    ("password", "kinds"), [("abc", 1), ("aB", 2), ("aB1", 3), ("aB1-", 4), ("猫", 1), ("猫a１", 3), ("", 0)]
)
def test_kinds_of_characters(password: str, kinds: int) -> None:
    assert kinds_of(password) == kinds


rules = st.builds(
    PasswordRules, st.integers(8, 64), st.integers(1, 4), st.integers(0, 10), st.none() | st.integers(1, 3650)
)


@given(st.lists(rules, max_size=4), st.text(min_size=1, max_size=70))
def test_the_strictest_rules_refuse_what_any_refuses(many: list[PasswordRules], password: str) -> None:
    def taken(one: PasswordRules) -> bool:
        try:
            check_password(password, "x@y.test", one)
        except PasswordRefused:
            return False
        return True

    assert taken(strictest(many)) == all(taken(one) for one in [PasswordRules(), *many])
