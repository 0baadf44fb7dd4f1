"""The areas' translations are merged when they are loaded: the same English may not be said in two ways."""

from __future__ import annotations

import re
from collections import defaultdict

import house

FOLDER = house.ROOT / "ui_builder" / "dougong_ui_builder" / "translations" / "zh"
TEXT = r'"((?:[^"\\]|\\.)*)"'
ENTRY = re.compile(rf"^msgid {TEXT}\n(?:msgid_plural .*\n)?msgstr(?:\[0\])? {TEXT}", re.MULTILINE)


def test_the_same_english_is_said_in_one_way() -> None:
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted(FOLDER.glob("*.po")):
        for english, chinese in ENTRY.findall(path.read_text("utf-8")):
            said[english][chinese].add(path.name)
    assert len(said) > 1000
    assert {english: dict(found) for english, found in said.items() if english and len(found) > 1} == {}
