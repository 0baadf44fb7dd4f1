"""Reports: one statement each, under the reader's access; every number leads to its records."""

from dougong_platform.reports.running import drill, run

__all__ = ["drill", "run"]
