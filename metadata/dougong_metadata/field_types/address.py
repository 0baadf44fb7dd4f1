"""A postal address in parts: country, province, city, district, detail, postcode."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import clean_text
from dougong_metadata.keys import Body, ListOf, OneOf, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

PARTS = {
    "country": 2,
    "province": 100,
    "city": 100,
    "district": 100,
    "detail": 500,
    "postcode": 20,
}  # longest, characters
_CHOICES = {
    "province": ("Province", "省份"),
    "city": ("City", "城市"),
    "district": ("District", "区县"),
    "detail": ("Detail", "详细地址"),
    "postcode": ("Postcode", "邮编"),
}


class AddressKeys(Body):
    country = Text(
        2,
        r"[A-Z]{2}\Z",
        "CN",
        load_default="CN",
        metadata=about("Country", "国家", "The one that a new address starts with.", "新地址的默认国家。"),
    )
    parts_required = ListOf(
        OneOf(_CHOICES),
        5,
        load_default=list,
        metadata=about("Needed parts", "必填部分", "Parts that an address may not lack.", "地址中不可缺少的部分。"),
    )


class AddressType(FieldType):
    name = "address"
    label = {"en": "Address", "zh": "地址"}
    icon = "map"
    pg_type = "jsonb"
    expression_type = "json"
    options = AddressKeys
    operators = ("contains", "blank", "not blank")
    sortable = False
    groupable = False
    indexable = False
    searches = True

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, dict) or not value.keys() <= PARTS.keys():
            raise FieldValueError("not_an_address")
        address = {part: text for part, longest in PARTS.items() if (text := _part(value.get(part), longest))}
        if not address.keys() - {"country"}:
            return None
        country = address.setdefault("country", str(field.settings.get("country", "CN"))).upper()
        if not re.fullmatch("[A-Z]{2}", country):
            raise FieldValueError("not_a_country", value=country)
        address["country"] = country
        for part in field.settings.get("parts_required", ()):
            if part not in address:
                raise FieldValueError("part_required", part=part)
        return {part: address[part] for part in PARTS if part in address}

    def wire(self, value: Canonical) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """A whole address in one cell is its detail; an import may also fill the parts from cells of their own."""
        given = " ".join(clean_text(text).split())
        return {"detail": given} if given else None

    def search_text(self, value: Canonical) -> str | None:
        if not isinstance(value, dict):
            return None
        return "".join(str(value[part]) for part in PARTS if part in value and part != "country") or None

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_an_address", "not_a_country", "part_required", "too_long")


def _part(value: Any, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldValueError("not_an_address")
    text = " ".join(clean_text(value).split())
    if len(text) > longest:
        raise FieldValueError("too_long", max=longest, length=len(text))
    return text or None
