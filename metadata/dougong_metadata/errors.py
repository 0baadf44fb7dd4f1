"""The errors of the metadata package. Every error of Dougong has this shape, whichever package raises it.

Fault                       code, status, data, text per language
└── MetadataError           422
    ├── InvalidDocuments    carries every Problem found, not only the first
    ├── ExpressionError     position and length inside the expression
    └── UnknownName         with the nearest right name
FieldValueError             one value that a field type refuses (never reaches HTTP by itself)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from dougong_metadata.problems import Problem


class Fault(Exception):
    """What went wrong, for people in both languages and for programs by code.

    `text` holds one format string per language, filled from `data`.
    """

    code: ClassVar[str] = "fault"
    status: ClassVar[int] = 500
    text: ClassVar[Mapping[str, str]] = {"en": "Something went wrong.", "zh": "出了点问题。"}

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.message("en"))

    def message(self, locale: str) -> str:
        """The sentence shown to a person who reads `locale`."""
        return self.text["zh" if locale.startswith("zh") else "en"].format(**self.data)


class MetadataError(Fault):
    code = "metadata_invalid"
    status = 422


class InvalidDocuments(MetadataError):
    """One or more documents cannot be compiled; `problems` lists all of them."""

    text = {"en": "{count} problems in the metadata.", "zh": "元数据有 {count} 处问题。"}

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(count=len(self.problems))


class ExpressionError(MetadataError):
    """An expression that cannot be parsed or does not type-check.

    `position` is the 0-based character offset in the expression, `length` what to underline.
    """

    code = "expression_invalid"
    text = {"en": "{en}", "zh": "{zh}"}

    def __init__(self, en: str, zh: str, position: int, length: int = 1, hint: str | None = None) -> None:
        self.position, self.length, self.hint = position, length, hint
        super().__init__(en=en, zh=zh, position=position, length=length, hint=hint)


class UnknownName(MetadataError):
    """A document, object or field that does not exist. `hint` is the nearest right name or None."""

    code = "unknown_name"
    status = 404
    text = {"en": "“{name}” is not {what_en}.", "zh": "没有名为「{name}」的{what_zh}。"}

    def message(self, locale: str) -> str:
        said, hint = super().message(locale), self.data.get("hint")
        if not hint:
            return said
        return f"{said[:-1]}；是不是「{hint}」？" if locale.startswith("zh") else f"{said[:-1]}; did you mean “{hint}”?"


class FieldValueError(Exception):
    """A field type refuses a value. `code` is a key of `field_types.messages`, `data` fills its sentence."""

    def __init__(self, code: str, **data: Any) -> None:
        self.code, self.data = code, data
        super().__init__(code)
