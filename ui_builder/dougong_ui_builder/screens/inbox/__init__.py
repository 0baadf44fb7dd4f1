"""The inbox: what the signed-in person was told, and the count that every page asks for."""

from dougong_ui_builder.screens.inbox.views import blueprint

__all__ = ["blueprint"]
