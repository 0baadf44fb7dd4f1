"""How an approval moves, without a database: the very code that runs it also shows routes and tries flows out.

A `Machine` has an approval's state, its flow, and a World that answers what has to be known; its functions change the
state and collect what happened. Nothing here knows SQL.
"""

from dougong_platform.approvals.machine.machine import Happened, Machine, World
from dougong_platform.approvals.machine.moving import finish, start
from dougong_platform.approvals.machine.returning import enter_at, last_visit, resubmitted, send_back
from dougong_platform.approvals.machine.signing import add_after, add_before, approve, hand_on, refuse

__all__ = [
    "Happened",
    "Machine",
    "World",
    "add_after",
    "add_before",
    "approve",
    "enter_at",
    "finish",
    "hand_on",
    "last_visit",
    "refuse",
    "resubmitted",
    "send_back",
    "start",
]
