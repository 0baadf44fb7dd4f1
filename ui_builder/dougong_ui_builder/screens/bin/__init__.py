"""The recycle bin: deleted records by object, to be restored or purged."""

from dougong_ui_builder.screens.bin.views import blueprint

__all__ = ["blueprint"]
