"""One of a list of values, the field's own or a shared picklist's, perhaps depending on another field's value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.field_types.picklist_values import values_key
from dougong_metadata.keys import Body, Reference, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, PicklistValue, RecordType


class PicklistKeys(Body):
    values = values_key()
    picklist = Reference(
        "picklist",
        metadata=about("Shared picklist", "共享选项列表", "Instead of own values.", "代替自有的值。", "picklist"),
    )
    controlled_by = Reference(
        "field",
        metadata=about(
            "Controlled by",
            "控制字段",
            "A picklist field of the same object; values then name their parents.",
            "同一对象的选项字段；各值的 parents 指明其上级。",
            "field",
        ),
    )


class PicklistType(FieldType):
    name = "picklist"
    label = {"en": "Picklist", "zh": "单选"}
    icon = "list"
    pg_type = "text"
    expression_type = "text"
    options = PicklistKeys
    operators = ("=", "!=", "in", "not in", "blank", "not blank")

    def load(self, value: Any, field: FieldModel) -> Canonical:
        return one_of(value, field)

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return value_called(text, field)

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_choice", "inactive_choice")


def one_of(value: Any, field: FieldModel) -> str | None:
    """An active value of the field, or None for blank text. Raises FieldValueError."""
    if not isinstance(value, str):
        raise FieldValueError("not_a_choice", value=str(value)[:50])
    if not value.strip():
        return None
    known = field.picklist.values.get(value) if field.picklist else None
    if known is None:
        raise FieldValueError("not_a_choice", value=value[:50])
    if not known.active:
        raise FieldValueError("inactive_choice", value=value)
    return value


def value_called(text: str, field: FieldModel) -> str | None:
    """Import: the value that a cell names by value or by label in either language, whatever its case."""
    wanted = plain(text).casefold()
    if not wanted or field.picklist is None:
        return wanted or None
    for value in field.picklist.values.values():
        if wanted in (value.value.casefold(), plain(value.label.en).casefold(), plain(value.label.zh).casefold()):
            return value.value
    raise FieldValueError("not_a_choice", value=text.strip()[:50])


def choices(
    field: FieldModel, record_type: RecordType | None = None, row: Mapping[str, Any] | None = None
) -> tuple[PicklistValue, ...]:
    """The active values that this row may choose: narrowed by its record type and by the controlling field's value.

    `row` holds canonical values by field name; without it the controlling field narrows nothing.
    """
    if field.picklist is None:
        return ()
    allowed = record_type.picklists.get(field.name) if record_type else None
    above: set[str] | None = None
    if field.controlled_by and row is not None:
        given = row.get(field.controlled_by)
        above = set(given) if isinstance(given, list) else {given} if given is not None else set()
    return tuple(
        value
        for value in field.picklist.values.values()
        if value.active
        and (allowed is None or value.value in allowed)
        and (above is None or not value.parents or not above.isdisjoint(value.parents))
    )
