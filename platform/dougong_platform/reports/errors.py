"""What reports refuse, and why.

Fault (dougong_metadata.errors)
└── PlatformError
    └── TooSlow    422  the statement took longer than it may; its hint says what would make it faster
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class TooSlow(PlatformError):
    code = "report_too_slow"
    status = 422
    text = {
        "en": "This report took longer than {seconds} s and was stopped. A shorter period, fewer groups or a narrower "
        "filter make it faster.",
        "zh": "此报表运行超过 {seconds} 秒，已停止。缩短期间、减少分组或收窄筛选条件可加快速度。",
    }
