"""The company's jobs: what waits, what failed, and what is done about it."""

from dougong_ui_builder.builder.jobs.views import blueprint

__all__ = ["blueprint"]
