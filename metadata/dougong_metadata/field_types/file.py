"""Files kept with the record: a list of file ids, given by the upload endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema

from dougong_metadata.errors import FieldValueError
from dougong_metadata.field_types.arrays import array_text
from dougong_metadata.field_types.base import Canonical, FieldType
from dougong_metadata.field_types.identifier import record_id
from dougong_metadata.keys import Body, ListOf, Number, Text, about

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel

MEGABYTE = 1_048_576


class FileKeys(Body):
    max_files = Number(1, 50, load_default=10, metadata=about("Most files", "文件数上限"))
    max_size = Number(
        1,
        100 * MEGABYTE,
        load_default=25 * MEGABYTE,
        metadata=about("Largest", "单个上限", "Bytes per file.", "每个文件的字节数。"),
    )
    accept = ListOf(
        Text(40, r"\.?[a-z0-9]+(?:/[a-z0-9.+*-]+)?\Z", ".pdf or image/png"),
        50,
        load_default=list,
        metadata=about(
            "Accepts",
            "允许类型",
            "Extensions (.pdf) or media types (image/*); any when absent.",
            "扩展名（.pdf）或媒体类型（image/*）；缺省为不限。",
        ),
    )


class FileType(FieldType):
    name = "file"
    label = {"en": "Files", "zh": "附件"}
    icon = "paperclip"
    pg_type = "uuid[]"
    expression_type = "list"
    options: ClassVar[type[Schema]] = FileKeys
    operators: ClassVar[tuple[str, ...]] = ("blank", "not blank")
    sortable = False
    groupable = False
    indexable = False

    def load(self, value: Any, field: FieldModel) -> Canonical:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list):
            raise FieldValueError("not_a_list")
        most = self.most(field)
        ids = list(dict.fromkeys(found for item in given if (found := record_id(item))))
        if len(ids) > most:
            raise FieldValueError("too_many", max=most)
        return ids or None

    def most(self, field: FieldModel) -> int:
        return int(field.settings.get("max_files", 10))

    def wire(self, value: Canonical) -> str | None:
        return array_text(value) if isinstance(value, list) else None

    def read_text(self, text: str, field: FieldModel, zone: str = "UTC") -> Any:
        return text.replace(";", ",").replace(",", " ").split()

    def checks(self, field: FieldModel) -> tuple[str, ...]:
        return ("not_a_list", "not_an_id", "too_many")
