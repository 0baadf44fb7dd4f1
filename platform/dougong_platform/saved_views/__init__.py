"""List views that people keep for themselves, or that an administrator shares with everybody.

Those of the metadata are documents; these are data, so that a person needs no publish to keep a filter.
"""

from dougong_platform.saved_views.keeping import SavedView, change, create, list_views, remove

__all__ = ["SavedView", "change", "create", "list_views", "remove"]
