"""Hand-overs: the records of a user (who leaves or moves), and what hangs on him, go to other people as one action.

What is stored: `_hand_over` (one row an action), `_hand_over_batch` (up to 1,000 record ids with their done-mark),
`_hand_over_left` (the records that stayed, and why). What flows: plan (who, what, to whom) → preview (counts) → start
(the ids are written down) → run (batches through the records' write path) → undo (from history).
"""

from dougong_platform.hand_overs.plan import Choice, Plan
from dougong_platform.hand_overs.preview import Preview, preview
from dougong_platform.hand_overs.steps import read, read_all, start, undo
from dougong_platform.hand_overs.store import HandOver

__all__ = ["Choice", "HandOver", "Plan", "Preview", "preview", "read", "read_all", "start", "undo"]
