"""The keys of documents as marshmallow fields: what kinds and field types build their schemas from.

Errors are short codes ("too_long:40"); `schema_problems` turns them into sentences with file and line. Each key
carries its label, help and widget in both languages, from which the builder's forms, the JSON Schema and the reference
are made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, cast

from marshmallow import RAISE, Schema, ValidationError, fields

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
COLOURS = ("mute", "info", "good", "warn", "bad", "draft")
MAX_ITEMS = 2_000
MAX_LABEL = 200
MAX_EXPRESSION = 10_000


def about(en: str, zh: str, help_en: str = "", help_zh: str = "", widget: str | None = None) -> dict[str, Any]:
    """The metadata of a key: label, help and widget for generated forms and references."""
    said: dict[str, Any] = {"label": {"en": en, "zh": zh}}
    if help_en:
        said["help"] = {"en": help_en, "zh": help_zh or help_en}
    if widget:
        said["widget"] = widget
    return said


@cache
def made(schema: type[Schema]) -> Schema:
    """The one instance of a schema: making one costs more than loading a document with it."""
    return schema()


class Body(Schema):
    """A mapping whose keys are all known. Unknown keys are errors."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_key", "type": "not_a_mapping"}


_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_REQUIRED: _Messages = {"required": "required", "null": "empty", "validator_failed": "invalid"}


class _Key(fields.Field[Any]):
    """What all keys share: codes instead of sentences, and the widget that edits them."""

    default_error_messages = _REQUIRED
    widget: ClassVar[str] = "text"


class Text(_Key):
    """Text of at most `maximum` characters."""

    def __init__(self, maximum: int = MAX_LABEL, pattern: str | None = None, example: str = "", **kwargs: Any) -> None:
        self.maximum, self.example = maximum, example
        self.pattern = re.compile(pattern) if pattern else None
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_text")
        if not value.strip():
            raise ValidationError("empty")
        if len(value) > self.maximum:
            raise ValidationError(f"too_long:{self.maximum}")
        if self.pattern and not self.pattern.match(value):
            raise ValidationError(f"bad_form:{self.example}")
        return value


class Name(_Key):
    """An api name: snake_case, at most 40 characters."""

    widget = "name"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_text")
        if not NAME.match(value) or value.endswith("_"):
            raise ValidationError("bad_name")
        return value


class Reference(_Key):
    """The name of something else: `what` is object, field, path, picklist, app, layout …; the forms offer a choice."""

    def __init__(self, what: str, **kwargs: Any) -> None:
        self.what = what
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_text")
        if not value or len(value) > MAX_LABEL:
            raise ValidationError("empty" if not value else f"too_long:{MAX_LABEL}")
        return value


class Expression(_Key):
    """An expression. YAML's true, 12 and 1.5 are taken as the expressions they read like."""

    widget = "expression"

    def __init__(self, yields: str = "condition", **kwargs: Any) -> None:
        self.yields = (
            yields  # condition | filter (of many records) | value | aggregate | elsewhere (another's condition)
        )
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        if not isinstance(value, str):
            raise ValidationError("not_text")
        if not value.strip():
            raise ValidationError("empty")
        if len(value) > MAX_EXPRESSION:
            raise ValidationError(f"too_long:{MAX_EXPRESSION}")
        return value


class Flag(_Key):
    """true or false."""

    widget = "flag"

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not_a_flag")
        return value


class Number(_Key):
    """A number between two bounds; `whole` ones only unless said otherwise."""

    widget = "number"

    def __init__(self, minimum: float, maximum: float, whole: bool = True, **kwargs: Any) -> None:
        self.minimum, self.maximum, self.whole = minimum, maximum, whole
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            raise ValidationError("not_whole" if self.whole else "not_a_number")
        if not math.isfinite(value) or not self.minimum <= value <= self.maximum:
            raise ValidationError(f"out_of_range:{self.minimum}:{self.maximum}")
        return value


