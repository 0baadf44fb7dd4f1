"""docs/operations.md names every action that can stand in the log, and no other."""

from __future__ import annotations

import re

import house
from dougong_platform.audit.actions import ACTIONS

PAGE = (house.ROOT / "docs" / "operations.md").read_text("utf-8")


def test_the_page_lists_the_actions() -> None:
    _, _, section = PAGE.partition("## The audit log")
    table = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    assert set(re.findall(r"`([a-z_.]+)`", "\n".join(table))) == set(ACTIONS)
