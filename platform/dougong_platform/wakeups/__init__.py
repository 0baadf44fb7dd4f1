"""What happens at a time: automations before and after dates of records, and those of a cron expression.

`scan` fires what has become due for one tenant; the worker's part is in handlers.py. Each record, each due time, once:
`_fired` is written with the outbox entry.
"""

from dougong_platform.wakeups.scan import scan

__all__ = ["scan"]
