"""Stars: 1 up to the field's maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.base import Canonical
from dougong_metadata.field_types.integer import IntegerType, within
from dougong_metadata.keys import Body, Number, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class RatingKeys(Body):
    max = Number(2, 10, load_default=5, metadata=about("Stars", "星数", "How many there are.", "总星数。"))


class RatingType(IntegerType):
    name = "rating"
    label = {"en": "Rating", "zh": "评分"}
    icon = "star"
    pg_type = "smallint"
    options: ClassVar[type[Schema]] = RatingKeys

    def load(self, value: Any, field: FieldModel) -> Canonical:
        if isinstance(value, bool) or not isinstance(value, int):
            raise FieldValueError("not_whole")
        return within(value, 1, int(field.settings.get("max", 5)))
