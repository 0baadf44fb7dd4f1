"""A link to the record that owns this one: it is required, decides who may see it, and is deleted with its owner."""

from __future__ import annotations

from dougong_metadata.field_types.lookup import DetailKeys, LookupType


class DetailType(LookupType):
    name = "detail"
    label = {"en": "Detail of", "zh": "从属于"}
    icon = "hierarchy-2"
    options = DetailKeys
