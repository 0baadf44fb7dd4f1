"""What whoever publishes has to be allowed: who shapes only some kinds of documents publishes what is his, never what
others have prepared beside it."""

from __future__ import annotations

from dougong_metadata.kinds import registered
from dougong_metadata.label import Label
from dougong_platform.errors import DraftOfOthers
from dougong_platform.http.caller import Caller
from dougong_platform.releases import draft as drafts
from dougong_platform.releases.seen_as import require_seen_as


def require_whole_draft(caller: Caller) -> None:
    """Raise DraftOfOthers where the draft changes kinds of documents that the caller may not shape, and SeenAsNotYours
    where it shows others what only somebody else sees."""
    with caller.database.transaction(caller.tenant, read_only=True) as tx:
        entries = drafts.entries(tx)
    others = sorted({entry.kind for entry in entries if not caller.rights.may_shape(entry.kind)})
    if others:
        labels = [Label(registered()[kind].plural["en"], registered()[kind].plural["zh"]) for kind in others]
        raise DraftOfOthers(
            en=", ".join(label.en.lower() for label in labels), zh="、".join(label.zh for label in labels)
        )
    require_seen_as(caller, entries)
