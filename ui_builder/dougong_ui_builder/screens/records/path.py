"""The stage path: a picklist's values as steps, with the time spent at each; with a pipeline also what the next stage
asks for. Called by the record page and by moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.pipelines.serving import serving
from dougong_platform.pipelines.stays import Stay, is_stalled, stays
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.record_values.layout import layout_for
from dougong_ui_builder.screens.records.gate import GateShown, gate_shown
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_metadata.model.types import FieldModel, PicklistValue
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.record_values.reading import Found


@dataclass(frozen=True, slots=True)
class Stage:
    """`state` is done, now, next, lost or ""; `days` how long the record was or is there, as text; `open`: whether the
    pipeline lets the record go there from where it is."""

    value: str
    text: str
    state: str
    days: str = ""
    icon: str | None = None
    open: bool = True
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """`others` are the values that are no step on the way: reached from the menu alone. `gate` is of `next`."""

    field: FieldModel
    stages: tuple[Stage, ...]
    others: tuple[Stage, ...]
    next: Stage | None
    gate: GateShown | None = None
    guidance: str = ""


def path_field(caller: Caller, found: Found) -> str | None:
    """The field along which the record goes: its layout's, or that of its pipeline."""
    kind = found.record.get("record_type")
    named = layout_for(caller, found.object, kind).path
    if named is not None:
        return named
    pipeline = serving(caller, found.object.name, kind)
    return pipeline.field if pipeline is not None else None


def path_of(caller: Caller, found: Found, field_name: str | None) -> Path | None:
    """The path of a record; None where its layout has none or the caller may not read it."""
    if field_name is None or caller.rights.field(found.object.name, field_name) == "none":
        return None
    field = found.object.fields[field_name]
    if field.picklist is None:
        return None
    spent = stays(caller, found.object.name, found.id, field_name)
    pipeline = serving(caller, found.object.name, found.record.get("record_type"), field_name)
    if pipeline is not None:
        return _staged(caller, found, field, pipeline, spent)
    now = found.record.get(field_name)
    values = [v for v in field.picklist.values.values() if (v.active or v.value == now) and _offered(found, field, v)]
    steps = [v for v in values if v.colour != "bad" or v.value == now]
    at = next((i for i, v in enumerate(steps) if v.value == now), -1)
    stages = tuple(_stage(v, i, at, spent, last=i == len(steps) - 1) for i, v in enumerate(steps))
    others = tuple(Stage(v.value, label_text(v), "") for v in values if v not in steps)
    following = stages[at + 1] if at + 1 < len(stages) and stages[at + 1].state == "next" else None
    return Path(field, stages, others, following)


def _staged(caller: Caller, found: Found, field: FieldModel, pipeline: PipelineModel, spent: Sequence[Stay]) -> Path:
    """The path of a record that a pipeline serves."""
    now = pipeline.stages.get(str(found.record.get(field.name)))
    known = list(pipeline.stages.values())
    open_to = pipeline.targets(now.value if now is not None else None)
    steps = [one for one in known if one.outcome != "lost" or one is now]
    ahead = [one for one in steps if (now is None or one.position > now.position) and one.outcome != "lost"]
    following = next((one for one in ahead if one.value in open_to), None)
    if now is not None and now.is_closed:
        following = None
    drawn = {one.value: _drawn(one, now, following, spent, one.value in open_to) for one in known}
    gate = gate_shown(caller, found, pipeline, now, following) if not found.deleted else None
    return Path(
        field,
        tuple(drawn[one.value] for one in steps),
        tuple(drawn[one.value] for one in known if one not in steps),
        drawn[following.value] if following is not None else None,
        gate,
        label_text(now.guidance) if now is not None and now.guidance is not None else "",
    )


def _drawn(
    stage: StageModel, now: StageModel | None, following: StageModel | None, spent: Sequence[Stay], open: bool
) -> Stage:
    mine = [stay for stay in spent if stay.value == stage.value]
    days = sum(stay.days for stay in mine)
    standing = next((stay.days for stay in mine if stay.until is None), None)
    state, text, stalled = "", "", False
    if stage is now:
        state = "lost" if stage.outcome == "lost" else "now"
        if standing is not None and not stage.is_closed:
            stalled = is_stalled(stage, standing)
            text = gettext("day %(num)s", num=standing + 1)
            if stage.stall_days is not None:
                text = gettext("day %(num)s, limit %(limit)s", num=standing + 1, limit=stage.stall_days)
    elif now is not None and stage.position < now.position and stage.outcome != "lost":
        state = "done" if mine or now.outcome != "lost" else ""
        text = ngettext("%(num)d day", "%(num)d days", days) if days else ""
    elif stage is following:
        state = "next"
    icon = {"won": "trophy", "lost": "circle-x"}.get(stage.outcome)
    return Stage(stage.value, label_text(stage), state, text, icon, open, stalled)


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
