"""The kinds of documents: one file each, found through the registry."""

from dougong_metadata.kinds.base import Kind
from dougong_metadata.kinds.registry import by_folder, kind_named, registered

__all__ = ["Kind", "by_folder", "kind_named", "registered"]
