"""Which passwords are accepted; called where one is set. Length and commonness, no character classes (NIST 800-63B)."""

from __future__ import annotations

from dougong_tenants.errors import PasswordRefused

SHORTEST, LONGEST = 8, 256

_LIST = """
12345678 123456789 1234567890 123123123 11111111 00000000 88888888 66666666 99999999 87654321 12341234 11223344
12344321
password password1 password12 password123 passw0rd p@ssw0rd p@ssword qwertyui qwerty123 qwertyuiop 1q2w3e4r 1q2w3e4r5t
1qaz2wsx qazwsxedc zaq12wsx asdfghjk asdfghjkl abc12345 abcd1234 abcdefgh a1234567 a12345678 a123456789
aa123456 aa12345678
iloveyou woaini1314 woaini520 5201314520 woaini521 sunshine princess football baseball superman trustno1 welcome1
welcome123 letmein1 admin123 admin1234 administrator administrator1 changeme changeme1 dougong1 dougong123 test1234
testtest q1w2e3r4 q1w2e3r4t5 qwer1234 asdf1234 zxcvbnm1 zxcvbnm123 computer internet starwars whatever michelle
jennifer 147258369 789456123 123654789 159753456 112233445566 123456abc abc123456 123456aa 123456qq qq123456
wang1234 li123456
"""
_COMMON = frozenset(_LIST.split())


def check_password(password: str, email: str) -> None:
    """Raise PasswordRefused unless the password may be used by the owner of this e-mail."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"A password has at least {SHORTEST} characters.", f"密码至少 {SHORTEST} 个字符。")
    if len(password) > LONGEST:
        raise PasswordRefused(f"A password has at most {LONGEST} characters.", f"密码最多 {LONGEST} 个字符。")
    folded = password.casefold()
    if folded in (email.casefold(), email.casefold().partition("@")[0]):
        raise PasswordRefused("The password must not be the e-mail.", "密码不能与邮箱相同。")
    if folded in _COMMON or len(set(folded)) == 1:
        raise PasswordRefused("This password is one of the most common: choose another.", "该密码过于常见，请换一个。")
