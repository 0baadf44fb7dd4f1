"""The fields that every object has, as models: id, owner, record type, who and when, version, deletion marks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dougong_metadata.field_types import field_type_named
from dougong_metadata.label import Label
from dougong_metadata.model.types import SYSTEM_FIELDS, FieldModel, PicklistModel, PicklistValue, RecordType

_TYPES = {
    "id": "identifier",
    "owner": "user",
    "record_type": "picklist",
    "created_at": "datetime",
    "created_by": "user",
    "updated_at": "datetime",
    "updated_by": "user",
    "version": "integer",
    "deleted_at": "datetime",
    "deleted_by": "user",
}
_LABELS = {
    "id": ("Id", "ID"),
    "owner": ("Owner", "负责人"),
    "record_type": ("Record type", "记录类型"),
    "created_at": ("Created at", "创建时间"),
    "created_by": ("Created by", "创建人"),
    "updated_at": ("Updated at", "更新时间"),
    "updated_by": ("Updated by", "更新人"),
    "version": ("Version", "版本"),
    "deleted_at": ("Deleted at", "删除时间"),
    "deleted_by": ("Deleted by", "删除人"),
}
_EDITABLE = ("owner", "record_type")
OWNED = "owned_"  # with an object's name: what expressions about a person call his records of it


def system_fields(
    object_name: str, record_types: Mapping[str, RecordType], after: int, owned: bool = False
) -> dict[str, FieldModel]:
    """The system fields of one object, positioned behind its `after` own ones. `owned`: its records belong to people,
    from whom expressions reach them."""
    fields = {}
    for offset, name in enumerate(SYSTEM_FIELDS):
        field_type = field_type_named(_TYPES[name])
        fields[name] = FieldModel(
            object_name,
            name,
            field_type,
            Label(*_LABELS[name]),
            after + offset,
            read_only=name not in _EDITABLE,
            system=True,
            to=field_type.points_to,
            picklist=_record_types(record_types) if name == "record_type" else None,
            relation=f"{OWNED}{object_name}" if owned and name == "owner" else None,
        )
    return fields


def _record_types(record_types: Mapping[str, RecordType]) -> PicklistModel:
    values = {name: PicklistValue(name, known.label) for name, known in record_types.items()}
    return PicklistModel("record_type", Label(*_LABELS["record_type"]), MappingProxyType(values))
