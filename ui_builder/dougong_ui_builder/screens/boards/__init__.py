"""The board of an object's pipeline: lanes of cards that are dragged from stage to stage. At /o/{object}/board."""

from dougong_ui_builder.screens.boards import views
from dougong_ui_builder.screens.boards.routes import blueprint

__all__ = ["blueprint", "views"]
