"""Who shapes only some kinds of documents: he publishes what is his, never what others have prepared beside it."""

from __future__ import annotations

from dougong_metadata.kinds import registered
from dougong_metadata.label import Label
from dougong_platform.errors import DraftOfOthers
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts


def require_whole_draft(caller: Caller) -> None:
    """Raise DraftOfOthers where the draft changes documents of kinds that the caller may not shape."""
    if "metadata" in caller.rights.system:
        return
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        others = sorted({entry.kind for entry in drafts.entries(tx) if not caller.rights.may_shape(entry.kind)})
    if others:
        labels = [Label(registered()[kind].plural["en"], registered()[kind].plural["zh"]) for kind in others]
        raise DraftOfOthers(
            en=", ".join(label.en.lower() for label in labels), zh="、".join(label.zh for label in labels)
        )
