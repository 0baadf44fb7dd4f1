"""docs/operations.md names every setting and every sentence of trouble."""

from __future__ import annotations

import re

import pytest

import house
from dougong_platform.servers.errors import ServerFault
from dougong_platform.settings import Settings

PAGE = (house.ROOT / "docs" / "operations.md").read_text()


def test_every_environment_variable_is_documented() -> None:
    used = set(Settings(home=house.ROOT, database_url="x", redis_url="x", secret="x", postgres_port=1).as_environment())
    for path in house.sources(".py"):
        used |= set(re.findall(r"environ(?:\.get\(|\[)\"(DOUGONG_[A-Z_]+)\"", path.read_text()))
    assert not {name for name in used if f"`{name}`" not in PAGE}


@pytest.mark.parametrize("fault", ServerFault.__subclasses__(), ids=lambda fault: fault.code)
def test_every_sentence_of_trouble_is_explained(fault: type[ServerFault]) -> None:
    plain = re.split(r"\{[^}]*\}", fault.text["en"])
    longest = max((part.strip(" .,:()\n") for part in plain[:2]), key=len).split(".")[0].split(" by another")[0]
    assert longest in PAGE, f"docs/operations.md does not explain: {fault.text['en']}"


def test_every_fault_speaks_both_languages_with_the_same_data() -> None:
    for fault in ServerFault.__subclasses__():
        names = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in fault.text.items()}
        assert names["en"] == names["zh"], fault
