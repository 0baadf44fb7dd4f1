"""The page of one record: facts edited in place, stage path, related lists, timeline, files. At /o/{object}/{id}."""

from dougong_ui_builder.screens.records import (
    access,
    actions,
    files,
    inplace,
    moving,
    neighbours,
    related,
    shares,
    timeline,
    views,
)
from dougong_ui_builder.screens.records.routes import blueprint

__all__ = [
    "access",
    "actions",
    "blueprint",
    "files",
    "inplace",
    "moving",
    "neighbours",
    "related",
    "shares",
    "timeline",
    "views",
]
