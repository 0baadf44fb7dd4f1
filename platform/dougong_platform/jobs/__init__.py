"""What happens after a commit: the outbox, its relay to handlers, the doorbell and the sweep.

Writers use `put` and `ring`, nouns register with `handles` and `sweeps` in their handlers.py.
"""

from dougong_platform.jobs.outbox import dead_letters, put, put_all, run_again, waiting
from dougong_platform.jobs.queue import hang_doorbell, ring
from dougong_platform.jobs.topics import LONG, NOW, OUTSIDE, GivenUp, Later, Missed, Work, handles, sweeps, watches

__all__ = [
    "LONG",
    "NOW",
    "OUTSIDE",
    "GivenUp",
    "Later",
    "Missed",
    "Work",
    "dead_letters",
    "handles",
    "hang_doorbell",
    "put",
    "put_all",
    "ring",
    "run_again",
    "sweeps",
    "waiting",
    "watches",
]
