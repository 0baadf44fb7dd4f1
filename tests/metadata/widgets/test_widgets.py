"""Types of widgets: the registry, what each says of itself, and the schema that forms and editors read."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from dougong_metadata.errors import UnknownName
from dougong_metadata.kinds import kind_named
from dougong_metadata.kinds.json_schema import kind_schema
from dougong_metadata.model.dashboard_types import COLUMNS
from dougong_metadata.registering import Registry
from dougong_metadata.widgets import registered, widget_named
from dougong_metadata.widgets.base import Widget
from support.reported import body

TYPES = (
    *("announcement", "approvals", "calendar", "changes", "chart", "leaderboard"),
    *("list", "number", "table", "text"),
)


def labelled(schema: Any) -> list[str]:
    """Properties without a label in both languages."""
    return [
        name
        for name, one in schema["properties"].items()
        if not all(one.get("x-dougong", {}).get("label", {}).get(locale) for locale in ("en", "zh"))
    ]


def test_every_type_is_there_once() -> None:
    assert set(TYPES) <= set(registered())
    registry: Registry[Widget] = Registry("type of widget")
    registry.add(widget_named("number"))
    with pytest.raises(ValueError, match="there twice"):
        registry.add(widget_named("number"))


def test_an_unknown_type_names_the_nearest() -> None:
    with pytest.raises(UnknownName) as caught:
        widget_named("leaderbord")
    assert caught.value.message("en").endswith("did you mean “leaderboard”?")


@pytest.mark.parametrize("name", TYPES)
def test_a_type_says_what_it_is_and_how_large(name: str) -> None:
    widget = widget_named(name)
    for said in (widget.label, widget.help):
        assert said["en"]
        assert said["zh"]
    assert widget.icon
    assert all(least <= size for least, size in zip(widget.least, widget.size, strict=True))
    assert 1 <= widget.least[0] <= widget.size[0] <= COLUMNS


@pytest.mark.parametrize("name", TYPES)
def test_every_key_of_a_type_is_labelled(name: str) -> None:
    found = kind_schema(kind_named("dashboard"))["$defs"][f"{name}_widget"]
    assert labelled(found) == []
    assert found["properties"]["type"]["const"] == name
    assert found["x-dougong"]["size"] == list(widget_named(name).size)


def test_the_published_schema_takes_what_the_compiler_takes() -> None:
    validator = jsonschema_rs.validator_for(kind_schema(kind_named("dashboard")))
    good = {"kind": "dashboard", "name": "overview", **body("overview")}
    assert validator.is_valid(good)
    for bad in (
        {"type": "text"},
        {"type": "text", "text": "x"},
        {"type": "text", "text": "x", "at": [0, 0, 1]},
        {"type": "nothing", "at": [0, 0, 1, 1]},
        {"type": "text", "text": "x", "at": [0, 0, 1, 1], "limit": 4},
    ):
        assert not validator.is_valid({**good, "widgets": {"a": bad}})
