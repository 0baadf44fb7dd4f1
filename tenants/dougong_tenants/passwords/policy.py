"""Which passwords are accepted; called where one is set. The rules are the companies', commonness is everybody's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from dougong_tenants.errors import PasswordRefused
from dougong_tenants.passwords.commonness import is_common
from dougong_tenants.passwords.rules import LONGEST, SHORTEST, PasswordRules

_LIST = """
a1234567 a12345678 a123456789 trustno1 q1w2e3r4 1q2w3e4r 1q2w3e4r5t q1w2e3r4t5 5201314520 147258369 789456123 159753456
112233445566 12344321 11223344 li123456
"""
_COMMON = frozenset(_LIST.split())
USUAL = PasswordRules()
_PIECE = 4  # characters of a name or e-mail that may not stand in a password; two of a Chinese name
_KINDS = "small letters, capital letters, digits and others"


def check_password(password: str, email: str, rules: PasswordRules = USUAL, names: Iterable[str] = ()) -> None:
    """Raise PasswordRefused unless the owner of this e-mail, who is called `names`, may use it under the rules."""
    shortest = max(SHORTEST, rules.length)
    if len(password) < shortest:
        raise PasswordRefused(f"A password has at least {shortest} characters.", f"密码至少 {shortest} 个字符。")
    if len(password) > LONGEST:
        raise PasswordRefused(f"A password has at most {LONGEST} characters.", f"密码最多 {LONGEST} 个字符。")
    if kinds_of(password) < rules.kinds:
        raise PasswordRefused(
            f"A password here has at least {rules.kinds} of: {_KINDS}.",
            f"密码须至少包含以下 {rules.kinds} 类字符：小写字母、大写字母、数字、其他字符。",
        )
    folded = unicodedata.normalize("NFKC", password).casefold()
    if any(piece in folded for piece in _pieces(email, names)):
        raise PasswordRefused("The password must not contain your name or e-mail.", "密码中不能包含您的姓名或邮箱。")
    if folded in _COMMON or is_common(folded):
        raise PasswordRefused("This password is one of the most common: choose another.", "该密码过于常见，请换一个。")


def kinds_of(password: str) -> int:
    """How many of the four kinds stand in it; letters without capitals, such as Chinese, are others."""
    return len({_kind(character) for character in password})


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    return category if category in ("Ll", "Lu", "Nd") else "other"


def _pieces(email: str, names: Iterable[str]) -> set[str]:
    """What may not stand in the password, folded: the parts of e-mail and names that are long enough."""
    mail = email.casefold()
    words = {mail, mail.partition("@")[0]}
    for name in names:
        folded = unicodedata.normalize("NFKC", name).casefold()
        words |= {folded.replace(" ", ""), *folded.split()}
    return {word for word in words if len(word) >= (_PIECE if word.isascii() else 2)}
