"""The stage path: a picklist's values as steps, with the time spent at each. Called by the record page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.pipelines.stays import Stay, stays
from dougong_ui_builder.components import label_text
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.types import FieldModel, PicklistValue
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.record_values.reading import Found


@dataclass(frozen=True, slots=True)
class Stage:
    """`state` is done, now, next or ""; `days` how long the record was or is there, as text."""

    value: str
    text: str
    state: str
    days: str = ""
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """`others` are the values that are no step on the way: reached from the menu alone."""

    field: FieldModel
    stages: tuple[Stage, ...]
    others: tuple[Stage, ...]
    next: Stage | None


def path_of(caller: Caller, found: Found, field_name: str | None) -> Path | None:
    """The path of a record; None where its layout has none or the caller may not read it."""
    if field_name is None or caller.rights.field(found.object.name, field_name) == "none":
        return None
    field = found.object.fields[field_name]
    if field.picklist is None:
        return None
    now = found.record.get(field_name)
    values = [v for v in field.picklist.values.values() if (v.active or v.value == now) and _offered(found, field, v)]
    steps = [v for v in values if v.colour != "bad" or v.value == now]
    at = next((i for i, v in enumerate(steps) if v.value == now), -1)
    spent = stays(caller, found.object.name, found.id, field_name)
    stages = tuple(_stage(v, i, at, spent, last=i == len(steps) - 1) for i, v in enumerate(steps))
    others = tuple(Stage(v.value, label_text(v), "") for v in values if v not in steps)
    following = stages[at + 1] if at + 1 < len(stages) and stages[at + 1].state == "next" else None
    return Path(field, stages, others, following)


def _offered(found: Found, field: FieldModel, value: PicklistValue) -> bool:
    kind = found.object.record_types.get(str(found.record.get("record_type")))
    allowed = kind.picklists.get(field.name) if kind is not None else None
    return allowed is None or value.value in allowed or value.value == found.record.get(field.name)


def _stage(value: PicklistValue, place: int, at: int, spent: Sequence[Stay], *, last: bool) -> Stage:
    ended = at >= 0 and spent and spent[-1].until is None and last and place == at
    state = "done" if place < at else "now" if place == at else "next" if place == at + 1 else ""
    days = sum(stay.days for stay in spent if stay.value == value.value)
    there = any(stay.value == value.value for stay in spent)
    text = ""
    if state == "now" and there and not ended:
        text = gettext("day %(num)s", num=days + 1)
    elif state == "done" and days:
        text = ngettext("%(num)d day", "%(num)d days", days)
    return Stage(value.value, label_text(value), state, text, "trophy" if last and value.colour == "good" else None)
