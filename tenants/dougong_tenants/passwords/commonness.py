"""Whether a password is among the first that are tried: by rule, with a short list of words. Used by `policy`.

Rules instead of a downloaded list: rows of the keyboard, runs, repetitions, dates, and well-known words with figures.
"""

from __future__ import annotations

import re
from datetime import date

_ROWS = ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./", "abcdefghijklmnopqrstuvwxyz", "01234567890")
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "147", "258", "369", "159", "753")
_PATHS = tuple(path for one in (*_ROWS, *_COLUMNS) for path in (one, one[::-1]))
_ZIGZAG = re.compile(r"(?:1q|2w|3e|4r|5t|6y|7u|8i|9o|0p|q1|w2|e3|r4|t5|qa|ws|ed|az|sx|dc)+")
_SHORTEST = 3  # characters of a piece of a path that count as one

_LIST = """
password passwd pass pwd passphrase letmein welcome login logon signin admin administrator root guest user test tester
testing demo changeme change default secret private system server computer internet office company dougong qwerty
qwertz azerty asdf zxcv qazwsx iloveyou loveyou lovely princess sunshine monkey dragon shadow master superman batman
football baseball soccer starwars trustno whatever hello freedom ninja mustang michael jennifer michelle jordan
charlie thomas google baidu taobao alibaba tencent wechat weixin huawei xiaomi iphone android woaini woaiwo wodemima
mima denglu guanliyuan zhongguo china beijing shanghai shenzhen guangzhou nihao wang zhang li liu chen aini baobei
laopo laogong abc abcd aa a qq q
"""
_WORDS = frozenset(_LIST.split())
_LEET = str.maketrans("@4031!5$7+", "aaoelisst" + "t")
_SHIFTED = str.maketrans("!@#$%^&*()_+", "1234567890-=")
_OTHERS = re.compile(r"[\d\W_]+")


def is_common(password: str) -> bool:
    """True for what a guesser tries first."""
    text = password.casefold()
    return _repeats(text) or _is_walk(text.translate(_SHIFTED)) or _is_date(text) or _is_word(text)


def _repeats(text: str) -> bool:
    """`aaaaaaaa`, `abcabcabc`, `20202020`: a piece of at most five characters, again and again."""
    return any(text == (text[:n] * (len(text) // n + 1))[: len(text)] for n in range(1, 6) if len(text) >= 2 * n)


def _is_walk(text: str) -> bool:
    """Nothing but pieces of keyboard rows and columns, of the alphabet and of figures in order, or one key repeated."""
    at = 0
    while at < len(text):
        step = max(_along(text, at), _same(text, at), _zigzag(text, at))
        if step < _SHORTEST:
            return False
        at += step
    return True


def _along(text: str, at: int) -> int:
    """How many characters from `at` follow one path."""
    longest = 0
    for path in _PATHS:
        start = path.find(text[at])
        if start >= 0:
            n = 1
            while at + n < len(text) and start + n < len(path) and text[at + n] == path[start + n]:
                n += 1
            longest = max(longest, n)
    return longest


def _same(text: str, at: int) -> int:
    return len(text) - at - len(text[at:].lstrip(text[at]))


def _zigzag(text: str, at: int) -> int:
    found = _ZIGZAG.match(text, at)
    return found.end() - at if found else 0


def _is_date(text: str) -> bool:
    """`19900101`, `1990-01-01`, `01011990`: a day between 1900 and 2100."""
    digits = re.sub(r"[-./ ]", "", text)
    if len(digits) != 8 or not digits.isdecimal():
        return False
    for year, month, day in ((digits[:4], digits[4:6], digits[6:]), (digits[4:], digits[2:4], digits[:2])):
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if 1900 <= found.year <= 2100:
            return True
    return False


def _is_word(text: str) -> bool:
    """A known word or walk with figures and signs around it or in place of letters: `P@ssw0rd2024!`, `admin123`."""
    for plain in (text, text.translate(_LEET), re.sub(r"^[\d\W_]+|[\d\W_]+$", "", text).translate(_LEET)):
        pieces = {piece for piece in _OTHERS.split(plain) if piece}
        if len(pieces) == 1 and (pieces <= _WORDS or _is_walk(min(pieces))):
            return True
    return False
