"""Search over all records one may see: a page grouped by object, and the options of the jump palette."""

from dougong_ui_builder.screens.search.views import blueprint

__all__ = ["blueprint"]
