"""Picklists, shared and of one field, with the checks that need several documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dougong_metadata.label import Label
from dougong_metadata.model.reading import Loaded
from dougong_metadata.model.types import PicklistModel, PicklistValue
from dougong_metadata.problems import Problems


def picklist_model(
    name: str, label: Label, values: Sequence[Mapping[str, Any]], depends_on: str | None = None
) -> PicklistModel:
    """The model of loaded values."""
    made = {
        item["value"]: PicklistValue(
            item["value"],
            Label.of(item.get("label"), item["value"]),
            item.get("colour", "mute"),
            tuple(item.get("parents", ())),
            item.get("active", True),
        )
        for item in values
        if "value" in item
    }
    return PicklistModel(name, label, MappingProxyType(made), depends_on)


def compile_picklists(loaded: Sequence[Loaded]) -> dict[str, PicklistModel | None]:
    """Shared picklists by name; None for one without usable values."""
    found: dict[str, PicklistModel | None] = {}
    for one in loaded:
        if one.kind.name == "picklist":
            values = one.body.get("values")
            found[one.name] = (
                None
                if not isinstance(values, list)
                else picklist_model(
                    one.name, Label.of(one.body.get("label"), one.name), values, one.body.get("depends_on")
                )
            )
    return found


def check_parents(loaded: Sequence[Loaded], picklists: Mapping[str, PicklistModel | None], problems: Problems) -> None:
    """Values of a dependent shared picklist may name parents only from the one it depends on; no circles."""
    for one in loaded:
        if one.kind.name != "picklist" or picklists.get(one.name) is None:
            continue
        above = picklists.get(one.body.get("depends_on", ""))
        if above is not None:
            check_value_parents(one, ("values",), one.body["values"], above, problems)
        if _circular(one.name, picklists):
            problems.add(
                one.document,
                ("depends_on",),
                "circle",
                f"The picklist “{one.name}” depends on itself.",
                f"选项列表「{one.name}」依赖了自身。",
            )


def check_value_parents(
    one: Loaded,
    path: tuple[str | int, ...],
    values: Sequence[Mapping[str, Any]],
    above: PicklistModel,
    problems: Problems,
) -> None:
    """Every parent that a value names is a value of the picklist above."""
    for index, item in enumerate(values):
        for at, parent in enumerate(item.get("parents", ())):
            if parent not in above.values:
                problems.unknown(
                    one.document,
                    (*path, index, "parents", at),
                    parent,
                    f"a value of “{above.name}”",
                    f"「{above.name}」的值",
                    above.values,
                )


def _circular(name: str, picklists: Mapping[str, PicklistModel | None]) -> bool:
    seen, model = {name}, picklists.get(name)
    while model is not None and model.depends_on:
        if model.depends_on in seen:
            return model.depends_on == name
        seen.add(model.depends_on)
        model = picklists.get(model.depends_on)
    return False
