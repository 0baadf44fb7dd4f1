"""What a tenant's metadata was and is: the draft, plans, publishing, releases and packs."""

from dougong_platform.releases.release import Release, current, load

__all__ = ["Release", "current", "load"]
