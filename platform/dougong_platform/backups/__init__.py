"""One tenant as one file, and back again. Called by `dougong backup` and `dougong restore`."""

from dougong_platform.backups.restore import restore
from dougong_platform.backups.save import save

__all__ = ["restore", "save"]
