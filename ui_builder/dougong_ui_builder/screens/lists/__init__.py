"""The list of an object's records: views, filter, columns, inline and bulk edits. Every address begins /o/{object}."""

from dougong_ui_builder.screens.lists import bulk, cell, columns_panel, filter_panel, save_panel, sort_panel, views
from dougong_ui_builder.screens.lists.routes import blueprint

__all__ = ["blueprint", "bulk", "cell", "columns_panel", "filter_panel", "save_panel", "sort_panel", "views"]
