"""Texts with `{{ expression }}` in them, taken apart when a document is compiled: titles and bodies of notifications
and e-mails. The engine renders them (`texts.render`); nothing in them is ever run as code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dougong_metadata.errors import ExpressionError
from dougong_metadata.expressions.checked import Checked, Column
from dougong_metadata.expressions.nodes import Path
from dougong_metadata.model.flow_types import TemplateText, TextPiece

# How a value may be written. Without one of them it is written as its type is: a label, a name, a day, an amount.
FORMATS = ("number", "money", "percent", "date", "datetime", "time", "value", "id")
MAX_TEXT = 20_000  # characters
MAX_PIECES = 200

_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_HOLE = re.compile(rf"\{{\{{((?:{_QUOTED}|[^\"'}}]|}}(?!}}))*)}}}}", re.DOTALL)
_FORMAT = re.compile(r"(?<!\|)\|\s*([a-z_]+)\s*\Z")

# (locale, expression, the whole text, where the expression begins) -> the checked expression; None = reported
Check = Callable[[str, str, str, int], Checked | None]
Refuse = Callable[[str, ExpressionError, str], None]
NameField = Callable[[str], str | None]


def compile_text(given: object, check: Check, refuse: Refuse, name_field: NameField) -> TemplateText:
    """`given` (a text, or a mapping by language) taken apart. `check` types one expression, `refuse` is told what is
    wrong with the text around them; `name_field` gives the name field of an object: a link is written as the name."""
    texts = given if isinstance(given, Mapping) else {"": given}
    made = {
        str(locale): _pieces(str(locale), text, check, refuse, name_field)
        for locale, text in texts.items()
        if isinstance(text, str)
    }
    any_ = made.get("") or made.get("en") or made.get("zh") or ()
    return TemplateText(made.get("en") or any_, made.get("zh") or any_)


def _pieces(locale: str, text: str, check: Check, refuse: Refuse, name_field: NameField) -> tuple[TextPiece, ...]:
    pieces: list[TextPiece] = []
    at = 0
    for hole in _HOLE.finditer(text):
        _plain(locale, text, at, hole.start(), pieces, refuse)
        inner = hole[1]
        wanted = _FORMAT.search(inner)
        if wanted and wanted[1] not in FORMATS:
            refuse(locale, _unknown_format(wanted[1], hole.start(1) + wanted.start(1)), text)
        expression = inner[: wanted.start()] if wanted else inner
        start = hole.start(1) + len(expression) - len(expression.lstrip())
        piece = _value(locale, expression.strip(), text, start, wanted[1] if wanted else None, check, name_field)
        if not expression.strip():
            refuse(locale, ExpressionError("An expression is missing here.", "这里缺少表达式。", hole.start(), 4), text)
        elif piece is not None:
            pieces.append(piece)
        at = hole.end()
    _plain(locale, text, at, len(text), pieces, refuse)
    if len(pieces) > MAX_PIECES or len(text) > MAX_TEXT:
        refuse(locale, ExpressionError("The text is too long.", "文本过长。", 0, 1), text)
    return tuple(pieces)


def _plain(locale: str, text: str, start: int, end: int, pieces: list[TextPiece], refuse: Refuse) -> None:
    part = text[start:end]
    if (open_ := part.find("{{")) >= 0:
        fault = ExpressionError("“{{” is never closed by “}}”.", "「{{」没有对应的「}}」。", start + open_, 2)
        refuse(locale, fault, text)
    elif part:
        pieces.append(TextPiece(part))


def _value(
    locale: str, expression: str, text: str, start: int, format: str | None, check: Check, name_field: NameField
) -> TextPiece | None:
    checked = check(locale, expression, text, start) if expression else None
    if checked is None:
        return None
    name = name_field(checked.type.to or "") if checked.type.name == "record" and format != "id" else None
    if name and isinstance(checked.typed, Column) and isinstance(checked.node, Path):  # a link: its record's name
        steps = checked.node.names if checked.node.names != ("id",) else ()
        checked = check(locale, ".".join((*steps, name)), text, start)
        if checked is None:
            return None
    return TextPiece("", checked, format)


def _unknown_format(name: str, position: int) -> ExpressionError:
    return ExpressionError(
        f"“{name}” is not a way to write a value: {', '.join(FORMATS)}.",
        f"没有名为「{name}」的格式：{'、'.join(FORMATS)}。",
        position,
        len(name),
    )
