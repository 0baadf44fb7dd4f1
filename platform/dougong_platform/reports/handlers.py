"""The worker's part of reports. Loaded by jobs."""

from dougong_platform.reports.subscriptions import handlers

__all__ = ["handlers"]
