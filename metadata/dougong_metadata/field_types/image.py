"""Pictures kept with the record, shown as thumbnails."""

from __future__ import annotations

from dougong_metadata.field_types.file import MEGABYTE, FileType
from dougong_metadata.keys import Body, Number, about


class ImageKeys(Body):
    max_files = Number(1, 50, load_default=10, metadata=about("Most pictures", "图片数上限"))
    max_size = Number(
        1,
        100 * MEGABYTE,
        load_default=10 * MEGABYTE,
        metadata=about("Largest", "单个上限", "Bytes per picture.", "每张图片的字节数。"),
    )


class ImageType(FileType):
    name = "image"
    label = {"en": "Image", "zh": "图片"}
    icon = "photo"
    options = ImageKeys
