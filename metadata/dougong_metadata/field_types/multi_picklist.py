"""Several of a list of values, kept in the list's order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.arrays import array_text
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.picklist import PicklistKeys, one_of, value_called

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

_DIVIDERS = re.compile(r"[;,、，；|\n]")
MAX_CHOSEN = 200


class MultiPicklistType(FieldType):
    name = "multi_picklist"
    label = {"en": "Multi-select", "zh": "多选"}
    icon = "list-check"
    pg_type = "text[]"
    expression_type = "list"
    options = PicklistKeys
    operators = ("has", "has any", "has all", "blank", "not blank")
    sortable = False
    groupable = False
    indexable = False

    def load(self, value: Any, field: FieldModel) -> Canonical:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list):
            raise FieldValueError("not_a_list")
        if len(given) > MAX_CHOSEN:
            raise FieldValueError("too_many", max=MAX_CHOSEN)
        chosen = {one_of(item, field) for item in given}
        return [known for known in field.picklist.values if known in chosen] or None if field.picklist else None

    def wire(self, value: Canonical) -> str | None:
        return array_text(value) if isinstance(value, list) else None

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return [value_called(part, field) for part in _DIVIDERS.split(text) if part.strip()]

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_list", "too_many", "not_a_choice", "inactive_choice")
