"""Any JSON value, for integrations that keep what they know beside a record."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class JsonKeys(Body):
    max_bytes = Number(
        1,
        1_000_000,
        load_default=100_000,
        metadata=about("Largest", "上限", "Bytes of JSON text.", "JSON 文本的字节数。"),
    )


class JsonType(FieldType):
    name = "json"
    label = {"en": "JSON", "zh": "JSON"}
    icon = "braces"
    pg_type = "jsonb"
    expression_type = "json"
    options = JsonKeys
    operators = ("blank", "not blank")
    sortable = False
    groupable = False
    indexable = False

    def load(self, value: Any, field: FieldModel) -> Canonical:
        clean(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise FieldValueError("not_json")
        try:
            text = orjson.dumps(value)
        except (TypeError, ValueError, RecursionError) as fault:
            raise FieldValueError("not_json") from fault
        largest = int(field.settings.get("max_bytes", 100_000))
        if len(text) > largest:
            raise FieldValueError("too_large", max=largest)
        loaded: Canonical = orjson.loads(text)  # NaN inside became null, as it will be read back
        return loaded

    def wire(self, value: Canonical) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        if not text.strip():
            return None
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as fault:
            raise FieldValueError("not_json") from fault

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_json", "too_large", "too_deep")
