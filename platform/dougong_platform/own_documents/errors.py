"""What own documents refuse.

Fault (dougong_metadata.errors)
└── PlatformError
    └── Conflict
        └── DocumentChanged  409  somebody else changed it first; `current` is what it says now
"""

from __future__ import annotations

from dougong_platform.errors import Conflict


class DocumentChanged(Conflict):
    code = "document_changed"
    text = {
        "en": "{by} changed this meanwhile. Look at it, then decide which of the two stays.",
        "zh": "{by}刚刚修改了此内容。请先查看，再决定保留哪一份。",
    }
