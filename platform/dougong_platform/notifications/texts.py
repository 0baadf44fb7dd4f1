"""Texts of notifications: as they are given, as they are stored, and as one receiver may read them.

A text is {"en": …, "zh": …}; each side is a string, or a list of pieces: strings, and
{"text": "12.50", "reads": ["book.price", "shelf.name"], "at": [["shelf", id]], "beyond": ["page"]} for what was written
from fields. `reads` names them with their objects, `at` the records to which one walked from the notification's own,
`beyond` the objects whose records were counted or summed up. A piece is blanked for whoever may not read all of its
fields, one of the records, or not every record of the objects beyond. "asked": true says that its reader is asked
about the record: what his sets do not open at all he may read, and nothing that they open without the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dougong_platform.access.rights import Rights
from dougong_platform.access.scopes import ALL

Given = str | Mapping[str, Any] | None
Stored = dict[str, str | list[Any]]
BLANK = "…"
_MARKS = ("reads", "at", "beyond")
_LONGEST = 4_000  # characters of one language


def stored(text: Given) -> Stored:
    """As `_notification` keeps it. A plain string stands for both languages."""
    if text is None:
        return {}
    if isinstance(text, str):
        return {"en": text[:_LONGEST], "zh": text[:_LONGEST]}
    return {name: _side(text[name]) for name in ("en", "zh") if text.get(name)}


def readable(
    text: Mapping[str, Any] | None, locale: str, rights: Rights | None, seen: Callable[[str, str], bool] | None = None
) -> str:
    """The text for a receiver with these rights; None = nothing that was written from fields is shown. `seen(object,
    id)`: whether he sees a record that a piece was walked to; without it none is seen."""
    if not text:
        return ""
    first, second = ("zh", "en") if locale.startswith("zh") else ("en", "zh")
    side = text.get(first) or text.get(second) or ""
    if isinstance(side, str):
        return side
    return "".join(_shown(piece, rights, seen) for piece in side)


def walked_to(text: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """(object, id) of the records that a stored text's pieces were walked to."""
    for side in (text or {}).values():
        for piece in side if isinstance(side, list) else ():
            if isinstance(piece, Mapping):
                yield from ((str(of), str(id)) for of, id in piece.get("at", ()))


def _side(side: Any) -> str | list[Any]:
    if isinstance(side, str):
        return side[:_LONGEST]
    left, pieces = _LONGEST, list[Any]()
    for piece in side:
        text = (piece if isinstance(piece, str) else str(piece["text"]))[:left]
        left -= len(text)
        marks: dict[str, Any] = {} if isinstance(piece, str) else {n: sorted(piece[n]) for n in _MARKS if piece.get(n)}
        if marks and piece.get("asked"):
            marks["asked"] = True
        if text:
            pieces.append({"text": text, **marks} if marks else text)
    return pieces if any(not isinstance(piece, str) for piece in pieces) else "".join(pieces)


def _shown(piece: Any, rights: Rights | None, seen: Callable[[str, str], bool] | None) -> str:
    if isinstance(piece, str):
        return piece
    if rights is None or not _may_read(piece, rights):
        return BLANK
    return str(piece["text"]) if all(seen is not None and seen(of, id) for of, id in piece.get("at", ())) else BLANK


def _may_read(piece: Mapping[str, Any], rights: Rights) -> bool:
    """What no longer exists may not be read."""
    for path in piece.get("reads", ()):
        object, _, field = path.partition(".")
        known = rights.model.objects.get(object)
        if piece.get("asked") and known is not None and rights.object(object).read == "none":
            continue
        if not rights.may(object, "read") or rights.field(object, field) == "none":
            return False
    return all(_reads_all(object, rights) for object in piece.get("beyond", ()))


def _reads_all(name: str, rights: Rights) -> bool:
    object = rights.model.objects.get(name)
    while object is not None and object.parent is not None:  # details are as open as their parent
        object = rights.model.objects.get(object.parent.to or "")
    if object is None or not rights.may(object.name, "read"):
        return False
    return object.system or object.default_access != "private" or rights.scopes(object.name, "read") == ALL
