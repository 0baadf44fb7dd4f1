"""What a flow would have done with the records of a past period, beside what was done with them. Nothing is written."""

from dougong_platform.approvals.try_out.comparing import Line, Share, Tried, edge_counts
from dougong_platform.approvals.try_out.trying import try_out
from dougong_platform.approvals.try_out.ways import Visit, Way

__all__ = ["Line", "Share", "Tried", "Visit", "Way", "edge_counts", "try_out"]
