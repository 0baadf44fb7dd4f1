"""The page a day begins with: figures, one's own tasks, what is late, what changed. What it shows is metadata."""

from dougong_ui_builder.screens.home.views import blueprint

__all__ = ["blueprint"]
