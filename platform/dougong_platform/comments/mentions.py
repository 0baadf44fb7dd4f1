"""Whom a comment names by @, and telling them. Names stand in the text as they are written; nothing else marks them."""

from __future__ import annotations

import re

from dougong_platform.http.caller import Caller
from dougong_platform.notifications import notify
from dougong_platform.query.single import display_names
from dougong_tenants import TenantTransaction

MOST = 50  # people of one comment
_SHOWN = 600  # characters of the comment that the notification repeats
_AT = re.compile(r"(?<![A-Za-z0-9_.@])@(?=\S)")  # not that of an address; Chinese stands before it without a space
_NAMED = """
select id, name from "user"
 where active and deleted_at is null and kind = 'person' and position('@' || lower(name) in lower(%(text)s)) > 0
"""


def tell_mentioned(
    tx: TenantTransaction, caller: Caller, object: str, record: str, comment: str, author: str, text: str
) -> list[str]:
    """Tell those whom the comment names, each once however often it is changed; the notifications' ids. Ring after."""
    users = [user for user in mentioned(text, tx.rows(_NAMED, {"text": text})) if user != caller.user]
    if not users:
        return []
    name = display_names(caller, object, [record]).get(record) or ""
    reads = {"reads": [f"{object}.{caller.model.objects[object].name_field}"]}
    piece = {"text": name, **reads} if name else ""
    title = {
        "en": [f"{author} mentioned you", *([" on “", piece, "”"] if piece else [])],
        "zh": [f"{author} 提到了您", *(["：「", piece, "」"] if piece else [])],
    }
    body = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return notify(
        tx,
        tenant=caller.tenant,
        users=users,
        title=title,
        body=body,
        object=object,
        record=record,
        actor=caller.user,
        topic="mention",
        key=f"comment/{comment}",
    )


def mentioned(text: str, people: list[tuple[str, str]]) -> list[str]:
    """The ids of those of `people` (id, name) whose names follow an @: at each the longest name that stands there, so
    that “@Anna Lee” is not Anna. Several of one name are all meant."""
    found: dict[str, None] = {}
    plain = text.casefold()
    named = sorted(((name.casefold(), id) for id, name in people if name), key=lambda one: -len(one[0]))
    for at in _AT.finditer(text):
        here = [(name, id) for name, id in named if _stands(plain, name, at.end())]
        longest = len(here[0][0]) if here else 0
        found |= {id: None for name, id in here if len(name) == longest}
    return list(found)[:MOST]


def _stands(text: str, name: str, at: int) -> bool:
    """Whether the name stands there whole: a Latin one ends where the word ends."""
    if not text.startswith(name, at):
        return False
    after = text[at + len(name) : at + len(name) + 1]
    return not (name[-1].isascii() and after.isascii() and after.isalnum())
