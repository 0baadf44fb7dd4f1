"""The difference of two versions of a document as lines of YAML, with a few unchanged lines around each change."""

from __future__ import annotations

from difflib import SequenceMatcher

from dougong_metadata.documents import Document
from dougong_metadata.kinds import registered

AROUND = 3  # unchanged lines shown before and after a change
MOST = 400  # lines shown

Line = tuple[str, str]  # ("add" | "del" | "heading" | "", text)


def yaml_difference(old: Document | None, new: Document | None) -> list[Line]:
    """What `ui.diff` draws; [] for equal documents."""
    there = new or old
    if there is None:
        return []
    before, after = _lines(old), _lines(new)
    folder = registered()[there.kind].folder if there.kind in registered() else there.kind
    lines: list[Line] = []
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if lines:
            lines.append(("", "⋯"))
        for tag, a, b, c, d in group:
            if tag == "equal":
                lines += [("", text) for text in before[a:b]]
            lines += [("del", text) for text in before[a:b]] if tag in ("replace", "delete") else []
            lines += [("add", text) for text in after[c:d]] if tag in ("replace", "insert") else []
    shown = lines[:MOST] + ([("", f"⋯ {len(lines) - MOST}")] if len(lines) > MOST else [])
    return [("heading", f"{folder}/{there.name}.yaml"), *shown] if lines else []


def _lines(document: Document | None) -> list[str]:
    return document.yaml().splitlines() if document is not None else []
