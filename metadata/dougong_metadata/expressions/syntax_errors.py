"""Turns the parser's complaints into sentences that help. Called by `parse` only."""

from __future__ import annotations

from lark.exceptions import UnexpectedInput, UnexpectedToken

from dougong_metadata.errors import ExpressionError

# Typed by a Chinese keyboard, and what was meant.
_FULL_WIDTH = dict(zip("（），“”‘’＝＞＜＋－＊／＆．；：！？＄≠≥≤×÷—", "(),\"\"''=><+-*/&.;:!?$", strict=False)) | {
    "≠": "!=",
    "≥": ">=",
    "≤": "<=",
    "×": "*",
    "÷": "/",
    "—": "-",
    "、": ",",
    "。": ".",
    "《": "<",
    "》": ">",
    "　": " ",
}
_WORDS = {  # what people write who know SQL or another CRM
    "is": ("ISBLANK(x)", "ISBLANK(x)"),
    "like": ('CONTAINS(x, "text")', 'CONTAINS(x, "文字")'),
    "between": ("x >= a and x <= b", "x >= a and x <= b"),
    "xor": ("a != b", "a != b"),
}
_COMPARISONS = frozenset(("=", "==", "!=", "<>", "<", "<=", ">", ">="))
_OPENERS = {'"', "'"}


def explain(text: str, error: UnexpectedInput) -> ExpressionError:
    """The ExpressionError for what lark stumbled over in `text`."""
    position = error.pos_in_stream
    if isinstance(error, UnexpectedToken):
        token = error.token
        if token.type == "$END":
            return _ended(text)
        position = token.start_pos
        return _unexpected(text, str(token), position or 0)
    return _character(text, position or 0)


def _ended(text: str) -> ExpressionError:
    end = len(text.rstrip())
    if not end:
        return ExpressionError("The expression is empty.", "表达式为空。", 0, 1)
    if text.count("(") > text.count(")"):
        return ExpressionError(
            "The expression ends too early: a `)` is missing.", "表达式不完整：缺少“)”。", end, 1, hint=")"
        )
    return ExpressionError("The expression ends too early.", "表达式不完整。", end, 1)


def _unexpected(text: str, found: str, position: int) -> ExpressionError:
    word = found.lower()
    if word in _WORDS:
        en, zh = _WORDS[word]
        return ExpressionError(
            f"`{found}` is not known here; write `{en}`.",
            f"此处不认识“{found}”；请写作“{zh}”。",
            position,
            len(found),
            hint=en,
        )
    if found in _COMPARISONS:
        return ExpressionError(
            f"`{found}` cannot follow another comparison directly; join the two with `and`, or use parentheses.",
            f"“{found}”不能直接跟在另一个比较之后；请用 and 连接，或加括号。",
            position,
            len(found),
        )
    if found == ")" and text[:position].count("(") <= text[:position].count(")"):
        return ExpressionError("This `)` closes nothing.", "多余的“)”。", position)
    return ExpressionError(
        f"`{_short(found)}` does not fit here.", f"“{_short(found)}”不应出现在这里。", position, len(found)
    )


def _character(text: str, position: int) -> ExpressionError:
    char = text[position]
    if char in _FULL_WIDTH:
        meant = _FULL_WIDTH[char]
        return ExpressionError(
            f"`{char}` is a full-width character; write `{meant}`.",
            f"“{char}”是全角字符；请改用半角的“{meant}”。",
            position,
            1,
            hint=meant,
        )
    if char in _OPENERS:
        return ExpressionError(
            "This text is not closed: a quotation mark is missing.",
            "文本没有结束：缺少引号。",
            position,
            len(text) - position,
        )
    if char == "$":
        return ExpressionError(
            "Only `$user`, `$now` and `$today` begin with `$`.",
            "以 $ 开头的只有 $user、$now、$today。",
            position,
            1,
            hint="$user",
        )
    if char == "^":
        return ExpressionError("Write POWER(x, y) for a power.", "乘方请写作 POWER(x, y)。", position, 1, hint="POWER")
    if not char.isascii() and char.isalpha():
        return ExpressionError(
            f"`{_run(text, position)}` is neither a field nor a function: fields are written by their api name, "
            "and text in quotation marks.",
            f"“{_run(text, position)}”不是字段或函数：字段请用 API 名称，文本请加引号。",
            position,
            len(_run(text, position)),
        )
    return ExpressionError(f"`{char}` has no meaning here.", f"“{char}”在这里没有意义。", position)


def _run(text: str, position: int) -> str:
    end = position
    while end < len(text) and not text[end].isascii() and text[end].isalpha():
        end += 1
    return text[position:end]


def _short(token: str) -> str:
    return token if len(token) <= 40 else token[:39] + "…"
