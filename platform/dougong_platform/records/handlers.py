"""The worker's part of the write path. Loaded by jobs: importing it registers the sweep of kept answers."""

from dougong_platform.records.idempotency import forget

__all__ = ["forget"]