class OneOf(_Key):
    """One of a few words, each with its label."""

    widget = "choice"

    def __init__(self, choices: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        self.choices = choices  # word -> (English, Chinese)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise ValidationError("not_a_choice")
        return value


class LabelText(_Key):
    """A name in every language: text, or {en, zh}."""

    widget = "label"

    def __init__(self, maximum: int = MAX_LABEL, **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        given = {"": value} if isinstance(value, str) else value
        if not isinstance(given, Mapping) or not given:
            raise ValidationError("not_a_label")
        errors: dict[str, list[str]] = {}
        for locale, text in given.items():
            if locale not in ("", "en", "zh"):
                errors[locale] = ["unknown_key"]
            elif not isinstance(text, str) or not text.strip():
                errors[locale] = ["empty" if isinstance(text, str) else "not_text"]
            elif len(text) > self.maximum:
                errors[locale] = [f"too_long:{self.maximum}"]
        if errors:
            raise ValidationError(errors.get("", errors))
        return value


class ListOf(fields.List[Any]):
    """A list of the same; `unique` refuses the same item twice."""

    default_error_messages: _Messages = {**_REQUIRED, "invalid": "not_a_list"}

    def __init__(
        self, inner: fields.Field[Any], maximum: int = MAX_ITEMS, minimum: int = 0, unique: bool = True, **kwargs: Any
    ) -> None:
        self.maximum, self.minimum, self.unique = maximum, minimum, unique
        super().__init__(inner, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if isinstance(value, (list, tuple)):
            if len(value) > self.maximum:
                raise ValidationError(f"too_many:{self.maximum}")
            if len(value) < self.minimum:
                raise ValidationError(f"too_few:{self.minimum}")
            if self.unique and (twice := _given_twice(value)):
                raise ValidationError(twice)
        return super()._deserialize(value, attr, data, **kwargs)


class MapOf(fields.Dict):
    """A mapping of names to the same; order is kept."""

    default_error_messages: _Messages = {**_REQUIRED, "invalid": "not_a_mapping"}

    def __init__(
        self, names: fields.Field[Any], values: fields.Field[Any], maximum: int = MAX_ITEMS, **kwargs: Any
    ) -> None:
        self.maximum = maximum
        super().__init__(names, values, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, Mapping) and len(value) > self.maximum:
            raise ValidationError(f"too_many:{self.maximum}")
        return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]  # marshmallow's own


class Part(fields.Nested):
    """A mapping with a schema of its own; where `short` is given, a text stands for a mapping with that key only. A
    part that may hold itself gives its schema by a function, as what it is called is not known yet."""

    default_error_messages: _Messages = {**_REQUIRED, "type": "not_a_mapping"}

    def __init__(
        self, nested: type[Schema] | Callable[[], type[Schema]], short: str | None = None, **kwargs: Any
    ) -> None:
        self.short = short
        self.holds_itself = not isinstance(nested, type)
        self._given = nested
        super().__init__(cast("type[Schema]", nested), **kwargs)

    @property
    def schema(self) -> Schema:
        """The schema of the mapping; one for all parts that hold themselves."""
        if self.holds_itself:
            return made(cast("Callable[[], type[Schema]]", self._given)())
        return super().schema

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        if self.short and isinstance(value, str):
            value = {self.short: value}
        return super()._deserialize(value, attr, data, partial=partial, **kwargs)

    def schema_for(self, value: Any) -> Schema | None:
        """The schema that `value` was loaded with (the same for all; kinds of parts may differ)."""
        return self.schema


class Typed(_Key):
    """A mapping whose schema depends on what it says (its type)."""

    def schema_for(self, value: Any) -> Schema | None:
        """The schema for `value`, or None when it says nothing usable."""
        raise NotImplementedError


def _given_twice(items: Any) -> dict[int, list[str]]:
    seen: set[str] = {"-"}  # an empty cell may be repeated
    twice = {}
    for index, item in enumerate(items):
        if isinstance(item, str) and item in seen and item != "-":
            twice[index] = ["given_twice"]
        elif isinstance(item, str):
            seen.add(item)
    return twice
