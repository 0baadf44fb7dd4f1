"""Why a hand-over cannot be made or taken back. What is wrong with a plan is told by RecordsInvalid, with its fields.

PlatformError
└── HandOverFault        409
    ├── WrongState       it is still under way, or was undone before
    └── TooLongAgo       more than 30 days have passed
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class HandOverFault(PlatformError):
    code = "hand_over_fault"
    status = 409


class WrongState(HandOverFault):
    """`WrongState(state=…)`: one of store.STATES."""

    code = "hand_over_state"
    text = {
        "en": "This hand-over is “{state}”; that cannot be done now.",
        "zh": "此交接当前为「{state}」，无法执行该操作。",
    }


class TooLongAgo(HandOverFault):
    code = "hand_over_too_long_ago"
    text = {
        "en": "A hand-over can be undone for {days} days; this one is older.",
        "zh": "交接只能在 {days} 天内撤销，此次已超过期限。",
    }
