"""Checks that a tenant agrees with itself: rows, history, search, files, tables. Called by `dougong check`."""

from dougong_platform.integrity.checking import CHECKS, check
from dougong_platform.integrity.finding import Finding
from dougong_platform.integrity.repair import repair_indexes, repair_rollups, repair_search, repair_stays

__all__ = ["CHECKS", "Finding", "check", "repair_indexes", "repair_rollups", "repair_search", "repair_stays"]
