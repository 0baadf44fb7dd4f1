"""The worker's part of sharing. Loaded by jobs: importing it registers the sweep of expired shares."""

from dougong_platform.shares.sweeping import tell_and_forget

__all__ = ["tell_and_forget"]
