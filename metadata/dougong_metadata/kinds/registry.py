"""The kinds of documents there are: those of this folder, and those that installed packages add by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dougong_metadata.kinds.base import Kind
from dougong_metadata.problems import unknown
from dougong_metadata.registering import Registry, collected

ENTRY_POINTS = "dougong.kinds"


@cache
def registered() -> Mapping[str, Kind]:
    """Every kind by name, built-in ones first."""
    return collected(Registry("kind", "folder"), "dougong_metadata.kinds", Kind, ENTRY_POINTS)


@cache
def by_folder() -> Mapping[str, Kind]:
    """Every kind by the folder in which its files lie."""
    return {kind.folder: kind for kind in registered().values()}


def kind_named(name: str) -> Kind:
    """The kind called `name`. Raises UnknownName with the nearest."""
    try:
        return registered()[name]
    except KeyError:
        raise unknown(name, "a kind of document", "文档类型", registered()) from None
