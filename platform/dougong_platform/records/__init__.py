"""Records: the one way in for every writer. Always a batch; one row is a batch of one."""

from dougong_platform.records.bin import restore
from dougong_platform.records.change import update
from dougong_platform.records.create import create
from dougong_platform.records.outcome import Outcome, WriteResult
from dougong_platform.records.purge import purge
from dougong_platform.records.remove import delete
from dougong_platform.records.undo import undo
from dougong_platform.records.upsert import upsert

__all__ = ["Outcome", "WriteResult", "create", "delete", "purge", "restore", "undo", "update", "upsert"]
