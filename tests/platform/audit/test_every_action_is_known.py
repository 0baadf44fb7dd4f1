"""Whoever notes an action has given it a name and a sentence: otherwise the log would show a code."""

from __future__ import annotations

import re

import house
from dougong_platform.audit.actions import ACTIONS

CALLS = r"\b(?:_?note|noted|note_apart|note_for_person|note_change|note_draft)"
# The action comes after nothing, the transaction, or database and tenant or person; it has a dot or is `sign_out`.
NOTES = re.compile(CALLS + r'\(\s*(?:[\w.]+,\s*){0,3}"([a-z_]+\.[a-z_]+|sign_out)"')


def test_every_action_that_is_noted_somewhere_has_its_words() -> None:
    found = {
        (house.shown(path), action)
        for path in house.sources(".py")
        for action in NOTES.findall(path.read_text("utf-8"))
    }
    assert len(found) > 25, "the calls are still recognised"
    assert not {one for one in found if one[1] not in ACTIONS}
