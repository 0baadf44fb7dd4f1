"""The designer of pipelines: stages with their gates, the moves between them, and what each stage is called."""

from dougong_ui_builder.builder.pipelines import creating, moving, settings, stages, views
from dougong_ui_builder.builder.pipelines.routes import blueprint

__all__ = ["blueprint", "creating", "moving", "settings", "stages", "views"]
