"""A place on earth: {"latitude": 39.9087, "longitude": 116.3975, "accuracy": metres} in WGS 84 degrees."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.cleaning import plain
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

LIMITS = {"latitude": 90.0, "longitude": 180.0, "accuracy": 1e7}
DECIMALS = 7  # about a centimetre


class GeolocationType(FieldType):
    name = "geolocation"
    label = {"en": "Place on the map", "zh": "地理位置"}
    icon = "map-pin"
    pg_type = "jsonb"
    expression_type = "place"
    options = Body
    operators = ("blank", "not blank")
    sortable = False
    groupable = False
    indexable = False

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if not isinstance(value, dict) or not value.keys() <= LIMITS.keys():
            raise FieldValueError("not_a_place")
        place = {part: _degrees(value[part], limit) for part, limit in LIMITS.items() if value.get(part) is not None}
        if not place:
            return None
        if "latitude" not in place or "longitude" not in place or place.get("accuracy", 0) < 0:
            raise FieldValueError("not_a_place")
        return place

    def wire(self, value: Canonical) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        """ "39.9087, 116.3975": latitude first."""
        parts = plain(text).replace("，", ",").split(",")
        if parts == [""]:
            return None
        try:
            latitude, longitude = (float(part) for part in parts)
        except ValueError as fault:
            raise FieldValueError("not_a_place") from fault
        return {"latitude": latitude, "longitude": longitude}

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_place",)


def _degrees(value: Any, limit: float) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not -limit <= value <= limit
        or not math.isfinite(value)
    ):
        raise FieldValueError("not_a_place")
    return round(float(value), DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0
