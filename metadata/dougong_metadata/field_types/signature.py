"""A signature drawn on the screen, kept as one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dougong_metadata.field_types.file import FileType
from dougong_metadata.keys import Body

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel


class SignatureType(FileType):
    name = "signature"
    label = {"en": "Signature", "zh": "签名"}
    icon = "signature"
    options = Body

    def most(self, field: FieldModel) -> int:
        return 1
