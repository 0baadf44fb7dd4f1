"""What the next stage of a record asks for, as ticks in the reader's language. Called by the path and the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dougong_platform.pipelines.checklist import Tick, ticks
from dougong_platform.pipelines.gate import Gate, Need, gates
from dougong_ui_builder.components import label_text
from dougong_ui_builder.screens.records.approval_need import approval_need
from dougong_ui_builder.words import gettext, ngettext

if TYPE_CHECKING:
    from dougong_metadata.model.flow_types import PipelineModel, StageModel
    from dougong_platform.http.caller import Caller
    from dougong_ui_builder.screens.record_values.reading import Found

ICONS = {True: "circle-check", False: "circle-dashed"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One tick. `field` is what fills it in; `item` ("stage/name") is ticked by hand, `optional` where the gate opens
    without it; `by` says who ticked it. `href`: of an approval, where it is asked for or looked at, `note` how it
    stands."""

    kind: str
    text: str
    met: bool
    icon: str
    field: str | None = None
    item: str | None = None
    optional: bool = False
    by: str = ""
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GateShown:
    """`title` says how much is missing before `stage`."""

    stage: str
    title: str
    missing: int
    marks: tuple[Mark, ...]


def gate_shown(
    caller: Caller, found: Found, pipeline: PipelineModel, now: StageModel | None, following: StageModel | None
) -> GateShown | None:
    """The gate of the following stage and the open items of the present one; None where there is nothing to show."""
    listed = [one for one in (now, following) if one is not None]
    done = ticks(caller, found.object.name, found.id, pipeline) if any(one.checklist for one in listed) else {}
    marks: list[Mark] = []
    missing = 0
    if following is not None:
        gate = gates(caller, pipeline, found.id, [following.value])[following.value]
        missing = len(gate.missing)
        marks += [
            _approval(caller, found, pipeline, need) if need.kind == "approval" else _mark(need, done)
            for need in gate.needs
        ]
        marks += _optional(following, done)
    if now is not None and not now.is_closed:
        marks += [one for one in _optional(now, done) if not one.met]
    if not marks:
        return None
    title = gettext("Checklist")
    if following is not None:
        title = said(label_text(following), missing)
    return GateShown(following.value if following is not None else "", title, missing, tuple(marks))


def said(stage: str, missing: int) -> str:
    """How much a stage lacks."""
    if not missing:
        return gettext("Ready for “%(stage)s”", stage=stage)
    return ngettext(
        "%(num)d thing missing for “%(stage)s”", "%(num)d things missing for “%(stage)s”", missing, stage=stage
    )


def hint(gate: Gate, ends: bool) -> str:
    """What a lane says before a card is dropped on it; "" where the card may go there as it is."""
    if not gate.allowed:
        return gettext("This record is closed.") if ends else gettext("There is no way there from this stage.")
    if not gate.missing:
        return ""
    names = gettext(", ").join(dict.fromkeys(label_text(need) for need in gate.missing))
    if all(need.kind == "approval" for need in gate.missing):
        return gettext("An approval is needed first.")
    return ngettext("%(num)d missing: %(names)s.", "%(num)d missing: %(names)s.", len(gate.missing), names=names)


def _mark(need: Need, done: dict[tuple[str, str], Tick]) -> Mark:
    text, tick = label_text(need), done.get((need.stage, need.name or ""))
    if need.kind == "item":
        return Mark(
            "item", text, need.met, ICONS[need.met], item=f"{need.stage}/{need.name}", by=_by(tick) if tick else ""
        )
    return Mark(need.kind, text, need.met, ICONS[need.met], field=need.name)


def _approval(caller: Caller, found: Found, pipeline: PipelineModel, need: Need) -> Mark:
    told = approval_need(caller, found, pipeline, need)
    icon = ICONS[need.met] if need.met or not told.running else "hourglass"
    return Mark("approval", told.text, need.met, icon, href=told.href, note=told.note)


def _optional(stage: StageModel, done: dict[tuple[str, str], Tick]) -> Sequence[Mark]:
    found = []
    for item in stage.checklist:
        tick = done.get((stage.value, item.name))
        if not item.required:
            by = _by(tick) if tick else ""
            name = f"{stage.value}/{item.name}"
            found.append(
                Mark("item", label_text(item), tick is not None, ICONS[tick is not None], None, name, True, by)
            )
    return found


def _by(tick: Tick) -> str:
    return gettext("ticked by %(name)s", name=tick.name) if tick.name else ""
