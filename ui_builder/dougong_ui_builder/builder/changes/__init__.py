"""Changes of the draft, their plan, publishing; releases, comparing and restoring them."""

from dougong_ui_builder.builder.changes import effects, publishing, releases, views
from dougong_ui_builder.builder.changes.routes import blueprint

__all__ = ["blueprint", "effects", "publishing", "releases", "views"]
