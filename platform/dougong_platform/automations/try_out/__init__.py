"""What an automation would have done in a past period, told from history, without writing anything."""

from dougong_platform.automations.try_out.trying import Fired, Tried, try_out

__all__ = ["Fired", "Tried", "try_out"]
