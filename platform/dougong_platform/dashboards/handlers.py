"""The worker's part of dashboards: they can be sent. Loaded by jobs."""

from dougong_platform.dashboards import mailing

__all__ = ["mailing"]
