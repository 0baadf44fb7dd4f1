"""A phone number, kept in E.164 ("+8613800138000"), an extension behind it (";ext=12")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import phonenumbers

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.field_types.text import ONE_LINE, loaded_text
from dougong_metadata.keys import Body, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

DEFAULT_REGION = "CN"


class PhoneKeys(Body):
    region = Text(
        2,
        r"[A-Z]{2}\Z",
        "CN",
        load_default=DEFAULT_REGION,
        metadata=about("Region", "地区", "Whose numbers need no country code.", "该地区的号码无需国家代码。"),
    )


class PhoneType(FieldType):
    name = "phone"
    label = {"en": "Phone", "zh": "电话"}
    icon = "phone"
    pg_type = "text"
    expression_type = "text"
    options = PhoneKeys
    operators = ("=", "!=", "contains", "starts with", "in", "blank", "not blank")
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        text = loaded_text(value, 100)
        if text is None:
            return None
        try:
            number = phonenumbers.parse(text, field.settings.get("region", DEFAULT_REGION))
        except phonenumbers.NumberParseException as fault:
            raise FieldValueError("not_a_phone") from fault
        if not phonenumbers.is_possible_number(number):
            raise FieldValueError("not_a_phone")
        kept: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return f"{kept};ext={number.extension}" if number.extension else kept

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """A cell of a spreadsheet may hold the number as 13800138000.0."""
        given = plain(text)
        return given[:-2] if given.endswith(".0") and given[:-2].isdigit() else given

    def search_text(self, value: Canonical) -> str | None:
        """Found by all its digits and without the country's code, as people write it."""
        if not isinstance(value, str):
            return None
        number = phonenumbers.parse(value)
        return f"{value.partition(';')[0]} {phonenumbers.national_significant_number(number)}"

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return (*ONE_LINE, "not_a_phone")
