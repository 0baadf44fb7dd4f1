"""Shared picklists: values that several fields offer."""

from __future__ import annotations

from dougong_metadata.field_types.picklist_values import values_key
from dougong_metadata.keys import Body, LabelText, Reference, about
from dougong_metadata.kinds.base import Kind


class PicklistKeys(Body):
    label = LabelText(metadata=about("Label", "标签"))
    values = values_key(required=True)
    depends_on = Reference(
        "picklist",
        metadata=about(
            "Depends on",
            "依赖于",
            "The picklist whose values the parents are.",
            "各值的 parents 取自该选项列表。",
            "picklist",
        ),
    )


class PicklistKind(Kind):
    name = "picklist"
    folder = "picklists"
    label = {"en": "Picklist", "zh": "选项列表"}
    plural = {"en": "Picklists", "zh": "选项列表"}
    help = {"en": "Values that several fields share.", "zh": "多个字段共用的取值。"}
    icon = "list-details"
    schema = PicklistKeys
