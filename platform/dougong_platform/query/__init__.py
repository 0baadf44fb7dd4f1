"""Reads: one object, lists and the change feed. One SQL statement each, compiled once per shape."""

from dougong_platform.query.listing import Page, list_records
from dougong_platform.query.single import display_names, get

__all__ = ["Page", "display_names", "get", "list_records"]
