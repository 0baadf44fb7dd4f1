"""Full-text search: words made in Python at every write, found again under the reader's access."""

from dougong_platform.search.query import find
from dougong_platform.search.words import document

__all__ = ["document", "find"]
